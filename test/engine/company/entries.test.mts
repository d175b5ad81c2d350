import { NodeOperationError, type INodeExecutionData } from 'n8n-workflow';
import { ownPrompt, prompts, useBench } from '../bench.mts';
import type { NodeResult } from '../harness.mts';
import { useOwnWebhooks } from './ownWebhooks.mts';

const bench = useBench();
const { n8n } = useOwnWebhooks();

const clips = ['Clip 0', 'Clip 1', 'Clip 2'];

/** A node into which three outputs lead, as those of a Switch or the calls of an agent's turn. */
const threeEntries = async (more: object = {}) =>
	await bench.run({
		parameters: { ...ownPrompt, completion: 'pause' },
		// n8n takes the entry that came last first, where nodes lie at the same place.
		batches: clips.toReversed().map((clip) => prompts(clip)),
		n8n: n8n(),
		...more,
	});

const runsOf = ({ run: { data } }: NodeResult) =>
	(data.resultData.runData.Seedance ?? []).map(({ data: out }) =>
		(out?.main?.flat() ?? []).map((item) => item?.json.taskId),
	);

/** What a call brings for the entry that is parked. */
function delivered(item = bench.taskIds().length - 1): INodeExecutionData[] {
	return [{ json: { taskId: bench.taskIds()[item], status: 'succeeded', videoUrl: 'https://v' } }];
}

const orderedPrompts = () =>
	bench
		.sandbox()
		.tasks()
		.map(({ input }) => input.prompt);

test('each entry is ordered, parked and delivered for itself', async () => {
	let result = await threeEntries();
	for (const [index] of clips.entries()) {
		expect(result.status).toBe('waiting');
		expect(orderedPrompts()).toEqual(clips.slice(0, index + 1));
		result = await result.resume(delivered());
	}
	expect(result.status).toBe('success');
	expect(runsOf(result)).toEqual(bench.taskIds().map((taskId) => [taskId]));
	expect(bench.creates()).toHaveLength(3);
});

test('the failure of one leaves the others their videos', async () => {
	const first = await threeEntries({ onError: 'continueRegularOutput' });
	const node = first.run.data.executionData?.nodeExecutionStack[0]?.node;
	if (node === undefined) throw new Error('Nothing is parked');
	const second = await first.resume(delivered(), new NodeOperationError(node, 'No video'));
	expect(second.status).toBe('waiting');
	const third = await second.resume(delivered());
	const end = await third.resume(delivered());
	expect(end.status).toBe('success');
	expect(orderedPrompts()).toEqual(clips);
	expect(runsOf(end).slice(1)).toEqual(
		bench
			.taskIds()
			.slice(1)
			.map((taskId) => [taskId]),
	);
});

test('an error that stops the run stops it before the others are paid for', async () => {
	const first = await threeEntries();
	const node = first.run.data.executionData?.nodeExecutionStack[0]?.node;
	if (node === undefined) throw new Error('Nothing is parked');
	const end = await first.resume(delivered(), new NodeOperationError(node, 'No video'));
	expect(end.status).toBe('error');
	expect(bench.creates()).toHaveLength(1);
	const entries = end.run.data.executionData?.nodeExecutionStack ?? [];
	expect(entries.slice(1).map((entry) => entry.node.disabled)).toEqual([undefined, undefined]);
});

test('a run that was killed behind one entry goes on with the others, and pays for none twice', async () => {
	const first = await threeEntries();
	const second = await first.resume(delivered());
	const [entry] = second.run.data.executionData?.nodeExecutionStack ?? [];
	if (entry === undefined) throw new Error('Nothing is parked');
	// As n8n keeps an execution that a call has resumed when it is killed.
	entry.data.main = [delivered()];
	second.run.data.waitTill = undefined;
	second.run.data.resultData.runData.Seedance?.pop();
	const third = await second.retry();
	expect(third.status).toBe('waiting');
	expect(orderedPrompts()).toEqual(clips);
	const end = await third.resume(delivered());
	expect(end.status).toBe('success');
	expect(runsOf(end)).toEqual(bench.taskIds().map((taskId) => [taskId]));
});

test('every run of the node knows what it has parked', async () => {
	const second = await (await threeEntries()).resume(delivered());
	expect(Object.keys(Object(second.nodeContext.seedanceParked))).toEqual(['0', '1']);
});
