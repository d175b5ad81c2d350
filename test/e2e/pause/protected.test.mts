import { useStage } from '../stage.mts';
import { createTrigger } from '../callbacks/trigger.mts';
import { rowsOf, startTextRun } from '../workflows.mts';

// The vendor stands at 127.0.0.1 and is allowed; n8n's own webhooks are at an address that is not.
const stage = useStage({
	env: {
		N8N_SSRF_PROTECTION_ENABLED: 'true',
		N8N_SSRF_ALLOWED_IP_RANGES: '127.0.0.1/32',
		WEBHOOK_URL: 'http://127.0.0.2:5678',
	},
});

test('Pause waits in the node and says what to set', async () => {
	const id = await startTextRun(stage, {
		vendor: 'apikley',
		itemCount: 1,
		parameters: { completion: 'pause' },
	});
	const execution = await stage.client.waitForExecution(id, {
		statuses: ['waiting', 'success', 'error'],
	});
	expect(execution.status).toBe('success');
	expect(rowsOf(execution)).toMatchObject([{ status: 'succeeded' }]);
	const [run] = execution.data.resultData.runData.Seedance ?? [];
	expect(run?.hints).toMatchObject([
		{ message: expect.stringContaining('Set N8N_SSRF_ALLOWED_HOSTNAMES to 127.0.0.2.') },
	]);
}, 60_000);

test('Notify refuses before it pays', async () => {
	const { url } = await createTrigger(stage, { vendor: 'aimlapi' });
	stage.sandbox.reset();
	const id = await startTextRun(stage, {
		vendor: 'aimlapi',
		itemCount: 1,
		parameters: {
			completion: 'notify',
			callbackUrl: url.replace(/\/\/[^/]+/, '//127.0.0.2:5678'),
		},
	});
	const execution = await stage.client.waitForExecution(id);
	expect(execution.status).toBe('error');
	expect(execution.data.resultData.error).toMatchObject({
		message: expect.stringContaining("n8n's own protection"),
		description: expect.stringContaining('N8N_SSRF_ALLOWED_HOSTNAMES'),
	});
	expect(stage.sandbox.tasks()).toEqual([]);
}, 60_000);
