import { ownPrompt, prompts, useBench } from './bench.mts';

const bench = useBench();

const ofItems = {
	provider: 'modellix',
	...ownPrompt,
	duration: '={{ $json.duration }}',
};
const oneBad = [
	{ json: { prompt: 'A', duration: 5 } },
	{ json: { prompt: 'B', duration: 13 } },
	{ json: { prompt: 'C', duration: '12' } },
];
const complaint = 'Duration must be between 2 and 12 seconds for Seedance 1.0 Lite on Modellix';

describe('one bad item of three', () => {
	test('nothing is paid; the message names label and item', async () => {
		const { status, error } = await bench.run({ parameters: ofItems, items: oneBad });
		expect(status).toBe('error');
		expect(error?.message).toBe(`${complaint} [item 1]`);
		expect(error?.description).toMatch(/Correct 'Duration'/);
		expect(bench.sandbox().requests).toEqual([]);
	});

	test('Continue (regular output): the others run, its row has `error`', async () => {
		const { status, items } = await bench.run({
			parameters: ofItems,
			items: oneBad,
			onError: 'continueRegularOutput',
		});
		expect(status).toBe('success');
		expect(items.map(({ json, pairedItem }) => [json.status, json.error, pairedItem])).toEqual([
			['succeeded', undefined, { item: 0 }],
			[undefined, complaint, { item: 1 }],
			['succeeded', undefined, { item: 2 }],
		]);
		expect(bench.creates()).toHaveLength(2);
	});

	test('Continue (error output): it alone leaves there', async () => {
		const { items, errorItems } = await bench.run({
			parameters: ofItems,
			items: oneBad,
			onError: 'continueErrorOutput',
		});
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
		expect(errorItems).toMatchObject([{ json: { error: complaint }, pairedItem: { item: 1 } }]);
	});
});

test('on the error output a failed task has its ID in `details`', async () => {
	const { items, errorItems } = await bench.run({
		parameters: ownPrompt,
		items: prompts('A', 'B [fail]'),
		onError: 'continueErrorOutput',
	});
	const [good, bad] = bench.taskIds();
	expect(items.map(({ json }) => json.taskId)).toEqual([good]);
	expect(errorItems).toMatchObject([
		{
			json: {
				error: expect.stringContaining('Apikley could not generate the video'),
				details: { taskId: bad, status: 'failed', provider: 'apikley' },
			},
			pairedItem: { item: 1 },
		},
	]);
});

test.each([
	['modellix', { duration: 2.5 }, /^Duration must be a whole number between 2 and 12 seconds/],
	['modellix', { duration: 'soon' }, /^Duration must be a whole number between 2 and 12 seconds/],
	['apikley', { duration: 7 }, /^Duration must be one of 5, 10 seconds .* on Apikley/],
	['modellix', { aspectRatio: '2:1' }, /^Aspect Ratio must be one of 16:9, .*adaptive/],
	['apikley', { aspectRatio: '21:9' }, /^Aspect Ratio must be one of/],
	['aimlapi', { resolution: '4k' }, /^Resolution must be one of 480p, 720p, 1080p for/],
	['modellix', { frames: 122 }, /^Frames must be 25 plus a multiple of 4/],
	['modellix', { frames: 293 }, /^Frames must be between 29 and 289/],
	['modellix', { seed: 2 ** 31 }, /^Seed must be between -1 and 2147483647/],
	['modellix', { executionExpiresAfter: 3599 }, /must be between 3600 and 259200 seconds/],
	['modellix', { prompt: 'x'.repeat(2001) }, /^Prompt must have at most 2000 characters .*2001/],
	['apikley', { prompt: 'x'.repeat(10_001) }, /^Prompt must have at most 10000 characters/],
	['aimlapi', { prompt: '  \n' }, /^Prompt must not be empty/],
	['modellix', { timeout: 0 }, /^Timeout \(Minutes\) must be a number greater than 0/],
	['modellix', { pollInterval: -1 }, /^Poll Interval \(Seconds\) must be a number greater than 0/],
	['modellix', { maxParallel: 'many' }, /^Max Parallel Tasks must be a number greater than 0/],
] as const)('%s refuses %j before anything is sent', async (provider, given, message) => {
	const node = ['prompt', 'aspectRatio', 'resolution', 'duration'];
	const expressions = Object.keys(given).map((name) => [name, `={{ $json.${name} }}`]);
	const isOption = ([name]: string[]) => !node.includes(name ?? '');
	const { error } = await bench.run({
		parameters: {
			provider,
			...Object.fromEntries(expressions.filter((entry) => !isOption(entry))),
			options: Object.fromEntries(expressions.filter(isOption)),
		},
		items: [{ json: given }],
	});
	expect(error?.message).toMatch(message);
	expect(error?.message).toMatch(/\[item 0\]$/);
	expect(bench.sandbox().requests).toEqual([]);
});

test('an empty cell counts as not set', async () => {
	await bench.run({
		parameters: {
			...ownPrompt,
			aspectRatio: '={{ $json.ratio }}',
			duration: '={{ $json.missing }}',
			options: { seed: '={{ $json.seed }}' },
		},
		items: [{ json: { prompt: 'A', ratio: '', seed: null } }],
	});
	expect(bench.creates()[0]?.json).toMatchObject({ input: { prompt: 'A', resolution: '720p' } });
	expect(Object.keys(JSON.parse(bench.creates()[0]?.rawBody ?? '').input)).toEqual([
		'prompt',
		'resolution',
	]);
});

test('a value that is not in the list, written into the workflow by hand', async () => {
	const { error } = await bench.run({ parameters: { resolution: '4k' } });
	expect(error?.message).toMatch(/^Resolution must be one of 480p, 720p, 1080p for/);
	expect(bench.sandbox().requests).toEqual([]);
});
