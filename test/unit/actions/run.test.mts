import type { IExecuteFunctions } from 'n8n-workflow';
import { chooseRoute, finish } from '../../../nodes/shared/actions/run';
import { clock } from '../../../nodes/shared/n8n/clock';
import type { Session } from '../../../nodes/shared/tasks/session';
import type { Submitted } from '../../../nodes/shared/tasks/submit';
import { canPark as canThisN8nPark } from '../../../nodes/shared/n8n/version';
import { minutes } from '../fakes/time.mts';

afterEach(() => jest.restoreAllMocks());

jest.mock('../../../nodes/shared/n8n/version', () => ({
	canPark: jest.fn(),
	takesDetails: () => true,
}));

interface Surroundings {
	completion?: unknown;
	canPark?: boolean;
	isTool?: boolean;
	/** The webhook that started it answers with its last node. */
	isWaitedFor?: boolean;
	/** Another workflow has called this one with one item. */
	isCalled?: boolean;
	pausesInSubWorkflows?: boolean;
	/** What n8n's own webhook says about the execution. */
	answer?: string;
	/** Instead of an answer. */
	failure?: Error;
}

function contextWith({
	completion,
	canPark = true,
	isTool = false,
	isWaitedFor = false,
	isCalled = false,
	pausesInSubWorkflows = false,
	answer,
	failure,
}: Surroundings) {
	jest.mocked(canThisN8nPark).mockReturnValue(canPark);
	const hints: string[] = [];
	const posted: string[] = [];
	const resumeUrl = 'http://n8n.test/webhook-waiting/5?signature=abc';
	const context = {
		getNodeParameter: (name: string) =>
			name === 'completion'
				? completion
				: name === 'options.pauseInSubWorkflows' && pausesInSubWorkflows,
		getNode: () => ({ name: 'Seedance' }),
		getInputData: () => [{ json: {} }],
		getExecuteData: () => ({ source: null }),
		getExecutionDataById: async () => await Promise.resolve(undefined),
		getParentNodes: () => [
			{
				name: 'Webhook',
				type: 'n8n-nodes-base.webhook',
				parameters: { responseMode: isWaitedFor ? 'lastNode' : 'onReceived' },
			},
		],
		getExecutionContext: () => ({
			triggerNode: { name: 'Webhook', type: 'n8n-nodes-base.webhook' },
			parentExecutionId: isCalled ? '4' : undefined,
		}),
		addExecutionHints: ({ message }: { message: string }) => hints.push(message),
		isToolExecution: () => isTool,
		getMode: () => 'webhook',
		getExecutionId: () => '5',
		getWorkflowDataProxy: () => ({ $execution: { id: '5', resumeUrl } }),
		logger: { debug: () => undefined },
		helpers: {
			httpRequest: async ({ url }: { url: string }) => {
				posted.push(url);
				if (failure !== undefined) throw failure;
				return await Promise.resolve({
					statusCode: 409,
					body: JSON.stringify({ message: answer }),
				});
			},
		},
	};
	return { context: context as unknown as IExecuteFunctions, hints, posted };
}

const running = 'The execution "5" is running already.';

test.each(['wait', 'notify', 'submit'])(
	'%s is taken as chosen, and asks nobody',
	async (completion) => {
		for (const canPark of [true, false]) {
			const { context, hints, posted } = contextWith({ completion, canPark, isTool: true });
			expect(await chooseRoute(context)).toEqual({ completion });
			expect([hints, posted]).toEqual([[], []]);
		}
	},
);

test.each([undefined, null, '', 'later', 5])('%j is the usual wait', async (completion) => {
	const { context, hints } = contextWith({ completion });
	expect(await chooseRoute(context)).toEqual({ completion: 'wait' });
	expect(hints).toEqual([]);
});

test('pause comes with the address at which the execution will take calls', async () => {
	const { context, hints, posted } = contextWith({ completion: 'pause', answer: running });
	const route = await chooseRoute(context);
	const url = 'http://n8n.test/webhook-waiting/5/seedance-delivery?signature=abc';
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

test.each<[string, Surroundings, RegExp]>([
	['that cannot park', { canPark: false, answer: running }, /older than 2\.30/],
	['whose agent cannot be paused', { isTool: true, answer: running }, /agent/],
	['whose caller waits for the last node', { isWaitedFor: true, answer: running }, /webhook/],
	[
		'whose workflow calls this one with one item',
		{ isCalled: true, answer: running },
		/'Pause in Sub-Workflows'/,
	],
	['that does not reach itself', { answer: 'Not Found' }, /WEBHOOK_URL/],
])('an n8n %s waits in the node and says why', async (_, surroundings, hint) => {
	const { context, hints } = contextWith({ completion: 'pause', ...surroundings });
	expect(await chooseRoute(context)).toEqual({ completion: 'wait' });
	expect(hints).toEqual([expect.stringMatching(/^The node waited while running instead of/)]);
	expect(hints[0]).toMatch(hint);
});

test.each([
	['n8n itself lets no request out', /Set N8N_SSRF_ALLOWED_HOSTNAMES to n8n\.test\.$/, 'SsrfError'],
	['nobody answers', /Set WEBHOOK_URL to an address at which this n8n answers\.$/, 'Error'],
])('pause waits in the node where %s, and says what to set', async (_, remedy, name) => {
	const failure = new Error('no', { cause: Object.assign(new Error('refused'), { name }) });
	// What answered a moment ago may only be busy.
	jest.spyOn(clock, 'now').mockReturnValue(Date.now() + minutes(11));
	const { context, hints } = contextWith({ completion: 'pause', failure });
	expect(await chooseRoute(context)).toEqual({ completion: 'wait' });
	expect(hints).toEqual([expect.stringMatching(remedy)]);
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
	const context = {} as IExecuteFunctions;

	test('is the row of its item, with its task', async () => {
		const { itemIndex, result } = await finish(context, odd());
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
		await expect(finish(context, odd(stop.signal))).rejects.toThrow('stopped by the user');
	});
});

test('a sub-workflow with one item pauses where the user says so', async () => {
	const { context } = contextWith({
		completion: 'pause',
		isCalled: true,
		pausesInSubWorkflows: true,
		answer: running,
	});
	expect(await chooseRoute(context)).toMatchObject({ completion: 'pause' });
});
