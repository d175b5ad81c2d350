import { startSandbox } from '../../../sandbox/index.mts';
import { createPaths, minimal, useSandbox } from './helpers.mts';

const sandbox = useSandbox();

async function control(method: string, path: string, body?: unknown) {
	const response = await fetch(`${sandbox.get().url}/control/${path}`, {
		method,
		...(body !== undefined && { body: JSON.stringify(body) }),
	});
	return { status: response.status, body: (await response.json()) as unknown };
}

const create = () => sandbox.post('modellix', createPaths.modellix, minimal.modellix());

test('state: tasks, and requests by vendor and operation', async () => {
	await create();
	await sandbox.statusOf('modellix', 'x');
	await sandbox.request('apikley', '/nowhere');
	expect((await control('GET', 'state')).body).toMatchObject({
		tasks: [{ vendor: 'modellix', state: 'queued', input: minimal.modellix() }],
		requests: { modellix: { create: 1, status: 1 }, apikley: { unknown: 1 } },
		callbacks: [],
		inFlight: 0,
	});
});

test('faults: one, several, none', async () => {
	const fault = { operation: 'create', times: 1, effect: { kind: 'http', status: 503 } };
	expect((await control('POST', 'faults', fault)).status).toBe(200);
	expect((await create()).status).toBe(503);
	await control('POST', 'faults', [fault, fault]);
	expect((await create()).status).toBe(503);
	await control('DELETE', 'faults');
	expect((await create()).status).toBe(200);
});

test.each([
	{ effect: { kind: 'explode' } },
	{ effect: { kind: 'http' } },
	{ effect: { kind: 'unknownStatus', status: 1 } },
	{ effect: { kind: 'drip' } },
	{ effect: { kind: 'dripAfter' } },
	{ effect: { kind: 'truncateClean' } },
	{ operation: 'create' },
	null,
])('%j is not a fault', async (fault) => {
	expect((await control('POST', 'faults', fault)).status).toBe(400);
});

test('settings', async () => {
	await control('POST', 'settings', { generationMs: 5, mediaPaddingBytes: 100 });
	await create();
	const [task] = sandbox.get().tasks();
	expect((task?.finishesAt ?? 0) - (task?.createdAt ?? 0)).toBe(5);
	expect((await control('POST', 'settings', { generationMs: '5' })).status).toBe(400);
	expect((await control('POST', 'settings', { speed: 5 })).status).toBe(400);
});

test('reset forgets everything', async () => {
	const { requests } = sandbox.get();
	await create();
	await control('POST', 'reset');
	expect(requests).toEqual([]);
	expect(sandbox.get().tasks()).toEqual([]);
	expect(sandbox.get().requests).toBe(requests);
});

test('recorded requests tell what arrived', async () => {
	await create();
	expect(sandbox.get().requests).toMatchObject([
		{
			vendor: 'modellix',
			operation: 'create',
			method: 'POST',
			path: createPaths.modellix,
			headers: { authorization: 'Bearer sandbox-modellix-key' },
			rawBody: JSON.stringify(minimal.modellix()),
			json: minimal.modellix(),
			receivedAt: sandbox.clock.now(),
			responseStatus: 200,
		},
	]);
});

test('an unknown control and an unknown path', async () => {
	expect((await control('GET', 'everything')).status).toBe(404);
	expect((await fetch(`${sandbox.get().url}/nobody`)).status).toBe(404);
});

test('a taken port is an error, not silence', async () => {
	const port = Number(new URL(sandbox.get().url).port);
	await expect(startSandbox({ port })).rejects.toThrow('EADDRINUSE');
});
