import type { Fault, FaultEffect } from '../../../sandbox/index.mts';
import { lastFrameImage, sampleVideo } from '../../../sandbox/media/embedded.mts';
import { createPaths, minimal, useSandbox } from './helpers.mts';
import type { Json } from './helpers.mts';

const sandbox = useSandbox();
const create = (more: Json = {}) =>
	sandbox.post('modellix', createPaths.modellix, { ...minimal.modellix(), ...more });
const createApikley = () => sandbox.post('apikley', createPaths.apikley, minimal.apikley());
const createAimlapi = () => sandbox.post('aimlapi', createPaths.aimlapi, minimal.aimlapi());
const taskCount = () => sandbox.get().tasks().length;
const add = (effect: FaultEffect, where: Omit<Fault, 'effect'> = {}) =>
	sandbox.get().addFault({ ...where, effect });
const lastTaskId = () => sandbox.get().tasks().at(-1)?.taskId ?? '';

async function inFlightBecomes(count: number) {
	while (sandbox.get().inFlight() !== count) await new Promise((resolve) => setImmediate(resolve));
}

/** Leaves the rest unread. */
async function firstBytes({ body }: Response, count: number): Promise<Buffer> {
	const reader = body?.getReader();
	let bytes = Buffer.alloc(0);
	while (reader && bytes.length < count) {
		const { value, done } = await reader.read();
		if (done) break;
		bytes = Buffer.concat([bytes, value]);
	}
	return bytes.subarray(0, count);
}

function createWithSignal(signal: AbortSignal) {
	return sandbox.request('modellix', createPaths.modellix, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(minimal.modellix()),
		signal,
	});
}

describe('effects', () => {
	test('http: the vendor’s own error, nothing processed', async () => {
		add({ kind: 'http', status: 429, retryAfterSeconds: 7 });
		const replies = [await create(), await createApikley(), await createAimlapi()];
		expect(replies).toMatchObject([
			{ status: 429, body: { code: 429, message: expect.any(String) } },
			{ status: 429, body: { code: 429, msg: expect.any(String), data: null } },
			{ status: 429, body: { statusCode: '429', requestId: expect.any(String) } },
		]);
		expect(replies.map(({ headers }) => headers.get('retry-after'))).toEqual(['7', '7', '7']);
		expect(taskCount()).toBe(0);
		expect(sandbox.get().requests.map(({ responseStatus }) => responseStatus)).toEqual([
			429, 429, 429,
		]);
	});

	test('http with a body of its own', async () => {
		add({ kind: 'http', status: 502, body: '<html>Bad Gateway</html>' });
		const url = sandbox.get().baseUrls.aimlapi + createPaths.aimlapi;
		const response = await fetch(url, { method: 'POST' });
		expect(response.headers.get('content-type')).toBe('text/html');
		expect(await response.text()).toBe('<html>Bad Gateway</html>');
	});

	test.each([
		[302, null],
		[307, { moved: true }],
		[409, { error: { code: 'InvalidAction.RunningTaskDeletion' } }],
		[418, []],
		[499, 'a teapot'],
		[499, 0],
	])('http %i with the body %j and a location', async (status, body) => {
		add({ kind: 'http', status, body, location: 'https://elsewhere.example/' });
		const url = sandbox.get().baseUrls.apikley + createPaths.apikley;
		const response = await fetch(url, { method: 'POST', redirect: 'manual' });
		expect([response.status, response.headers.get('location')]).toEqual([
			status,
			'https://elsewhere.example/',
		]);
		const text = await response.text();
		expect(text).toBe(typeof body === 'string' ? body : JSON.stringify(body));
		expect(taskCount()).toBe(0);
	});

	test('httpAfter: the task exists all the same', async () => {
		add({ kind: 'httpAfter', status: 500 });
		expect(await create()).toMatchObject({ status: 500, body: { code: 500 } });
		expect(taskCount()).toBe(1);
	});

	test.each([
		['reset', 0],
		['resetAfter', 1],
	] as const)('%s: connection gone, %i tasks', async (kind, tasks) => {
		add({ kind });
		await expect(create()).rejects.toThrow('fetch failed');
		expect(taskCount()).toBe(tasks);
	});

	test.each([
		['hang', 0],
		['hangAfter', 1],
	] as const)('%s: no answer, %i tasks, in flight until the client leaves', async (kind, tasks) => {
		add({ kind });
		const client = new AbortController();
		const waiting = createWithSignal(client.signal);
		await inFlightBecomes(1);
		expect(taskCount()).toBe(tasks);
		client.abort();
		await expect(waiting).rejects.toThrow();
		await inFlightBecomes(0);
	});

	test.each([
		['drip', 0],
		['dripAfter', 1],
	] as const)('%s: an answer without an end, %i tasks', async (kind, tasks) => {
		add({ kind, everyMs: 2 });
		const client = new AbortController();
		const response = await fetch(sandbox.get().baseUrls.apikley + createPaths.apikley, {
			method: 'POST',
			headers: {
				authorization: `Bearer ${sandbox.get().apiKeys.apikley}`,
				'content-type': 'application/json',
			},
			body: JSON.stringify(minimal.apikley()),
			signal: client.signal,
		});
		expect(response.status).toBe(200);
		expect(response.headers.get('content-type')).toMatch(/^application\/json/);
		expect(await firstBytes(response, 3)).toEqual(Buffer.from('   '));
		expect(taskCount()).toBe(tasks);
		expect(sandbox.get().inFlight()).toBe(1);
		expect(sandbox.get().requests.at(-1)?.responseStatus).toBe(200);
		client.abort();
		await inFlightBecomes(0);
	});

	test.each(['apikley', 'modellix', 'aimlapi'] as const)(
		'drip: whatever is asked of %s, until the sandbox closes',
		async (vendor) => {
			add({ kind: 'drip', everyMs: 2 });
			const url = sandbox.get().baseUrls[vendor];
			const responses = await Promise.all([fetch(url), fetch(`${url}/v2/billing`)]);
			await Promise.all(responses.map((response) => firstBytes(response, 2)));
			await sandbox.get().close();
			await inFlightBecomes(0);
		},
	);

	test.each([
		['malformedJson', 0],
		['malformedJsonAfter', 1],
	] as const)('%s: broken body, %i tasks', async (kind, tasks) => {
		add({ kind });
		await expect(create()).rejects.toThrow(/JSON/);
		expect(taskCount()).toBe(tasks);
	});

	test('bodyCode: HTTP 200 with an error in the body', async () => {
		add({ kind: 'bodyCode', code: 455, message: 'Maintenance' });
		const replies = [await createApikley(), await create()];
		expect(replies).toMatchObject([
			{ status: 200, body: { code: 455, msg: 'Maintenance', data: null } },
			{ status: 200, body: { code: 455, message: 'Maintenance' } },
		]);
		expect(taskCount()).toBe(0);
	});

	test('latency: late, but normal', async () => {
		add({ kind: 'latency', latencyMs: 40 });
		const begun = performance.now();
		expect((await create()).status).toBe(200);
		expect(performance.now() - begun).toBeGreaterThan(35);
	});

	test('failTask: only this task ends badly', async () => {
		add({ kind: 'failTask', code: '451', message: 'Content policy' }, { times: 1 });
		await createApikley();
		await createApikley();
		sandbox.clock.advance(1000);
		const [failing, fine] = sandbox.get().tasks();
		expect([failing?.state, fine?.state]).toEqual(['failed', 'succeeded']);
		expect((await sandbox.statusOf('apikley', failing?.taskId ?? '')).body).toMatchObject({
			data: { state: 'fail', failCode: '451', failMsg: 'Content policy' },
		});
	});

	test('refuseWithTask: refused, but the task exists and ends badly', async () => {
		add({ kind: 'refuseWithTask' });
		const { status, body } = await createApikley();
		const taskId = lastTaskId();
		expect([status, body]).toEqual([
			200,
			{
				code: 501,
				msg: 'Generation Failed - Content generation task failed',
				data: { taskId },
			},
		]);
		expect((await sandbox.statusOf('apikley', taskId)).body).toMatchObject({
			data: { state: 'waiting' },
		});
		sandbox.clock.advance(1000);
		expect((await sandbox.statusOf('apikley', taskId)).body).toMatchObject({
			code: 200,
			data: { taskId, state: 'fail', failCode: '501' },
		});
	});

	test('refuseWithTask: no other vendor has it', async () => {
		add({ kind: 'refuseWithTask' }, { times: 1 });
		expect((await create()).body).toMatchObject({ code: 0 });
		expect((await createAimlapi()).body).toMatchObject({ status: 'queued' });
		expect((await createApikley()).body).toMatchObject({ code: 501 });
	});

	test('slowPropagation: the task is not found for a while', async () => {
		add({ kind: 'slowPropagation', forMs: 300 });
		await createApikley();
		const taskId = lastTaskId();
		expect((await sandbox.statusOf('apikley', taskId)).body).toMatchObject({
			code: 422,
			msg: 'recordInfo is null',
		});
		await create();
		expect((await sandbox.statusOf('modellix', lastTaskId())).status).toBe(404);
		sandbox.clock.advance(300);
		expect((await sandbox.statusOf('apikley', taskId)).body).toMatchObject({ code: 200 });
	});

	test('unknownStatus: a word no page knows, without a result', async () => {
		await Promise.all([create(), createApikley(), createAimlapi()]);
		sandbox.clock.advance(1000);
		add({ kind: 'unknownStatus', status: 'postprocessing' });
		for (const { vendor, taskId } of sandbox.get().tasks()) {
			const body = JSON.stringify((await sandbox.statusOf(vendor, taskId)).body);
			expect(body).toContain('"postprocessing"');
			expect(body).not.toContain('.mp4');
		}
	});

	test.each(['apikley', 'modellix', 'aimlapi'] as const)(
		'otherTask: %s answers about somebody else’s video, which can be had',
		async (vendor) => {
			await { apikley: createApikley, modellix: create, aimlapi: createAimlapi }[vendor]();
			const taskId = lastTaskId();
			add({ kind: 'otherTask' }, { times: 1 });
			const body = JSON.stringify((await sandbox.statusOf(vendor, taskId)).body);
			expect(body).toContain(JSON.stringify(`${taskId}-other`));
			expect(body).not.toContain(JSON.stringify(taskId));
			const [url = ''] = /http:[^"\\]+\.mp4[^"\\]*/.exec(body) ?? [];
			const video = Buffer.from(await (await fetch(url)).arrayBuffer());
			expect(video.equals(sampleVideo)).toBe(true);
			expect(taskCount()).toBe(1);
			expect(JSON.stringify((await sandbox.statusOf(vendor, taskId)).body)).not.toContain('.mp4');
		},
	);

	test('otherTask: a task that nobody created stays unknown', async () => {
		add({ kind: 'otherTask' });
		expect((await sandbox.statusOf('modellix', 'task-x')).status).toBe(404);
	});
});

describe.each([
	['the video', 'mp4', 'video/mp4', sampleVideo],
	['the last frame', 'png', 'image/png', lastFrameImage],
])('effects on %s', (_, extension, contentType, wholeFile) => {
	async function download(effect: FaultEffect, signal?: AbortSignal): Promise<Response> {
		await create({ return_last_frame: true });
		sandbox.clock.advance(1000);
		add(effect, { operation: 'media' });
		return await fetch(`${sandbox.get().url}/media/${lastTaskId()}.${extension}`, { signal });
	}
	const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

	test('html: a page, and it says so', async () => {
		const response = await download({ kind: 'html' });
		expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html']);
		expect(await response.text()).toMatch(/^<!doctype html>/);
	});

	test('wrongBytes: a page that claims to be the file', async () => {
		const response = await download({ kind: 'wrongBytes' });
		expect([response.status, response.headers.get('content-type')]).toEqual([200, contentType]);
		expect(await response.text()).toMatch(/^<!doctype html>/);
	});

	test('empty: no byte', async () => {
		const response = await download({ kind: 'empty' });
		expect([response.status, response.headers.get('content-type')]).toEqual([200, contentType]);
		expect(response.headers.get('content-length')).toBe('0');
		expect(await bytesOf(response)).toHaveLength(0);
	});

	test('truncateClean: ends too early, without a length and without an error', async () => {
		const response = await download({ kind: 'truncateClean', afterBytes: 100 });
		expect([response.status, response.headers.get('content-type')]).toEqual([200, contentType]);
		expect(response.headers.has('content-length')).toBe(false);
		expect((await bytesOf(response)).equals(wholeFile.subarray(0, 100))).toBe(true);
	});

	test('truncateClean after the end: the whole file', async () => {
		const response = await download({ kind: 'truncateClean', afterBytes: 1e6 });
		expect((await bytesOf(response)).equals(wholeFile)).toBe(true);
	});

	test('drip: zeros without an end', async () => {
		const client = new AbortController();
		const response = await download({ kind: 'drip', everyMs: 2 }, client.signal);
		expect([response.status, response.headers.get('content-type')]).toEqual([200, contentType]);
		expect(response.headers.has('content-length')).toBe(false);
		expect(await firstBytes(response, 3)).toEqual(Buffer.alloc(3));
		expect(sandbox.get().inFlight()).toBe(1);
		client.abort();
		await inFlightBecomes(0);
	});

	test('truncate: the download ends in the middle', async () => {
		const response = await download({ kind: 'truncate', afterBytes: 100 });
		expect(response.headers.get('content-length')).toBe(String(wholeFile.length));
		let byteCount = 0;
		const counting = response.body?.pipeTo(
			new WritableStream({
				write: ({ length }) => {
					byteCount += length;
				},
			}),
		);
		await expect(counting).rejects.toThrow('terminated');
		expect(byteCount).toBe(100);
	});
});

describe('when a fault applies', () => {
	const statuses = async (count: number) => {
		const seen: number[] = [];
		for (let i = 0; i < count; i++) seen.push((await create()).status);
		return seen;
	};
	const effect = { kind: 'http', status: 503 } as const;

	test('times', async () => {
		add(effect, { times: 2 });
		expect(await statuses(3)).toEqual([503, 503, 200]);
	});

	test('everyNth', async () => {
		add(effect, { everyNth: 3 });
		expect(await statuses(6)).toEqual([200, 200, 503, 200, 200, 503]);
	});

	test('probability with a seed is the same every time', async () => {
		const draw = async () => {
			sandbox.get().reset();
			add(effect, { probability: 0.5, seed: 42 });
			return await statuses(20);
		};
		const first = await draw();
		expect(new Set(first)).toEqual(new Set([200, 503]));
		expect(await draw()).toEqual(first);
	});

	test('vendor, operation and task', async () => {
		add(effect, { vendor: 'apikley' });
		add(effect, { operation: 'status', taskId: 'task-of-nobody' });
		expect((await create()).status).toBe(200);
		expect((await sandbox.statusOf('modellix', lastTaskId())).status).toBe(200);
		expect((await sandbox.statusOf('modellix', 'task-of-nobody')).status).toBe(503);
		expect((await createApikley()).status).toBe(503);
	});

	test('the first that matches wins; the next one’s turn comes when it is used up', async () => {
		add(effect, { times: 1 });
		add({ kind: 'http', status: 429 });
		expect(await statuses(2)).toEqual([503, 429]);
		sandbox.get().clearFaults();
		expect(await statuses(1)).toEqual([200]);
	});

	test('a fault for creating does not strike a status request', async () => {
		add({ kind: 'failTask' });
		expect((await sandbox.request('modellix', '/api/v1/apikey/validate')).status).toBe(200);
	});
});
