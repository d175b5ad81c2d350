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

describe('Apikley’s documented samples, to the letter', () => {
	// The node adds a token to the address to which the vendor is to report.
	const callbackUrl = 'https://your-domain.com/api/callback';
	const notify = { completion: 'notify', callbackUrl, downloadVideo: false };
	const withToken = expect.stringMatching(/^https:\/\/your-domain\.com\/api\/callback\?seedance=/);
	const n8n = { startExecution: () => undefined };

	test('of text to video', async () => {
		const model = 'bytedance/v1-lite-text-to-video';
		const prompt =
			"Wide-angle shot: A serene sailing boat gently sways in the harbor at dawn, surrounded by soft Impressionist hues of pink and orange with ivory accents. The camera slowly pans across the scene, capturing the delicate reflections on the water and the intricate details of the boat's sails as the light gradually brightens.";
		const { status } = await bench.run({
			parameters: {
				provider: 'apikley',
				model,
				prompt,
				aspectRatio: '16:9',
				resolution: '720p',
				duration: 5,
				...notify,
				options: { cameraFixed: false, enableSafetyChecker: true },
			},
			n8n,
		});
		expect(status).toBe('success');
		expect(bench.creates().map(({ json }) => json)).toEqual([
			{
				model,
				callBackUrl: withToken,
				input: {
					prompt,
					aspect_ratio: '16:9',
					resolution: '720p',
					duration: '5',
					camera_fixed: false,
					enable_safety_checker: true,
				},
			},
		]);
	});

	test('of image to video', async () => {
		const model = 'bytedance/v1-pro-fast-image-to-video';
		const prompt =
			'A cinematic close-up sequence of a single elegant ceramic coffee cup with saucer on a rustic wooden table near a sunlit window, hot rich espresso poured in a thin golden stream from above, gradually filling the cup in distinct stages: empty with faint steam, 1/4 filled with dark crema, half-filled with swirling coffee and rising steam, 3/4 filled nearing the rim, perfectly full just below overflow with glossy surface and soft bokeh highlights; ultra-realistic, warm golden-hour light, shallow depth of field, photorealism, detailed textures, subtle steam wisps, serene inviting atmosphere --ar 16:9 --q 2 --style raw';
		const imageUrl =
			'https://file.aiquickdraw.com/custom-page/akr/section-images/1762340693669m6sey187.webp';
		const { status } = await bench.run({
			type: 'seedanceImageToVideo',
			parameters: {
				provider: 'apikley',
				model,
				prompt,
				imageUrl,
				resolution: '720p',
				duration: 5,
				...notify,
			},
			n8n,
		});
		expect(status).toBe('success');
		expect(bench.creates().map(({ json }) => json)).toEqual([
			{
				model,
				callBackUrl: withToken,
				input: { prompt, image_url: imageUrl, resolution: '720p', duration: '5' },
			},
		]);
	});
});

test('Modellix’s documented sample, to the letter', async () => {
	const prompt = 'A serene beach at sunset with gentle waves';
	const left = { aspectRatio: '', resolution: '', duration: '' };
	const model = 'seedance-1.0-lite-t2v';
	await bench.run({ parameters: { provider: 'modellix', model, prompt, ...left } });
	expect(bench.creates()[0]).toMatchObject({
		path: '/api/v1/text-to-video/bytedance/seedance-1.0-lite-t2v/async',
		json: { prompt },
	});
	expect(bench.creates()[0]?.json).toEqual({ prompt });
});

test('a base URL with a path and a slash at its end', async () => {
	const credentials = bench.credentials();
	const seedanceApikleyApi = {
		...credentials.seedanceApikleyApi,
		apiKey: bench.sandbox().apiKeys.apikley,
		baseUrl: `${bench.sandbox().baseUrls.apikley}//`,
	};
	const { status } = await bench.run({ credentials: { seedanceApikleyApi } });
	expect(status).toBe('success');
	expect(bench.creates()[0]?.path).toBe('/api/v1/jobs/createTask');
});
