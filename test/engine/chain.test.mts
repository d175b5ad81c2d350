import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { isObject } from '../../nodes/shared/domain/json.ts';
import { fakeDataTables, type Table } from '../unit/fakes/dataTables.mts';
import { numbered, ownPrompt, prompts, useBench, type Given } from './bench.mts';

const bench = useBench();

const models = {
	byteplus: 'dreamina-seedance-2-0-fast-260128',
	kie: 'bytedance/seedance-2-fast',
	modellix: 'seedance-1.5-pro-t2v',
} as const;

const chain = ({ parameters, ...more }: Given = {}): Given => ({
	items: numbered(3),
	...more,
	parameters: {
		...(more.type === undefined ? { provider: 'byteplus', model: models.byteplus } : {}),
		...ownPrompt,
		...parameters,
		options: { chainItems: true, ...(parameters?.options as IDataObject | undefined) },
	},
});
const run = async (given: Given = {}) => await bench.run(chain(given));

/** The bodies of the orders that were taken, as texts, oldest first. */
const ordered = () =>
	bench
		.sandbox()
		.tasks()
		.map(({ input }) => JSON.stringify(input));
const frameOf = ({ json }: INodeExecutionData) => String(json.lastFrameUrl);
const taskIdsIn = (items: INodeExecutionData[]) => items.map(({ json }) => json.taskId);
/** When each clip was ordered, beside when the one before was found to have ended. */
const operations = () =>
	bench
		.sandbox()
		.requests.map(({ operation }) => operation)
		.filter((one) => one !== 'media');

describe.each(Object.entries(models))('%s', (provider, model) => {
	test('each clip begins with the last frame of the one before', async () => {
		const { status, items } = await run({
			parameters: { provider, model, resolution: '480p', aspectRatio: '9:16' },
		});
		expect(status).toBe('success');
		expect(taskIdsIn(items)).toEqual(bench.taskIds());
		expect(items.map(({ json }) => [json.prompt, json.resolution, json.aspectRatio])).toEqual(
			['Clip 0', 'Clip 1', 'Clip 2'].map((prompt) => [prompt, '480p', '9:16']),
		);
		const [first = '', second = '', third = ''] = ordered();
		expect(first).not.toContain('.png');
		expect(second).toContain(items.map(frameOf)[0]);
		expect(third).toContain(items.map(frameOf)[1]);
	});
});

test('a clip is ordered when the one before has ended, whatever Max Parallel Tasks says', async () => {
	await run({ parameters: { options: { maxParallel: 5 } } });
	const turns = operations()
		.join(' ')
		.replaceAll(/(status ?)+/g, 'status ')
		.trim();
	expect(turns).toBe('create status create status create status');
});

test('at a vendor with two IDs for a model, the rows name the one that made the clip', async () => {
	const { items } = await run({ parameters: { provider: 'modellix', model: models.modellix } });
	expect(items.map(({ json }) => json.model)).toEqual([
		'seedance-1.5-pro-t2v',
		'seedance-1.5-pro-i2v',
		'seedance-1.5-pro-i2v',
	]);
});

test('resolution and ratio stay those of the first, also where a model leaves the ratio to the image', async () => {
	const items = ['480p', '1080p', '720p'].map((resolution) => ({ json: { resolution } }));
	const model = 'dreamina-seedance-2-5-260628';
	const { status } = await run({
		items,
		parameters: {
			model,
			prompt: 'A',
			resolution: '={{ $json.resolution }}',
			aspectRatio: "={{ $itemIndex === 0 ? '9:16' : '16:9' }}",
		},
	});
	expect(status).toBe('success');
	const inputs = bench
		.sandbox()
		.tasks()
		.map(({ input }) => input);
	expect(inputs.map(({ resolution, ratio }) => [resolution, ratio])).toEqual([
		['480p', '9:16'],
		['480p', 'adaptive'],
		['480p', 'adaptive'],
	]);
});

describe('image to video', () => {
	const image = 'https://images.example/first.png';
	const given: Given = {
		type: 'seedanceImageToVideo',
		parameters: {
			provider: 'volcengine',
			model: 'doubao-seedance-2-0-260128',
			imageUrl: "={{ $itemIndex === 0 ? 'https://images.example/first.png' : '' }}",
			downloadVideo: false,
		},
	};

	test('begins with the first item’s own image, and needs no other', async () => {
		const { status, items } = await run(given);
		expect(status).toBe('success');
		const [first = '', second = ''] = ordered();
		expect(first).toContain(image);
		expect(second).not.toContain(image);
		expect(second).toContain(items.map(frameOf)[0]);
	});

	test('a last image is each item’s own, and comes behind the frame', async () => {
		const { items } = await run({
			...given,
			parameters: {
				...given.parameters,
				lastImageInputType: 'url',
				lastImageUrl: '=https://images.example/last-{{ $itemIndex }}.png',
			},
		});
		const [, second = ''] = ordered();
		const frame = second.indexOf(items.map(frameOf)[0] ?? 'none');
		expect(frame).toBeGreaterThan(0);
		expect(second.indexOf('last-1.png')).toBeGreaterThan(frame);
	});

	test('takes no references', async () => {
		const { error } = await run({
			...given,
			parameters: { ...given.parameters, imageMode: 'references' },
		});
		expect(error?.message).toMatch(/First and Last Frame/);
		expect(bench.creates()).toEqual([]);
	});
});

describe('a clip that fails', () => {
	const scenes = prompts('Clip 0', 'Clip 1 [fail]', 'Clip 2', 'Clip 3');

	test('ends the chain: nothing behind it is ordered, and the error names every task', async () => {
		const { status, error } = await run({ items: scenes });
		expect(status).toBe('error');
		expect(bench.creates()).toHaveLength(2);
		expect(error?.message).toMatch(/could not generate.+\[item 1\]$/);
		for (const taskId of bench.taskIds()) expect(error?.description).toContain(taskId);
		expect(error?.description).toContain('[item 3] no task (chainEnded)');
	});

	test('with Continue On Fail an item behind it says what is wrong with itself', async () => {
		const { items } = await run({
			items: prompts('Clip 0', 'Clip 1 [fail]', '[object Object]', 'Clip 3'),
			onError: 'continueRegularOutput',
		});
		expect(bench.creates()).toHaveLength(2);
		expect(items.map(({ json }) => Object(json.failure).kind)).toEqual([
			undefined,
			'generationFailed',
			'invalidInput',
			'chainEnded',
		]);
	});

	test('with Continue On Fail the rows behind it say so', async () => {
		const { items } = await run({ items: scenes, onError: 'continueRegularOutput' });
		expect(bench.creates()).toHaveLength(2);
		expect(items.map(({ json }) => json.status)).toEqual([
			'succeeded',
			'failed',
			undefined,
			undefined,
		]);
		for (const { json } of items.slice(2)) {
			expect(json).toEqual({
				error: 'The chain of clips ended at item 1, before this one',
				provider: 'byteplus',
				model: models.byteplus,
				failure: {
					kind: 'chainEnded',
					code: 'chainEnded',
					message: expect.stringMatching(
						/It has no video: .+could not generate.+Nothing was ordered/,
					),
				},
			});
		}
	});

	test('is ordered again by a retry, which goes on behind the last good clip', async () => {
		bench.fault({ operation: 'create', effect: { kind: 'failTask' }, everyNth: 2, times: 1 });
		const given = { parameters: { prompt: '={{ $json.prompt }} at {{ $now }}' } };
		const failed = await run(given);
		expect(failed.status).toBe('error');
		expect(bench.creates()).toHaveLength(2);
		const { status, items } = await failed.retry();
		expect(status).toBe('success');
		const [first, lost, ...others] = bench.taskIds();
		expect(taskIdsIn(items)).toEqual([first, ...others]);
		expect(taskIdsIn(items)).not.toContain(lost);
		expect(bench.creates()).toHaveLength(4);
	});

	test('is ordered again within Retry On Fail', async () => {
		bench.fault({ operation: 'create', effect: { kind: 'failTask' }, everyNth: 2, times: 1 });
		const { status, items } = await run({ retryOnFail: true, maxTries: 2 });
		expect(status).toBe('success');
		expect(items).toHaveLength(3);
		expect(bench.creates()).toHaveLength(4);
	});
});

test('a task that is paid for behind the end of a chain is named, and not ordered anew', async () => {
	const failed = await run({
		items: prompts('A', 'B', 'C [fail]'),
		parameters: { downloadVideo: true },
	});
	const [first, second] = bench.taskIds();
	const effect = { kind: 'http', status: 500 } as const;
	bench.fault({ operation: 'media', taskId: first, effect, times: 3 });
	const again = await failed.retry({ onError: 'continueRegularOutput' });
	expect(again.items.map(({ json }) => [json.taskId, Object(json.failure).code])).toEqual([
		[first, 'downloadFailed'],
		[second, 'chainEnded'],
		[undefined, 'chainEnded'],
	]);
	expect(Object(again.items[1]?.json.failure).message).toContain('is paid for');
	expect(bench.creates()).toHaveLength(3);
	const { items } = await failed.retry({ onError: 'continueRegularOutput' });
	expect(taskIdsIn(items).slice(0, 2)).toEqual([first, second]);
	expect(bench.creates()).toHaveLength(4);
});

describe('an order whose answer is lost', () => {
	test('ends the chain, and no retry orders it or what comes behind it', async () => {
		bench.fault({ operation: 'create', effect: { kind: 'resetAfter' }, everyNth: 2, times: 1 });
		bench.fault({ operation: 'list', effect: { kind: 'http', status: 500 } });
		const failed = await run();
		expect(failed.error?.message).toContain('may have accepted this video');
		const again = await failed.retry();
		expect(again.error?.message).toContain('may have accepted this video');
		expect(bench.creates()).toHaveLength(2);
	});
});

describe('without a last frame', () => {
	const without = (itemIndex: number): IDataObject => ({
		additionalParameters: `={{ $itemIndex === ${itemIndex} ? '{"return_last_frame": false}' : '{}' }}`,
	});

	test('the chain ends behind that clip, and says why', async () => {
		const { items } = await run({
			parameters: { options: without(1) },
			onError: 'continueRegularOutput',
		});
		expect(bench.creates()).toHaveLength(2);
		expect(items.map(({ json }) => json.status)).toEqual(['succeeded', 'succeeded', undefined]);
		expect(items[2]?.json.failure).toMatchObject({
			code: 'chainEnded',
			message: expect.stringContaining('BytePlus gave no last frame of it'),
		});
	});

	test('the last clip needs none', async () => {
		const { status } = await run({ parameters: { options: without(2) } });
		expect(status).toBe('success');
	});

	test('one that cannot be had ends it too', async () => {
		const { error } = await run({
			items: prompts('A [no frame]', 'B'),
			parameters: { downloadVideo: true },
		});
		expect(bench.creates()).toHaveLength(1);
		expect(error?.description).toMatch(/last frame could not be had: HTTP status 403/);
		expect(error?.description).toContain(bench.taskIds()[0]);
	});
});

describe('everything is checked before the first order', () => {
	const refused = async (given: Given) => {
		const { status, error } = await run(given);
		expect(status).toBe('error');
		expect(bench.creates()).toEqual([]);
		return `${error?.message} ${error?.description}`;
	};

	test('a prompt of the last item', async () => {
		expect(await refused({ items: prompts('A', 'B', '[object Object]') })).toMatch(
			/Prompt.+\[item 2\]/,
		);
	});

	test('fallback providers', async () => {
		const fallbackProviders = { fallback: [{ provider: 'fal' }] };
		expect(await refused({ parameters: { fallbackProviders } })).toContain(
			'Fallback Providers must be empty',
		);
	});

	test('the final video of a draft', async () => {
		const options = { draftId: 'cgt-1' };
		const model = 'dreamina-seedance-2-5-260628';
		expect(await refused({ parameters: { model, options } })).toContain('Draft ID');
	});

	test('more clips than Max Orders', async () => {
		const options = { maxOrders: 2 };
		expect(await refused({ parameters: { options } })).toContain('Max Orders is 2');
	});
});

test('with Continue On Fail, an item that cannot be read ends the chain where it stands', async () => {
	const { items } = await run({
		items: prompts('A', 'B', '[object Object]', 'D'),
		onError: 'continueRegularOutput',
	});
	expect(bench.creates()).toHaveLength(2);
	expect(items.map(({ json }) => Object(json.failure).code)).toEqual([
		undefined,
		undefined,
		'invalidInput',
		'chainEnded',
	]);
});

describe.each([
	['pause', 'did not pause the execution'],
	['notify', 'notified no trigger'],
	['submit', 'did not hand the tasks on at once'],
])('Completion %s', (completion, told) => {
	test('waits in the node for every clip, and says so', async () => {
		const callbackUrl = 'https://n8n.example/webhook/abc/seedance';
		const parameters = { completion, callbackUrl };
		const { status, items, run: execution } = await run({ parameters });
		expect(status).toBe('success');
		expect(items.map(({ json }) => json.status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
		const hints = execution.data.resultData.runData.Seedance?.at(-1)?.hints ?? [];
		expect(hints.map(({ message }) => message).join()).toContain(told);
		expect(JSON.stringify(bench.sandbox().tasks())).not.toMatch(/n8n.example|callback_?url/i);
	});
});

test('waiting in the node needs no hint', async () => {
	const { run: execution } = await run();
	const hints = execution.data.resultData.runData.Seedance?.at(-1)?.hints ?? [];
	expect(hints.map(({ message }) => message).join()).not.toContain('Chain');
});

test('each round of a loop is a chain of its own', async () => {
	const { status } = await run({ batches: [prompts('A', 'B'), prompts('C', 'D')] });
	expect(status).toBe('success');
	const begins = ordered().map((body) => body.includes('.png'));
	expect(begins).toEqual([false, true, false, true]);
});

test('a retry of a loop’s second chain leaves the first one alone', async () => {
	bench.fault({ operation: 'create', effect: { kind: 'failTask' }, everyNth: 4, times: 1 });
	const failed = await run({ batches: [prompts('A', 'B'), prompts('C', 'D')] });
	expect(failed.status).toBe('error');
	const { status, items } = await failed.retry();
	expect(status).toBe('success');
	const [, , third, , fifth] = bench.taskIds();
	expect(taskIdsIn(items)).toEqual([third, fifth]);
	expect(ordered()[4]).toContain(items.map(frameOf)[0]);
	expect(bench.creates()).toHaveLength(5);
});

test('a chain of one, as an agent’s call makes it, is a plain video', async () => {
	const { items } = await run({ items: prompts('Alone') });
	expect(items).toHaveLength(1);
	expect(ordered()[0]).not.toContain('.png');
});

describe('a stop by the user', () => {
	test('orders nothing more; the retry goes on with the clip that was under way', async () => {
		const running = bench.start(chain());
		await bench.clock().standStillWhen(() => bench.creates().length === 2);
		running.stop();
		const stopped = await running.done;
		expect(stopped.status).toBe('canceled');
		bench.clock().goOn();
		expect(bench.creates()).toHaveLength(2);
		const { status, items } = await stopped.retry();
		expect(status).toBe('success');
		expect(taskIdsIn(items)).toEqual(bench.taskIds());
		expect(bench.creates()).toHaveLength(3);
	});
});

describe('killed', () => {
	const TABLE = 'seedance_tasks';
	const resumeToken = 'token';

	test('at any moment, a retry with the Task Ledger orders no clip twice, each from the right frame', async () => {
		const tables = fakeDataTables();
		const options = { taskLedger: TABLE };
		const first = await run({ parameters: { options }, n8n: { tables, resumeToken } });
		expect(first.status).toBe('success');
		expect(tables.history.length).toBeGreaterThan(5);
		for (const moment of tables.history) {
			const before = bench.creates().length;
			const { items } = await run({
				parameters: { options },
				n8n: { tables: fakeDataTables(structuredClone(moment)), resumeToken, executionId: '2' },
				onError: 'continueRegularOutput',
			});
			const told = items.map(({ json }) => String(json.taskId ?? json.error));
			const known = knownIn(moment);
			for (const taskId of known) expect(told).toContain(taskId);
			const lost = told.some((text) => text.includes('may have accepted'));
			const found = items.filter(
				({ json }) => json.foundAgain !== undefined && !known.has(String(json.taskId)),
			);
			expect(bench.creates().length - before).toBe(lost ? 0 : 3 - known.size - found.length);
			if (!lost) expectChained(items);
		}
	});

	const knownIn = (moment: Table[]) =>
		new Set(
			moment.flatMap((table) =>
				table.rows.flatMap(({ taskId }) => (taskId === null ? [] : [taskId])),
			),
		);
});

/** Every clip but the first begins with the last frame of the row before. */
function expectChained(items: INodeExecutionData[]): void {
	items.forEach(({ json }, index) => {
		const { input } =
			bench
				.sandbox()
				.tasks()
				.find(({ taskId }) => taskId === json.taskId) ?? {};
		const before = items[index - 1];
		if (before === undefined) return;
		expect(isObject(input) && JSON.stringify(input)).toContain(frameOf(before));
	});
}

test('rows come with their files, as a film wants them', async () => {
	const { items } = await run({ parameters: { downloadVideo: true } });
	for (const { binary } of items) {
		expect(Object.keys(binary ?? {}).toSorted()).toEqual(['data', 'lastFrame']);
	}
});
