import { openStage, manualTrigger, itemsNode, splitNode, chain, seedanceNode, credentialTypes, type Vendor } from './stage.mts';
import { outputOf } from '../../scripts/lib/n8nClient.mts';
const models = { apikley: 'bytedance/v1-lite-text-to-video', modellix: 'seedance-1.0-lite-t2v', aimlapi: 'bytedance/seedance-1-0-lite-t2v' };
const log = (...a: unknown[]) => console.log(((Date.now() - t0) / 1000).toFixed(1), ...a);
const t0 = Date.now();
const stage = await openStage({ sandbox: { generationMs: 3000 } });
log('n8n up', stage.n8n.url);
try {
	const triggers: Record<string, string> = {};
	const twf: Record<string, string> = {};
	for (const vendor of ['apikley', 'modellix'] as Vendor[]) {
		const { id, name } = stage.credentials[vendor];
		const wf = await stage.client.createWorkflow({
			name: `trigger ${vendor}`,
			nodes: [
				{ name: 'T', type: 'n8n-nodes-seedance.seedanceTrigger', typeVersion: 1, position: [0, 0], parameters: { provider: vendor }, webhookId: `hook-${vendor}`, credentials: { [credentialTypes[vendor]]: { id, name } } },
				{ name: 'After', type: 'n8n-nodes-base.noOp', typeVersion: 1, position: [200, 0], parameters: {} },
			],
			connections: chain('T', 'After'),
		});
		await stage.client.activate(wf.id);
		twf[vendor] = wf.id;
		triggers[vendor] = `${stage.n8n.webhookUrl}/webhook/hook-${vendor}/seedance`;
	}
	for (const vendor of ['apikley', 'modellix'] as Vendor[]) {
		const wf = await stage.client.createWorkflow({
			name: `${vendor} notify`,
			nodes: [manualTrigger, itemsNode(2), splitNode, seedanceNode(stage, vendor, { model: models[vendor], prompt: '={{ $json.prompts }}', completion: 'notify', callbackUrl: triggers[vendor], options: { context: '{"row": 7}', pollInterval: 5 } })],
			connections: chain('Start', 'Items', 'Split', 'Seedance'),
		});
		const id = await stage.client.runManually(wf.id);
		const ex = await stage.client.waitForExecution(id);
		log(vendor, ex.status, JSON.stringify(outputOf(ex, 'Seedance')), JSON.stringify(ex.data.resultData.error)?.slice(0, 500));
	}
	for (const vendor of ['apikley', 'modellix'] as Vendor[]) {
		const known: string[] = [];
		for (let i = 0; i < 2; i++) {
			const id = await stage.client.waitForNewExecution(twf[vendor]!, known);
			known.push(id);
			const ex = await stage.client.waitForExecution(id);
			log(vendor, 'trigger', ex.status, JSON.stringify(outputOf(ex, 'After')).slice(0, 700));
		}
	}
	log(JSON.stringify(stage.sandbox.callbacks()));
	// stop
	const wf = await stage.client.createWorkflow({
		name: `stop`,
		nodes: [manualTrigger, itemsNode(2), splitNode, seedanceNode(stage, 'modellix', { model: models.modellix, prompt: '={{ $json.prompts }}' })],
		connections: chain('Start', 'Items', 'Split', 'Seedance'),
	});
	stage.sandbox.setGenerationMs(60000);
	const id = await stage.client.runManually(wf.id);
	await new Promise((r) => setTimeout(r, 2000));
	await stage.client.stopExecution(id);
	await new Promise((r) => setTimeout(r, 1500));
	for (const s of await stage.client.executions({ workflowId: wf.id })) {
		const ex = await stage.client.execution(s.id);
		log(s.id, s.status, (s as any).workflowName, JSON.stringify(outputOf(ex, 'Submitted Tasks')));
	}
} finally {
	const { writeFileSync } = await import('node:fs');
	writeFileSync('/tmp/n8n.log', stage.n8n.logs());
	await stage.close();
}
