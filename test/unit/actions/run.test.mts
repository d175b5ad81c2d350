import type { IExecuteFunctions } from 'n8n-workflow';
import { chooseRoute } from '../../../nodes/shared/actions/run';
import { canPark as canThisN8nPark } from '../../../nodes/shared/n8n/version';

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
}

function contextWith({
	completion,
	canPark = true,
	isTool = false,
	isWaitedFor = false,
	isCalled = false,
	pausesInSubWorkflows = false,
	answer,
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
		address: { url, nonce: expect.stringMatching(/^[\w-]{22}$/) },
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

test('a sub-workflow with one item pauses where the user says so', async () => {
	const { context } = contextWith({
		completion: 'pause',
		isCalled: true,
		pausesInSubWorkflows: true,
		answer: running,
	});
	expect(await chooseRoute(context)).toMatchObject({ completion: 'pause' });
});
