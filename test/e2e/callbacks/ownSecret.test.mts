import {
	audienceOf,
	deriveCallbackKey,
	newNonce,
	readCallbackToken,
	withCallbackToken,
} from '../../../nodes/shared/tasks/callbackToken';
import { outputOf } from '../../../lab/n8nClient.mts';
import { useSharedStage } from '../stage.mts';
import { call, successBody } from './send.mts';
import { allEnded, createTrigger, submitFor, TRIGGER } from './trigger.mts';

// Callbacks go out when a test says so.
const stage = useSharedStage({ sandbox: { generationMs: 300, callbackTickMs: 0 } });

const urls = () => stage.sandbox.tasks().map(({ callbackUrl }) => String(callbackUrl));

test('a saved credential makes a secret for itself, which outlives tests and saving, and signs what the vendor cannot', async () => {
	const { client, sandbox } = stage;
	const credential = stage.credentials.apikley;
	const before = await client.credentialData(credential.id);
	// As somebody keeps it in n8n's variables or another vault: it has to stay an expression.
	await client.updateCredential(credential.id, {
		...credential,
		data: { ...before, baseUrl: `={{ "${sandbox.baseUrls.apikley}" }}` },
	});
	const trigger = await createTrigger(stage);
	await submitFor(stage, trigger.url, { context: '{"approved": "yes"}' });

	const kept = await client.credentialData(credential.id);
	expect(kept.baseUrl).toMatch(/^={{/);
	expect(kept.callbackSecret).toMatch(/^__n8n_EMPTY_VALUE/);
	expect(kept.ownSecret).toMatch(/^__n8n_BLANK_VALUE/);

	expect(await client.testCredential(credential)).toMatchObject({ status: 'OK' });
	await client.updateCredential(credential.id, { ...credential, data: kept });
	await submitFor(stage, trigger.url, { context: '{"approved": "again"}' });
	await allEnded(stage);

	const [url = ''] = urls();
	const apiKey = deriveCallbackKey(sandbox.apiKeys.apikley);
	const audience = audienceOf(url);
	const token = new URL(url).searchParams.get('seedance');
	expect(readCallbackToken(token, apiKey, { audience, nowMs: Date.now() })).toBeUndefined();

	const { taskId = '' } = sandbox.tasks()[0] ?? {};
	const forged = withCallbackToken(trigger.url, apiKey, {
		nonce: newNonce(),
		audience,
		issuedAt: Date.now(),
		taskId,
		context: { approved: 'by the vendor' },
		ledger: { table: '={{ 1 }}', key: 'k' },
	});
	const refused = { status: 401, state: 'refused' };
	expect(await call({ url: forged, body: successBody(taskId) })).toEqual(refused);

	await sandbox.tick();
	const rows = (await trigger.executions(2)).flatMap((run) => outputOf(run, TRIGGER));
	expect(rows.map(({ json }) => json.context)).toEqual(
		expect.arrayContaining([{ approved: 'yes' }, { approved: 'again' }]),
	);
}, 120_000);

test('somebody who is nobody is told nothing of a credential that is gone', async () => {
	const { client } = stage;
	const trigger = await createTrigger(stage, { vendor: 'modellix' });
	await client.deleteCredential(stage.credentials.modellix.id);
	const response = await fetch(trigger.url, { method: 'POST', body: '{}' });
	expect(response.status).toBe(503);
	const text = await response.text();
	expect(text).toContain('call again');
	expect(text).not.toMatch(/credential|modellix/i);
}, 60_000);
