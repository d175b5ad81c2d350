import type { IDataObject } from 'n8n-workflow';
import type { SandboxTask } from '../../../sandbox/index.mts';
import { kits } from '../../vendors/index.mts';
import { numbered, ownPrompt, useBench } from '../bench.mts';

const bench = useBench({ takesMs: 60_000 });

const retrying = { retryOnFail: true, maxTries: 3 };
/** Long before a task is finished. */
const impatient = { timeout: 0.25 };

/** What the bench fills in by itself; a retry has to say it. */
const base = { provider: 'apikley', prompt: 'A paper boat', downloadVideo: false };

const promptsOf = (requests: ReturnType<typeof bench.creates>) =>
	requests.map(({ json }) => (json as { input: { prompt: string } }).input.prompt);

const orderedIn = ({ prompt, duration }: IDataObject) => ({ prompt, duration });

const sentIn = ({ input: { prompt, duration } }: SandboxTask) => ({
	prompt,
	duration: Number(duration),
});

const { textModel } = kits.aimlapi;

/** What evaluates to something else at every try. */
const restless: Array<[string, IDataObject]> = [
	['the time in the prompt', { prompt: '=A boat at {{ $now.toMillis() }} {{ Math.random() }}' }],
	['a random seed', { options: { seed: '={{ Math.floor(Math.random() * 1e6) }}' } }],
	[
		'a random field of Additional Parameters',
		{ options: { additionalParameters: '={{ ({ seed: Math.floor(Math.random() * 1e6) }) }}' } },
	],
	['a random duration', { duration: '={{ Math.random() < 0.5 ? 5 : 10 }}' }],
];

describe.each(restless)('%s', (_, parameters) => {
	const { options, ...rest } = parameters;
	const unfinished = { ...rest, options: { ...(options as IDataObject), ...impatient } };

	test('Retry On Fail orders once', async () => {
		const { error } = await bench.run({ ...retrying, parameters: unfinished });
		expect(bench.creates()).toHaveLength(1);
		expect(error?.description).toContain(`Task ID: ${bench.taskIds()[0]}.`);
		expect(bench.clock().elapsed()).toBe(3 * 15_000);
	});

	test('Retry execution goes on with the paid task', async () => {
		const failed = await bench.run({ parameters: unfinished });
		const again = await failed.retry();
		const { items } = await again.retry({ parameters: { ...base, ...parameters } });
		expect(bench.creates()).toHaveLength(1);
		expect(items[0]?.json).toMatchObject({ taskId: bench.taskIds()[0], status: 'succeeded' });
	});

	test.each([
		['Retry On Fail', async () => await bench.run({ ...retrying, parameters })],
		['Retry execution', async () => await (await bench.run({ parameters })).retry()],
	])('%s: the row says what was ordered, not what the next try comes to', async (_way, run) => {
		bench.fault({ operation: 'status', times: 1, effect: { kind: 'http', status: 401 } });
		const { items } = await run();
		expect(items.map(({ json }) => orderedIn(json))).toEqual(bench.sandbox().tasks().map(sentIn));
	});
});

test.each(restless.slice(0, 1))(
	'%s: an answer that is found again at the next try was to the first order',
	async (_, parameters) => {
		bench.fault({ operation: 'create', times: 1, effect: { kind: 'httpAfter', status: 502 } });
		bench.fault({ operation: 'list', times: 4, effect: { kind: 'http', status: 500 } });
		const given = { ...parameters, provider: 'aimlapi', model: textModel };
		const { items } = await bench.run({ ...retrying, parameters: given });
		expect(bench.creates()).toHaveLength(1);
		expect(items[0]?.json.foundAgain).toBeDefined();
		expect(items[0]?.json.prompt).toBe(bench.sandbox().tasks()[0]?.input.prompt);
	},
);

describe('between two tries of an execution', () => {
	const fail = async (parameters: IDataObject = {}) =>
		await bench.run({ parameters: { ...parameters, options: { ...impatient } } });

	test.each<[string, IDataObject]>([
		['the prompt', { prompt: 'A tin boat' }],
		['the expression of the prompt', { prompt: '={{ "A paper boat" }}' }],
		['the resolution', { resolution: '1080p' }],
		['the seed', { options: { seed: 7, ...impatient } }],
		['Additional Parameters', { options: { additionalParameters: { seed: 2 }, ...impatient } }],
	])('the user edits %s: another video', async (_, edited) => {
		const failed = await fail();
		await failed.retry({ parameters: { ...base, options: { ...impatient }, ...edited } });
		expect(bench.creates()).toHaveLength(2);
		expect(new Set(bench.taskIds()).size).toBe(2);
	});

	test.each<[string, IDataObject]>([
		['the timeout', { options: { timeout: 5 } }],
		['the poll interval', { options: { ...impatient, timeout: 5, pollInterval: 3 } }],
		['Max Parallel Tasks', { options: { timeout: 5, maxParallel: 9 } }],
		['Order Again After a Lost Answer', { options: { timeout: 5, resubmitUnknown: true } }],
		['the download', { downloadVideo: true, binaryPropertyName: 'clip', options: { timeout: 5 } }],
		['Simplify', { simplify: false, options: { timeout: 5 } }],
		['Completion', { completion: 'submit' }],
	])('the user changes %s: the same video', async (_, changed) => {
		const failed = await fail();
		const { status, items } = await failed.retry({ parameters: { ...base, ...changed } });
		expect(status).toBe('success');
		expect(items[0]?.json.taskId).toBe(bench.taskIds()[0]);
		expect(bench.creates()).toHaveLength(1);
	});

	test('the order of the options is no change', async () => {
		const failed = await bench.run({
			parameters: { options: { seed: 7, cameraFixed: true, ...impatient } },
		});
		const options = { cameraFixed: true, timeout: 5, seed: 7 };
		const { status } = await failed.retry({ parameters: { ...base, options } });
		expect(status).toBe('success');
		expect(bench.creates()).toHaveLength(1);
	});

	test('an edit and back again: the first video, and the edited one is not paid again either', async () => {
		const edited = { ...base, prompt: 'A tin boat', options: { ...impatient } };
		const first = await fail();
		const second = await first.retry({ parameters: edited });
		const third = await second.retry({ parameters: { ...base, options: { ...impatient } } });
		await third.retry({ parameters: edited });
		expect(promptsOf(bench.creates())).toEqual(['A paper boat', 'A tin boat']);
	});
});

describe('what is an order of its own', () => {
	test('each of two identical items', async () => {
		const items = [{ json: { prompt: 'The same' } }, { json: { prompt: 'The same' } }];
		const { items: rows } = await bench.run({ parameters: ownPrompt, items, ...retrying });
		expect(bench.creates()).toHaveLength(2);
		expect(new Set(rows.map(({ json }) => json.taskId)).size).toBe(2);
	});

	test('each round of a loop, even with the same item', async () => {
		const round = [{ json: { prompt: 'The same' } }];
		const { status } = await bench.run({
			parameters: ownPrompt,
			batches: [round, round, round],
			...retrying,
		});
		expect(status).toBe('success');
		expect(bench.creates()).toHaveLength(3);
	});

	test('a round of a loop that is tried again is not', async () => {
		const round = [{ json: { prompt: 'The same' } }];
		bench.fault({ operation: 'status', times: 1, effect: { kind: 'http', status: 401 } });
		const { status } = await bench.run({
			parameters: ownPrompt,
			batches: [round, round],
			...retrying,
		});
		expect(status).toBe('success');
		expect(bench.creates()).toHaveLength(2);
	});
});

test('many items, each with a restless prompt: every try goes on with every task', async () => {
	const { error } = await bench.run({
		...retrying,
		parameters: { prompt: '={{ $json.prompt + $now.toMillis() }}', options: impatient },
		items: numbered(7),
	});
	expect(bench.creates()).toHaveLength(7);
	for (const taskId of bench.taskIds()) expect(error?.description).toContain(taskId);
});
