import { numbered, ownPrompt, prompts, useBench } from './bench.mts';

const bench = useBench();

describe('a custom model', () => {
	const custom = (provider: string) => ({
		provider,
		model: 'custom',
		customModel: 'sandbox/seedance-9',
	});
	const additionalParameters = { fps: 24, nested: { style: 'noir' } };

	test.each([
		[
			'apikley',
			'/api/v1/jobs/createTask',
			{ model: 'sandbox/seedance-9', input: { prompt: 'A paper boat', ...additionalParameters } },
		],
		[
			'modellix',
			'/api/v1/sandbox/seedance-9/async',
			{ prompt: 'A paper boat', ...additionalParameters },
		],
		[
			'aimlapi',
			'/v2/video/generations',
			{ model: 'sandbox/seedance-9', prompt: 'A paper boat', ...additionalParameters },
		],
	])('%s: prompt, and the rest as JSON', async (provider, path, body) => {
		for (const given of [additionalParameters, JSON.stringify(additionalParameters)]) {
			const { status, items } = await bench.run({
				parameters: { ...custom(provider), options: { additionalParameters: given } },
			});
			expect(status).toBe('success');
			expect(items[0]?.json.model).toBe('sandbox/seedance-9');
			expect(bench.creates().at(-1)).toMatchObject({ path });
			expect(bench.creates().at(-1)?.json).toEqual(body);
		}
	});

	test('without an ID', async () => {
		const { error } = await bench.run({
			parameters: { model: 'custom', customModel: '={{ $json.none }}' },
		});
		expect(error?.message).not.toBeUndefined();
		expect(bench.sandbox().requests).toEqual([]);
	});
});

describe('Additional Parameters', () => {
	test('go in last and win', async () => {
		await bench.run({
			parameters: { options: { seed: 1, additionalParameters: { seed: 2, duration: '10' } } },
		});
		expect(bench.creates()[0]?.json).toMatchObject({ input: { seed: 2, duration: '10' } });
	});

	test.each(['{"seed": 42', '[1]', '"text"', 'null', '42'])('%s is refused', async (text) => {
		const { error } = await bench.run({
			parameters: { options: { additionalParameters: '={{ $json.text }}' } },
			items: [{ json: { text } }],
		});
		expect(error?.message).toBe('Additional Parameters must be a JSON object [item 0]');
		expect(bench.sandbox().requests).toEqual([]);
	});

	test.each(['', '  ', '{}'])('"%s" adds nothing', async (text) => {
		const { status } = await bench.run({
			parameters: { options: { additionalParameters: '={{ $json.text }}' } },
			items: [{ json: { text } }],
		});
		expect(status).toBe('success');
	});
});

test('options are read for each item', async () => {
	await bench.run({
		parameters: { ...ownPrompt, options: { seed: '={{ $itemIndex }}' } },
		items: numbered(3),
	});
	expect(bench.creates().map(({ json }) => json)).toMatchObject(
		[0, 1, 2].map((seed) => ({ input: { prompt: `Clip ${seed}`, seed } })),
	);
});

test('false is a value, not an absence', async () => {
	await bench.run({ parameters: { options: { cameraFixed: false, seed: 0 } } });
	expect(bench.creates()[0]?.json).toMatchObject({ input: { camera_fixed: false, seed: 0 } });
});

describe('an expression that cannot be read', () => {
	const broken = "={{ $json.prompt === 'B' ? $('Nowhere').first().json.x : 'data' }}";
	const good = '={{ $json.prompt }}';
	const items = prompts('A', 'B', 'C');

	test.each([
		['prompt', { prompt: broken }],
		['resolution', { prompt: good, resolution: broken.replace("'data'", "'720p'") }],
	])('in %s: nothing is paid', async (_, parameters) => {
		const { status } = await bench.run({ parameters, items });
		expect(status).toBe('error');
		expect(bench.creates()).toEqual([]);
	});

	test.each([
		['binaryPropertyName', { prompt: good, downloadVideo: true, binaryPropertyName: broken }],
		['downloadVideo', { prompt: good, downloadVideo: broken.replace("'data'", 'false') }],
	])('in %s: nothing is paid, or the error tells what', async (_, parameters) => {
		const { status, error } = await bench.run({ parameters, items });
		expect(status).toBe('error');
		for (const taskId of bench.taskIds()) expect(error?.description).toContain(taskId);
	});

	test.each([
		['prompt', { prompt: broken }],
		['binaryPropertyName', { prompt: good, downloadVideo: true, binaryPropertyName: broken }],
	])('in %s, with Continue On Fail: the others run', async (_, parameters) => {
		const onError = 'continueRegularOutput';
		const { items: rows } = await bench.run({ parameters, items, onError });
		expect(rows.map(({ json }) => json.error !== undefined)).toEqual([false, true, false]);
		expect(rows[2]?.json.status).toBe('succeeded');
	});
});
