import { chooseRoute, collect, finish } from '../../../nodes/shared/actions/run';
import { fail, ok } from '../../../nodes/shared/domain/result';
import type { Task } from '../../../nodes/shared/domain/task';
import type { Silence } from '../../../nodes/shared/host/network';
import type { FileFetcher, Pause } from '../../../nodes/shared/host/readers';
import type { Session } from '../../../nodes/shared/tasks/session';
import type { Submitted } from '../../../nodes/shared/tasks/submit';
import { NodeHost } from '../fakes/nodeRun.mts';
import { minutes } from '../fakes/time.mts';
import { errorOf, providerOf, valueOf } from '../helpers.mts';

afterEach(() => jest.restoreAllMocks());

interface Surroundings extends Partial<Pause> {
	completion?: unknown;
	pausesInSubWorkflows?: boolean;
	/** What the host's own webhook says about the execution, or why it says nothing. */
	answer?: string | Silence;
}

const silences: readonly unknown[] = ['blocked', 'unanswered'];
const isSilence = (answer: string): answer is Silence => silences.includes(answer);

function runWith({
	completion,
	pausesInSubWorkflows = false,
	answer = '',
	...pause
}: Surroundings) {
	const posted: string[] = [];
	const options = { pauseInSubWorkflows: pausesInSubWorkflows };
	const opened = new NodeHost().open({
		parameters: { completion, options },
		network: {
			async tryPost(url) {
				posted.push(url);
				const told = { httpStatus: 409, body: { message: answer } };
				return await Promise.resolve(isSilence(answer) ? fail(answer) : ok(told));
			},
		},
	});
	return { ...opened, run: { ...opened.run, ...pause }, posted };
}

const running = 'The execution "101" is running already.';

test.each(['wait', 'notify', 'submit'])(
	'%s is taken as chosen, and asks nobody',
	async (completion) => {
		for (const isOld of [true, false]) {
			const pause = { canPark: () => !isOld, isToolExecution: () => true };
			const { run, hints, posted } = runWith({ completion, ...pause });
			expect(await chooseRoute(run)).toEqual({ completion });
			expect([hints, posted]).toEqual([[], []]);
		}
	},
);

test.each([undefined, null, '', 'later', 5])('%j is the usual wait', async (completion) => {
	const { run, hints } = runWith({ completion });
	expect(await chooseRoute(run)).toEqual({ completion: 'wait' });
	expect(hints).toEqual([]);
});

test('pause comes with the address at which the execution will take calls', async () => {
	const { run, hints, posted } = runWith({ completion: 'pause', answer: running });
	const route = await chooseRoute(run);
	const url = run.deliveryUrl();
	expect(route).toEqual({
		completion: 'pause',
		address: {
			url,
			nonce: expect.stringMatching(/^[\w-]{22}$/),
			key: expect.stringMatching(/^[\w-]{43}$/),
		},
	});
	expect([hints, posted]).toEqual([[], [url]]);
});

const calledBy = (caller: 'webhook' | 'chat') => ({
	findWaitingCaller: async () => await Promise.resolve(caller),
});

const calledForOneItem: Pick<Pause, 'findWaitingCaller'> = {
	findWaitingCaller: async ({ pausesInSubWorkflows }) =>
		await Promise.resolve(pausesInSubWorkflows ? undefined : 'workflow'),
};

test.each<[string, Surroundings, RegExp]>([
	['that cannot park', { canPark: () => false, answer: running }, /older than 2\.30/],
	['whose agent cannot be paused', { isToolExecution: () => true, answer: running }, /agent/],
	['whose caller waits', { ...calledBy('webhook'), answer: running }, /webhook/],
	['whose chat waits', { ...calledBy('chat'), answer: running }, /Chat Trigger/],
	[
		'whose workflow calls this one with one item',
		{ ...calledForOneItem, answer: running },
		/'Pause in Sub-Workflows'/,
	],
	['that does not reach itself', { answer: 'Not Found' }, /WEBHOOK_URL/],
	[
		'that lets no request out to itself',
		{ answer: 'blocked' },
		/N8N_SSRF_ALLOWED_HOSTNAMES to n8n\.example\.com\.$/,
	],
	[
		'whom nobody answers',
		{ answer: 'unanswered' },
		/Set WEBHOOK_URL to an address at which this n8n answers\.$/,
	],
])('a host %s waits in the node and says why', async (_, surroundings, hint) => {
	const { run, hints } = runWith({ completion: 'pause', ...surroundings });
	expect(await chooseRoute(run)).toEqual({ completion: 'wait' });
	expect(hints).toEqual([expect.stringMatching(/^The node waited while running instead of/)]);
	expect(hints[0]).toMatch(hint);
});

test('a host that has answered lately is there, also where it is too busy just now', async () => {
	const host = new NodeHost();
	const parameters = { completion: 'pause', options: {} };
	const busy = { tryPost: async () => await Promise.resolve(fail('unanswered' as const)) };
	const route = async (network = {}) =>
		(await chooseRoute(host.open({ parameters, network }).run)).completion;
	expect(await route(busy)).toBe('wait');
	expect(await route()).toBe('pause');
	expect(await route(busy)).toBe('pause');
	await host.time.pass(minutes(11));
	expect(await route(busy)).toBe('wait');
});

describe('what nobody has foreseen', () => {
	/** A finished task whose answer no row can hold. */
	const odd = (stopSignal?: AbortSignal): Submitted => {
		const works = { end: () => undefined };
		const session = { clock: { now: () => 0 }, works, stopSignal } as unknown as Session;
		const raw: Record<string, unknown> = {};
		raw.itself = raw;
		const task = {
			taskId: 'paid-1',
			status: 'succeeded' as const,
			videoUrl: 'https://media.example/1.mp4',
			raw,
		};
		const waiting = { timeoutMinutes: 1 };
		const awaited = { session, task, submittedAt: 0, modelId: 'm', waiting, output: { raw: true } };
		return {
			itemIndex: 2,
			origin: { provider: 'p', model: 'm' },
			result: { ok: true, value: awaited },
		};
	};
	const fetcher: FileFetcher = {
		fetchFiles: async () => await Promise.reject(new Error('Nothing is fetched here')),
	};

	test('is the row of its item, with its task', async () => {
		const { itemIndex, result } = await finish(fetcher, odd());
		expect(itemIndex).toBe(2);
		expect(result).toMatchObject({
			ok: false,
			error: {
				message: expect.stringMatching(/^The node could not go on with this video: .*circular/),
				description: expect.stringContaining('Task ID: paid-1.'),
				taskId: 'paid-1',
				status: 'succeeded',
			},
		});
	});

	test('a stop is none of it', async () => {
		const stop = new AbortController();
		stop.abort(new Error('stopped by the user'));
		await expect(finish(fetcher, odd(stop.signal))).rejects.toThrow('stopped by the user');
	});
});

test('a sub-workflow with one item pauses where the user says so', async () => {
	const { run } = runWith({
		completion: 'pause',
		...calledForOneItem,
		pausesInSubWorkflows: true,
		answer: running,
	});
	expect(await chooseRoute(run)).toMatchObject({ completion: 'pause' });
});

describe('a new address of a file', () => {
	const model = 'bytedance/v1-lite-text-to-video';
	const taskUrls = { status: 'https://api.apikley.ru/shard-7/t0' };
	const task: Task = {
		taskId: 't0',
		status: 'succeeded',
		videoUrl: 'https://media.example/old.mp4',
		taskUrls,
	};
	const collecting = async (fetchFiles: FileFetcher['fetchFiles']) => {
		const host = new NodeHost();
		const session = valueOf(await host.open().run.openSession('apikley'));
		host.vendor.set('t0', 'succeeded');
		const origin = { provider: 'apikley', model };
		const output = { raw: false, binaryProperty: 'data' };
		return await collect({ fetchFiles }, session, task, origin, output);
	};
	const known = { taskId: 't0', videoUrl: 'https://media.example/t0.mp4', taskUrls };

	test('is asked for by the task and its model, and stands in the row', async () => {
		const look = jest.spyOn(providerOf('apikley').vendor, 'look');
		const collected = await collecting(async (_, before, { renew }) =>
			ok({ task: (await renew?.()) ?? before, files: {} }),
		);
		expect(valueOf(collected).json).toMatchObject(known);
		expect(look.mock.calls).toEqual([
			[expect.objectContaining({ taskId: 't0', modelId: model, taskUrls })],
		]);
	});

	test('stands in the problem where that one leads nowhere, too', async () => {
		const collected = await collecting(async (_, __, { renew }) => {
			await renew?.();
			return fail('HTTP status 404');
		});
		expect(errorOf(collected)).toMatchObject({ ...known, kind: 'downloadFailed' });
	});
});
