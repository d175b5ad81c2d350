import { useSandbox } from './helpers.mts';

const sandbox = useSandbox({ balances: { kie: 7 } });

test('an account holds what it is said to hold, less what was made', async () => {
	const credit = async () => (await sandbox.request('kie', '/api/v1/chat/credit')).body;
	expect(await credit()).toMatchObject({ data: 7 });
	await sandbox.post('kie', '/api/v1/jobs/createTask', {
		model: 'sandbox/any',
		input: { prompt: 'A boat' },
	});
	expect(await credit()).toMatchObject({ data: 2 });
});

test('fal names the field and the type of its page of errors', async () => {
	await sandbox.post('fal', '/sandbox/any', { prompt: 'A boat [flagged]' });
	const [task] = sandbox.get().tasks();
	const { status, body } = await sandbox.request('fal', `/sandbox/any/requests/${task?.taskId}`);
	expect(status).toBe(422);
	expect(body).toMatchObject({
		detail: [{ loc: ['body', 'prompt'], type: 'content_policy_violation' }],
	});
});

test('WaveSpeed ends it with the number of its page of codes', async () => {
	await sandbox.post('wavespeed', '/api/v3/sandbox/any', { prompt: 'A boat [flagged]' });
	const [task] = sandbox.get().tasks();
	const path = `/api/v3/predictions/${task?.taskId}/result`;
	expect((await sandbox.request('wavespeed', path)).body).toMatchObject({
		data: { status: 'failed', code: 1200 },
	});
});

test('BytePlus and OpenRouter take no such order', async () => {
	const content = [{ type: 'text', text: 'A boat [flagged]' }];
	const ark = { model: 'sandbox/any', content };
	expect(await sandbox.post('byteplus', '/contents/generations/tasks', ark)).toMatchObject({
		status: 400,
		body: { error: { code: 'InputTextSensitiveContentDetected' } },
	});
	const order = { model: 'sandbox/any', prompt: 'A boat [flagged]' };
	expect(await sandbox.post('openrouter', '/videos', order)).toMatchObject({
		status: 403,
		body: { error: { metadata: { error_type: 'content_policy_violation' } } },
	});
	expect(sandbox.get().tasks()).toEqual([]);
});
