import { useBench } from './bench.mts';
import { on, systems } from './systems.mts';

const bench = useBench();

describe.each(systems)('$name', (system) => {
	test.each(['minimal', 'complete'] as const)('%s: the very bytes of the order', async (kind) => {
		const { parameters, body } = system[kind];
		const { status } = await bench.run(on(system, parameters));

		expect(status).toBe('success');
		expect(bench.creates()).toMatchObject([
			{
				vendor: system.provider,
				method: 'POST',
				path: system.createPath,
				headers: {
					authorization: `Bearer ${bench.sandbox().apiKeys[system.provider]}`,
					'content-type': 'application/json',
					accept: 'application/json',
				},
				responseStatus: 200,
			},
		]);
		expect(bench.creates()[0]?.json).toEqual(body);
	});

	test('asks for the task where the vendor keeps it', async () => {
		await bench.run(on(system, system.minimal.parameters));

		const [taskId = ''] = bench.taskIds();
		const paths = new Set(bench.checks().map(({ method, path }) => `${method} ${path}`));
		expect([...paths]).toEqual([`GET ${system.checkPath(taskId)}`]);
		for (const { headers, rawBody } of bench.checks()) {
			expect(headers.authorization).toBe(`Bearer ${bench.sandbox().apiKeys[system.provider]}`);
			expect(headers['content-type']).toBeUndefined();
			expect(rawBody).toBe('');
		}
	});

	test('fetches the video without the API key', async () => {
		await bench.run(on(system, { ...system.minimal.parameters, downloadVideo: true }));

		expect(bench.downloads()).toHaveLength(1);
		expect(bench.downloads()[0]).toMatchObject({ method: 'GET', responseStatus: 200 });
		expect(JSON.stringify(bench.downloads())).not.toContain(
			bench.sandbox().apiKeys[system.provider],
		);
		expect(bench.downloads()[0]?.headers.authorization).toBeUndefined();
	});
});

test('Frames take the place of the duration', async () => {
	await bench.run({ parameters: { provider: 'modellix', duration: 7, options: { frames: 121 } } });
	expect(bench.creates()[0]?.json).toEqual({
		prompt: 'A paper boat',
		ratio: '16:9',
		resolution: '720p',
		frames: 121,
	});
});

// The sample of the page of seedance-1-0-lite-t2v, which leaves everything else to the vendor: an empty
// value is not sent.
test('AI/ML API’s documented sample, to the letter', async () => {
	const prompt =
		"A menacing evil dragon appears in a distance above the tallest mountain, then rushes toward the camera with its jaws open, revealing massive fangs. We see it's coming";
	const model = 'bytedance/seedance-1-0-lite-t2v';
	const left = { aspectRatio: '', resolution: '', duration: '' };
	await bench.run({ parameters: { provider: 'aimlapi', model, prompt, ...left } });
	expect(bench.creates()[0]?.json).toEqual({ model, prompt });
});

test('a base URL with a path and a slash at its end', async () => {
	const credentials = bench.credentials();
	const apikleyApi = {
		...credentials.apikleyApi,
		apiKey: bench.sandbox().apiKeys.apikley,
		baseUrl: `${bench.sandbox().baseUrls.apikley}//`,
	};
	const { status } = await bench.run({ credentials: { apikleyApi } });
	expect(status).toBe('success');
	expect(bench.creates()[0]?.path).toBe('/api/v1/jobs/createTask');
});
