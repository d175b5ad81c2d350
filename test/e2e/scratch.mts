import { openStage, manualTrigger, itemsNode, splitNode, chain, seedanceNode, type Vendor } from './stage.mts';
import { outputOf } from '../../scripts/lib/n8nClient.mts';
const models = { apikley: 'bytedance/v1-lite-text-to-video', modellix: 'seedance-1.0-lite-t2v', aimlapi: 'bytedance/seedance-1-0-lite-t2v' };
const log = (...a: unknown[]) => console.log(((Date.now() - t0) / 1000).toFixed(1), ...a);
const t0 = Date.now();
const stage = await openStage({ sandbox: { generationMs: 3000 } });
log('n8n up', stage.n8n.url);
try {
	const run = async (vendor: Vendor, prompt: string, n: number, extra = {}, more = {}) => {
		const after = { name: 'After', type: 'n8n-nodes-base.noOp', typeVersion: 1, position: [800, 0] as [number, number], parameters: {} };
		const wf = await stage.client.createWorkflow({
			name: `${vendor} pause`,
			nodes: [manualTrigger, itemsNode(n), splitNode, seedanceNode(stage, vendor, { model: models[vendor], prompt, ...extra }, more), after],
			connections: chain('Start', 'Items', 'Split', 'Seedance', 'After'),
		});
		const id = await stage.client.runManually(wf.id);
		return { wf, id };
	};
	const show = async (label: string, id: string) => {
		const ex = await stage.client.waitForExecution(id, { timeoutMs: 200_000 });
		log(label, ex.status, JSON.stringify(outputOf(ex, 'After')).slice(0, 900));
		if (ex.status !== 'success') log(JSON.stringify(ex.data.resultData.error)?.slice(0, 900));
		return ex;
	};
	const a = await run('apikley', '={{ $json.prompts }}', 2, { completion: 'pause' });
	const b = await run('modellix', '={{ $json.prompts }}', 3, { completion: 'pause', options: { pollInterval: 5 } });
	const c = await run('modellix', '={{ $json.prompts }} [fail]', 2, { completion: 'pause', options: { pollInterval: 5 } });
	const d = await run('modellix', '={{ $json.prompts }} [fail]', 2, { completion: 'pause', options: { pollInterval: 5 } }, { onError: 'continueRegularOutput' });
	const e = await run('modellix', '={{ $json.prompts }} [fail]', 2, { completion: 'pause', options: { pollInterval: 5 } }, { onError: 'continueErrorOutput' });
	const w = await run('apikley', '={{ $json.prompts }}', 2, { completion: 'wait' });
	await show('wait', w.id);
	await show('apikley', a.id);
	log('callbacks', JSON.stringify(stage.sandbox.callbacks()));
	await show('modellix', b.id);
	const ce = await show('fail', c.id);
	await show('fail-row', d.id);
	const ee = await show('fail-erroroutput', e.id);
	log('erroroutput 1', JSON.stringify(outputOf(ee, 'Seedance', 0)), JSON.stringify(outputOf(ee, 'Seedance', 1)));
	for (const s of await stage.client.executions()) log(s.id, s.status, (s as any).mode, s.workflowId, (s as any).startedAt, (s as any).stoppedAt);
	try { const r = await stage.client.retryExecution(c.id); log('retry', JSON.stringify(r).slice(0, 300)); const rx = await stage.client.waitForExecution(r.id, {timeoutMs: 200000}); log(rx.status, JSON.stringify(rx.data.resultData.error)?.slice(0,300)); } catch (error) { log('retry err', String(error)); }
	log('creates', stage.sandbox.tasks().length);
} finally {
	const { writeFileSync } = await import('node:fs');
	writeFileSync('/tmp/n8n.log', stage.n8n.logs());
	await stage.close();
}
