import { NodeOperationError, type IExecuteFunctions, type INode } from 'n8n-workflow';
import type { Problem } from '../../../nodes/shared/domain/problem';
import { fail, ok } from '../../../nodes/shared/domain/result';
import type { NodeRun } from '../../../nodes/shared/host/run';
import { atNode, openNodeRun } from '../../../nodes/shared/n8n/nodeRun';
import { valueOf } from '../helpers.mts';

const problem: Problem = {
	kind: 'invalidInput',
	code: 'invalidInput',
	message: 'Prompt must not be empty',
	description: 'Enter one.',
};

interface Given {
	onError?: INode['onError'];
	mode?: string;
	resumeUrl?: string;
}

/** n8n's context, as far as a run is opened from it. */
function contextWith({ onError, mode = 'trigger', resumeUrl }: Given = {}) {
	const stopper = new AbortController();
	const onStop: Array<() => void> = [];
	const node = { id: 'node-1', name: 'Make Video', type: 'seedanceTextToVideo', onError };
	const url = resumeUrl ?? 'https://n8n.example.com/webhook-waiting/5?signature=abc';
	const context = {
		getNode: () => node,
		getMode: () => mode,
		getContext: () => ({}),
		getExecutionId: () => '5',
		getInputData: () => [{ json: {} }],
		getExecutionCancelSignal: () => stopper.signal,
		onExecutionCancellation: (work: () => void) => void onStop.push(work),
		continueOnFail: () => onError !== undefined && onError !== 'stopWorkflow',
		getCredentials: async () => await Promise.resolve({ apiKey: 'sk-12345' }),
		getWorkflowDataProxy: () => ({
			$execution: { id: '5', resumeUrl: url },
			$workflow: { id: 'wf-1', name: 'Films' },
			$runIndex: 2,
		}),
		logger: { debug: () => undefined, info: () => undefined },
		helpers: {},
	};
	return { context: context as unknown as IExecuteFunctions, stopper, onStop };
}

const items = [
	{ itemIndex: 0, result: ok({ json: { taskId: 'a' } }) },
	{ itemIndex: 1, result: fail(problem) },
].map((item) => ({ ...item, origin: { provider: 'apikley', model: 'm' } }));

test('every session of a run ends with it', async () => {
	const { context, stopper } = contextWith();
	const run = openNodeRun(context);
	for (const provider of ['apikley', 'modellix']) {
		const session = valueOf(await run.openSession(provider));
		expect(session.stopSignal).toBe(stopper.signal);
	}
	expect(run.stopSignal).toBe(stopper.signal);
});

test('what is to be done at a stop is given to n8n', () => {
	const { context, onStop } = contextWith();
	const work = () => undefined;
	openNodeRun(context).onStop(work);
	expect(onStop).toEqual([work]);
});

test.each([
	['stopWorkflow', true],
	['continueRegularOutput', false],
	['continueErrorOutput', false],
] as const)('On Error %s: a problem ends the node: %j', (onError, isEnd) => {
	const run = openNodeRun(contextWith({ onError }).context);
	const raise = () => run.raise(problem, 3);
	const settle = () => run.settle(items);
	if (isEnd) {
		expect(raise).toThrow('Prompt must not be empty [item 3]');
		expect(settle).toThrow('Prompt must not be empty [item 1]');
		return;
	}
	expect(raise).not.toThrow();
	expect(settle()).toMatchObject([
		{ json: { taskId: 'a' }, pairedItem: { item: 0 } },
		{ json: { error: 'Prompt must not be empty' }, pairedItem: { item: 1 } },
	]);
});

test('a run says where it is, and by what its retries are known', () => {
	const place = { workflow: 'Films', workflowId: 'wf-1', executionId: '5' };
	const own = { ...place, node: 'Make Video', nodeId: 'node-1' };
	const run = openNodeRun(contextWith({ mode: 'retry' }).context);
	expect([run.place(), run.isRetry(), run.runIndex()]).toEqual([{ ...own, token: 'abc' }, true, 2]);
	const older = openNodeRun(
		contextWith({ resumeUrl: 'https://n8n.example.com/webhook-waiting/5' }).context,
	);
	expect([older.place(), older.isRetry()]).toEqual([own, false]);
});

describe('a story at its node', () => {
	const row = { json: { taskId: 'a' }, pairedItem: { item: 0 } };

	test('puts its rows out', async () => {
		const { context } = contextWith();
		expect(await atNode(context, async () => await Promise.resolve([row]))).toEqual([[row]]);
	});

	test('fails as it fails', async () => {
		const { context } = contextWith();
		const failing = async () => await Promise.reject(new Error('as it is'));
		await expect(atNode(context, failing)).rejects.toThrow('as it is');
	});

	test('that is stopped ends in n8n’s word for that', async () => {
		const { context, stopper } = contextWith();
		const stopped = async ({ stopSignal }: NodeRun) => {
			stopper.abort(new Error('stopped'));
			stopSignal?.throwIfAborted();
			return await Promise.resolve([row]);
		};
		const ended = atNode(context, stopped);
		await expect(ended).rejects.toThrow(NodeOperationError);
		await expect(ended).rejects.toThrow('The execution was canceled');
	});
});
