import {
	newDeliveryAddress,
	park,
	reachItself,
	ringTriggers,
} from '../../../nodes/shared/parking/park';
import {
	FakeHost,
	refusedItem,
	submittedTask,
	TRIGGER_URL,
	type Execution,
	type SubmittedItem,
} from '../fakes/host.mts';
import { hours, minutes, seconds } from '../fakes/time.mts';
import { jsonAnswer, type HttpAnswer } from '../fakes/vendor.mts';

const start = Date.parse('2026-11-20T10:00:00.000Z');

/** A node that hands its tasks over, and all that it asked n8n for. */
async function handOver(
	submitted: readonly SubmittedItem[],
	{ host = new FakeHost(), inputs = submitted.length } = {},
) {
	const execution = host.newExecution({
		items: Array.from({ length: inputs }, (_, item) => ({
			json: { prompt: `prompt ${item}`, videoUrl: 'https://old.test/v.mp4' },
			binary: { data: { data: '', mimeType: 'image/png' } },
			pairedItem: { item },
		})),
	});
	const run = host.runOf(execution);
	const address = newDeliveryAddress(run);
	const rows = await park(run, await host.withSessions(submitted), address);
	return { host, execution, address, rows, plans: host.pollers.map(planOf) };
}

const planOf = ({ plan }: Execution): unknown => JSON.parse(String(plan));

describe('What is parked', () => {
	test('can be taken for no video, and names task and remedy', async () => {
		const { execution } = await handOver([submittedTask('t0')]);
		expect(execution.items).toEqual([
			{
				json: expect.not.objectContaining({ videoUrl: expect.anything() }),
				pairedItem: { item: 0 },
			},
		]);
		expect(execution.items[0]?.json).toMatchObject({
			error: 'The video was not collected from Apikley while the execution was paused',
			taskId: 't0',
			provider: 'apikley',
			model: 'bytedance/v1-lite-text-to-video',
			status: 'queued',
			failure: { code: 'notCollected', message: expect.stringContaining('Seedance Task') },
		});
	});

	test('holds all that its delivery needs, and nothing of the input', async () => {
		const taskUrls = { status: 'https://api.apikley.ru/s' };
		const task = submittedTask('t0', {
			timeoutMinutes: 90,
			maxPollGapMs: 7000,
			raw: true,
			taskUrls,
			submittedAt: start - minutes(5),
			orderedAt: start - hours(50),
		});
		const { execution, address } = await handOver([task]);
		expect(execution.items[0]?.json.parked).toEqual({
			nonce: address.nonce,
			key: address.key,
			provider: 'apikley',
			model: 'bytedance/v1-lite-text-to-video',
			task: {
				taskId: 't0',
				modelId: 'bytedance/v1-lite-text-to-video',
				taskUrls,
				status: 'queued',
				submittedAt: start - minutes(5),
				orderedAt: start - hours(50),
				deadlineAt: start + minutes(90),
				timeoutMinutes: 90,
				maxPollGapMs: 7000,
				output: { raw: true, binaryProperty: 'data' },
			},
		});
		expect(execution.items[0]?.json).not.toHaveProperty('prompt');
	});

	test('keeps the problem of an item that has no task', async () => {
		const tasks = [submittedTask('t0'), refusedItem(1, 'Duration is too long')];
		const { execution } = await handOver(tasks);
		expect(execution.items[1]?.json).toMatchObject({
			error: 'Duration is too long',
			failure: { code: 'invalidInput', message: 'Correct it.' },
			parked: { problem: { message: 'Duration is too long', code: 'invalidInput' } },
		});
	});

	test('has one nonce in all items, and another one each time', async () => {
		const tasks = [submittedTask('a'), submittedTask('b', { itemIndex: 1 })];
		const [first, second] = [await handOver(tasks), await handOver(tasks)];
		const nonces = first.execution.items.map(
			({ json }) => (json.parked as { nonce?: string }).nonce,
		);
		expect(nonces).toEqual([first.address.nonce, first.address.nonce]);
		expect(first.address.nonce).toMatch(/^[\w-]{22}$/);
		expect(first.address.nonce).not.toBe(second.address.nonce);
	});

	test('has a key that no poller is told', async () => {
		const { address, host, execution } = await handOver([submittedTask('a')]);
		expect(address.key).toMatch(/^[\w-]{43}$/);
		expect(execution.items[0]?.json.parked).toMatchObject({ key: address.key });
		expect(JSON.stringify(host.pollers)).not.toContain(address.key);
		expect((await handOver([submittedTask('a')])).address.key).not.toBe(address.key);
	});

	test('is the first item only, where a node runs once for all', async () => {
		const { execution } = await handOver([submittedTask('t0')], { inputs: 3 });
		expect(execution.items.map(({ json }) => json.taskId ?? json.prompt)).toEqual([
			't0',
			'prompt 1',
			'prompt 2',
		]);
		expect(execution.items[2]?.binary).toBeDefined();
	});

	test('wakes by itself 20 minutes after the last deadline', async () => {
		const tasks = [
			submittedTask('a', { timeoutMinutes: 10 }),
			submittedTask('b', { itemIndex: 1, timeoutMinutes: 60 }),
			refusedItem(2),
		];
		const { execution } = await handOver(tasks);
		expect(execution.state).toBe('waiting');
		expect(execution.waitTill).toBe(start + minutes(80));
	});

	test('shows the tasks as they are', async () => {
		const submitted = submittedTask('t0', { raw: true });
		if (submitted.result.ok) submitted.result.value.task.raw = { code: 200 };
		const { rows } = await handOver([submitted, refusedItem(1)]);
		expect(rows).toEqual([
			{
				json: {
					taskId: 't0',
					provider: 'apikley',
					model: 'bytedance/v1-lite-text-to-video',
					status: 'queued',
				},
				pairedItem: { item: 0 },
			},
			{
				json: { provider: 'apikley', model: 'bytedance/v1-lite-text-to-video' },
				pairedItem: { item: 1 },
			},
		]);
	});
});

describe('The pollers', () => {
	test('are two of different rhythm, with one plan', async () => {
		const tasks = [
			submittedTask('a', { submittedAt: start - minutes(3), maxPollGapMs: seconds(90) }),
			submittedTask('b', { itemIndex: 1, submittedAt: start, timeoutMinutes: 60 }),
			submittedTask('c', { itemIndex: 2, maxPollGapMs: seconds(70) }),
			refusedItem(3),
		];
		const { plans, address, execution } = await handOver(tasks);
		expect(address.url).toBe(
			`https://n8n.example.com/webhook-waiting/${execution.id}/seedance-delivery?signature=sig-${execution.id}`,
		);
		const plan = {
			rings: [{ url: address.url, body: { nonce: address.nonce } }],
			startedAt: start - minutes(3),
			endsAt: start + minutes(80),
			maxGapMs: seconds(70),
		};
		expect(plans).toEqual([
			{ ...plan, rhythm: 'close' },
			{ ...plan, rhythm: 'wide' },
		]);
	});

	test('know no longest gap where the user set none', async () => {
		const { plans } = await handOver([submittedTask('a')]);
		expect(plans[0]).not.toHaveProperty('maxGapMs');
	});

	test.each(['close', 'wide'])(
		'that are not started, of which the %s one is refused: nothing is parked',
		async (refused) => {
			const host = new FakeHost();
			host.refusal = ({ rhythm }) => (rhythm === refused ? 'No more of them' : undefined);
			const { rows, execution } = await handOver([submittedTask('a')], { host });
			expect(rows).toBeUndefined();
			expect(execution.state).toBe('running');
			expect(execution.items[0]?.json).toEqual({
				prompt: 'prompt 0',
				videoUrl: 'https://old.test/v.mp4',
			});
			expect(execution.items[0]?.binary).toBeDefined();
			expect(host.logged).toContain(
				'Seedance: the execution could not be paused: No more of them {}',
			);
		},
	);
});

describe('Triggers', () => {
	test('are called by two pollers for a week', async () => {
		const host = new FakeHost();
		const execution = host.newExecution();
		const urls = [
			'https://n8n.example.com/webhook/1/seedance',
			'https://n8n.example.com/webhook/2/seedance',
		];
		const started = await ringTriggers(host.runOf(execution), await host.session(), urls);
		expect(started).toEqual({ ok: true });
		const plan = {
			rings: urls.map((url) => ({ url, body: {} })),
			startedAt: start,
			endsAt: start + hours(7 * 24),
		};
		expect(host.pollers.map(planOf)).toEqual([
			{ ...plan, rhythm: 'close' },
			{ ...plan, rhythm: 'wide' },
		]);
		expect(execution.state).toBe('running');
	});

	test('are called after two seconds by the node itself, until each has answered', async () => {
		const host = new FakeHost();
		const [own, other] = [
			`${TRIGGER_URL}?seedance=x`,
			'https://n8n.example.com/webhook/2/seedance',
		];
		await ringTriggers(host.runOf(host.newExecution()), await host.session(), [own, other]);
		await host.time.pass(minutes(3));
		expect(host.calls.map(({ url, at }) => [url, at - start])).toEqual([
			[other, 2_000],
			[own, 2_000],
			[other, 5_000],
			[other, 10_000],
			[other, 30_000],
			[other, 90_000],
		]);
	});

	test('are not called at the same moment by all who have ordered then', async () => {
		const host = new FakeHost();
		host.time.chance = 0.8;
		const other = 'https://n8n.example.com/webhook/2/seedance';
		await ringTriggers(host.runOf(host.newExecution()), await host.session(), [other]);
		await host.time.pass(minutes(3));
		expect(host.calls.map(({ at }) => at - start)).toEqual([2_400, 6_000, 12_000, 36_000, 108_000]);
	});

	test('in a process too young to look are called again when it has asked for it', async () => {
		const host = new FakeHost();
		const url = 'https://n8n.example.com/webhook/2/seedance';
		const [hasStarted, askedFor] = ['n8n has just started', [33, 7_000]];
		host.proxy = () => {
			const retryAfterSeconds = askedFor.shift();
			return retryAfterSeconds === undefined
				? jsonAnswer(200, { state: 'pending', retryAfterSeconds: 240 })
				: jsonAnswer(503, { state: 'pending', message: hasStarted, retryAfterSeconds });
		};
		await ringTriggers(host.runOf(host.newExecution()), await host.session(), [url]);
		await host.time.pass(minutes(3.9));
		expect(host.calls.map(({ at }) => at - start)).toEqual([2_000, 35_000, 155_000]);
	});

	test('that nobody will call are told of', async () => {
		const host = new FakeHost();
		host.refusal = () => 'Not here';
		const run = host.runOf(host.newExecution());
		const started = ringTriggers(run, await host.session(), ['http://x']);
		expect(await started).toEqual({ ok: false, error: 'Not here' });
	});
});

describe('Whether n8n reaches itself', () => {
	/** What the node finds out, and what it was answered on the way. */
	async function reaches(
		{ host = new FakeHost(), proxy }: { host?: FakeHost; proxy?: (url: string) => HttpAnswer } = {},
		change: (execution: Execution) => void = () => {},
	) {
		const execution = host.newExecution();
		host.proxy = proxy;
		change(execution);
		const run = host.runOf(execution);
		const address = newDeliveryAddress(run);
		const reach = await host.time.run(reachItself(run, address));
		return { host, reach, address, execution };
	}

	const says = (statusCode: number, message: string) =>
		jsonAnswer(statusCode, { code: statusCode, message });

	test('is certain when it says that this execution is at work', async () => {
		const { host, reach, address } = await reaches();
		expect(reach).toBe('reached');
		expect(host.calls).toMatchObject([{ url: address.url, body: { nonce: address.nonce } }]);
	});

	test.each([
		['running', 'reached'],
		['success', 'unanswered'],
	])('behind a form’s page n8n is asked how the execution is: %s', async (word, expected) => {
		const { reach } = await reaches({
			proxy: (url): HttpAnswer => {
				if (url.includes('n8n-execution-status')) {
					return { statusCode: 200, headers: {}, body: word };
				}
				const location = '/form-waiting/101/seedance-delivery?signature=sig-101';
				return { statusCode: 307, headers: { location }, body: '' };
			},
		});
		expect(reach).toBe(expected);
	});

	/** n8n does not find an execution that was started by hand while it runs. */
	const manual = (url: string) =>
		url.includes('/webhook-waiting/101/')
			? says(500, "Cannot read properties of undefined (reading 'resumeToken')")
			: says(404, `The execution "${url.split('/')[4]}" does not exist.`);

	test('is found out by an execution that does not exist, for one started by hand', async () => {
		const { host, reach, address } = await reaches({ proxy: manual });
		expect(reach).toBe('reached');
		const { nonce } = address;
		expect(host.calls.map(({ body }) => body)).toEqual([{ nonce }, { nonce }]);
		expect(host.calls.map(({ url }) => url)).toEqual([
			'https://n8n.example.com/webhook-waiting/101/seedance-delivery?signature=sig-101',
			'https://n8n.example.com/webhook-waiting/0/seedance-delivery?signature=sig-101',
		]);
	});

	test('and in queue mode, where such an execution has another token in the database', async () => {
		const { reach } = await reaches({
			proxy: (url) =>
				url.includes('/101/') ? jsonAnswer(401, { error: 'Invalid token' }) : manual(url),
		});
		expect(reach).toBe('reached');
	});

	test.each<[string, (url: string) => HttpAnswer]>([
		['a page', () => ({ statusCode: 404, headers: {}, body: '<pre>Cannot POST</pre>' })],
		['a proxy', () => jsonAnswer(404, { message: 'Not Found' })],
		['a broken proxy', () => jsonAnswer(502, { message: 'Bad Gateway' })],
		['a proxy with a server error', () => says(500, 'Internal Server Error')],
		['another n8n', () => says(409, 'The execution "102" is running already.')],
		['another n8n without this execution', () => says(404, 'The execution "101" does not exist.')],
		[
			'another n8n, which has failed before',
			(url) =>
				url.includes('/101/') ? says(500, 'x') : says(404, 'The execution "101" does not exist.'),
		],
		[
			'nobody',
			() => {
				throw new Error('connect ECONNREFUSED');
			},
		],
		[
			'a page, the second time',
			(url) =>
				url.includes('/101/') ? says(500, 'x') : { statusCode: 404, headers: {}, body: '<pre>' },
		],
		[
			'nobody, the second time',
			(url) => {
				if (url.includes('/101/')) return says(500, 'x');
				throw new Error('connect ECONNREFUSED');
			},
		],
	])('is denied when it meets %s', async (_, proxy) => {
		expect((await reaches({ proxy })).reach).toBe('unanswered');
	});

	const silent = (): HttpAnswer => {
		throw new Error('timeout of 10000ms exceeded');
	};

	test('is still certain where n8n has answered lately, and is too busy now', async () => {
		const { host } = await reaches();
		await host.time.run(host.time.sleep(minutes(9)));
		expect((await reaches({ host, proxy: silent })).reach).toBe('reached');
		// A wrong answer is one all the same.
		expect((await reaches({ host, proxy: () => jsonAnswer(404, {}) })).reach).toBe('unanswered');
		await host.time.run(host.time.sleep(minutes(2)));
		expect((await reaches({ host, proxy: silent })).reach).toBe('unanswered');
	});

	test('is denied by n8n itself where its own protection lets no request out', async () => {
		const cause = Object.assign(new Error('no'), { name: 'SsrfBlockedIpError' });
		const { reach } = await reaches({
			proxy: () => {
				throw new Error('blocked', { cause });
			},
		});
		expect(reach).toBe('blocked');
	});

	test.each([200, 404, 502])('is asked once only after a status %d', async (status) => {
		const { host } = await reaches({ proxy: () => jsonAnswer(status, {}) });
		expect(host.calls).toHaveLength(1);
	});

	test('is denied for an execution that has been stopped meanwhile', async () => {
		const { reach } = await reaches({}, (execution) => {
			execution.state = 'canceled';
		});
		expect(reach).toBe('unanswered');
	});
});
