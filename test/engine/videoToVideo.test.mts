import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { sampleVideo } from '../../sandbox/media/embedded.mts';
import { bytesOfClip } from '../clips/clips.mts';
import { useBench, type Given } from './bench.mts';
import { keepBinaryInFolder, keepBinaryInline, storeFile } from './harness.mts';

const bench = useBench();

const videoUrl = 'https://videos.example/boat.mp4';
const imageUrl = 'https://images.example/person.png';
const newestOf = {
	byteplus: 'dreamina-seedance-2-5-260628',
	volcengine: 'doubao-seedance-2-5-260628',
};

const run = async ({ parameters, ...given }: Given) =>
	await bench.run({
		type: 'seedanceVideoToVideo',
		parameters: { videoUrl, downloadVideo: false, ...parameters },
		...given,
	});

const body = () => bench.creates()[0]?.json;

const LED_EDIT = 'Edit the input video. Replace the boat with a swan';
const edit = { operation: 'edit', prompt: 'Replace the boat with a swan' };
const LED_EXTEND = 'Extend forward: continue the input video. It reaches the sea';
const extend = { operation: 'extend', prompt: 'It reaches the sea' };
const reference = { operation: 'reference', prompt: 'A swan moves like that' };

const asContent = (text: string, ...urls: string[]) => [
	{ type: 'text', text },
	...urls.map((url) => ({ type: 'video_url', video_url: { url }, role: 'reference_video' })),
];

/** What each operation sends with what the node shows by itself. */
const bodies: Array<[string, IDataObject, object]> = [
	...(['byteplus', 'volcengine'] as const).flatMap(
		(provider): Array<[string, IDataObject, object]> => {
			const model = newestOf[provider];
			return [
				[
					provider,
					{ ...edit },
					{
						model,
						content: asContent(LED_EDIT, videoUrl),
						omni_reference_task_type: 'edit',
						ratio: 'adaptive',
						duration: -1,
						resolution: '720p',
					},
				],
				[
					provider,
					{ ...extend },
					{
						model,
						content: asContent(LED_EXTEND, videoUrl),
						omni_reference_task_type: 'extend',
						ratio: 'adaptive',
						duration: 5,
						resolution: '720p',
					},
				],
				[
					provider,
					{ ...reference, model },
					{
						model,
						content: asContent(reference.prompt, videoUrl),
						omni_reference_task_type: 'reference',
						ratio: 'adaptive',
						duration: 5,
						resolution: '720p',
					},
				],
			];
		},
	),
	[
		'fal',
		edit,
		{
			prompt: LED_EDIT,
			video_urls: [videoUrl],
			task: 'editing',
			aspect_ratio: 'auto',
			duration: 'auto',
			resolution: '720p',
		},
	],
	[
		'fal',
		extend,
		{
			prompt: LED_EXTEND,
			video_urls: [videoUrl],
			task: 'extension',
			aspect_ratio: 'auto',
			duration: '5',
			resolution: '720p',
		},
	],
	[
		'fal',
		{ ...reference, model: 'bytedance/seedance-2.5/reference-to-video' },
		{
			prompt: reference.prompt,
			video_urls: [videoUrl],
			task: 'reference',
			aspect_ratio: 'auto',
			duration: '5',
			resolution: '720p',
		},
	],
	[
		'kie',
		edit,
		{
			model: 'bytedance/seedance-2-5',
			input: {
				prompt: LED_EDIT,
				reference_video_urls: [videoUrl],
				aspect_ratio: 'adaptive',
				duration: -1,
				resolution: '720p',
			},
		},
	],
	[
		'kie',
		reference,
		{
			model: 'bytedance/seedance-2-fast',
			input: {
				prompt: reference.prompt,
				reference_video_urls: [videoUrl],
				aspect_ratio: '16:9',
				duration: 5,
				resolution: '720p',
			},
		},
	],
	...(
		[
			[edit, LED_EDIT],
			[extend, LED_EXTEND],
		] as const
	).map(([parameters, prompt]): [string, IDataObject, object] => [
		'replicate',
		parameters,
		{
			input: {
				prompt,
				reference_videos: [videoUrl],
				aspect_ratio: 'adaptive',
				duration: -1,
				resolution: '720p',
			},
		},
	]),
	[
		'replicate',
		reference,
		{
			input: {
				prompt: reference.prompt,
				reference_videos: [videoUrl],
				aspect_ratio: '16:9',
				duration: 5,
				resolution: '720p',
			},
		},
	],
	['wavespeed', edit, { prompt: edit.prompt, video: videoUrl, resolution: '720p' }],
	[
		'wavespeed',
		extend,
		{ prompt: LED_EXTEND.slice(42), video: videoUrl, resolution: '720p', duration: 5 },
	],
	[
		'wavespeed',
		reference,
		{
			prompt: reference.prompt,
			reference_videos: [videoUrl],
			aspect_ratio: '16:9',
			resolution: '720p',
			duration: 5,
		},
	],
	...(
		[
			[edit, LED_EDIT],
			[extend, LED_EXTEND],
			[reference, reference.prompt],
		] as const
	).map(([parameters, prompt]): [string, IDataObject, object] => [
		'modellix',
		parameters,
		{ prompt, video_urls: [videoUrl], ratio: '16:9', resolution: '720p', duration: 5 },
	]),
	[
		'aimlapi',
		reference,
		{
			model: 'bytedance/seedance-2-0-fast',
			prompt: reference.prompt,
			video_urls: [videoUrl],
			aspect_ratio: '16:9',
			resolution: '720p',
			duration: 8,
		},
	],
	[
		'openrouter',
		reference,
		{
			model: 'bytedance/seedance-2.0-fast',
			prompt: reference.prompt,
			input_references: [{ type: 'video_url', video_url: { url: videoUrl } }],
			aspect_ratio: '16:9',
			resolution: '720p',
			duration: 5,
		},
	],
];

test.each(bodies)(
	'%s: the body of %j, to the letter, and a video',
	async (provider, parameters, whole) => {
		const { status, items } = await run({ parameters: { provider, ...parameters } });
		expect(status).toBe('success');
		expect(body()).toEqual(whole);
		expect(items[0]?.json).toMatchObject({
			provider,
			status: 'succeeded',
			prompt: parameters.prompt,
			videoUrl: expect.stringMatching(/^http/),
		});
	},
);

test('words that the prompt says by itself are not put in front of it', async () => {
	const prompt = 'Edit @Video1: make it snow';
	await run({ parameters: { provider: 'fal', operation: 'edit', prompt } });
	expect(body()).toMatchObject({ prompt });
});

test('images and sounds go along, and further videos behind the given one', async () => {
	const { status } = await run({
		parameters: {
			provider: 'byteplus',
			...reference,
			referenceImages: { image: [{ inputType: 'url', url: imageUrl }] },
			referenceVideos: { video: [{ url: 'https://videos.example/2.mp4' }] },
		},
	});
	expect(status).toBe('success');
	expect(body()).toMatchObject({
		content: [
			{ type: 'text' },
			{ role: 'reference_image' },
			{ video_url: { url: videoUrl } },
			{ video_url: { url: 'https://videos.example/2.mp4' } },
		],
	});
});

test('where the page lets the prompt be left out, so does the node', async () => {
	const { status } = await run({
		parameters: { provider: 'byteplus', operation: 'reference', prompt: ' ' },
	});
	expect(status).toBe('success');
	expect(body()).toMatchObject({ content: [{ type: 'video_url' }] });
	const { error } = await run({
		parameters: { provider: 'kie', operation: 'reference', prompt: '={{ $json.none }}' },
	});
	expect(error?.message).toMatch(/^Prompt must not be empty for Seedance 2.0 Fast on kie.ai/);
});

test.each<[string, string, object]>([
	[
		'byteplus',
		'seedance-1-0-pro-250528',
		{ content: [{ type: 'image_url', image_url: { url: imageUrl }, role: 'first_frame' }] },
	],
	['fal', 'bytedance/seedance-2.5/image-to-video', { image_url: imageUrl }],
	['replicate', 'bytedance/seedance-2.5', { input: { image: imageUrl } }],
])('%s, %s: from an image no prompt is needed either', async (provider, model, sent) => {
	const { status } = await bench.run({
		type: 'seedanceImageToVideo',
		parameters: { provider, model, prompt: '', imageUrl, downloadVideo: false },
	});
	expect(status).toBe('success');
	expect(body()).toMatchObject(sent);
	expect(JSON.stringify(body())).not.toMatch(/prompt|"text"/);
});

test('a story by Extend: each clip goes on with the row of the one before', async () => {
	const first = await bench.run({
		type: 'seedanceTextToVideo',
		parameters: { provider: 'fal', prompt: 'A boat leaves', downloadVideo: false },
	});
	const clips = [first.items[0]?.json ?? {}];
	for (const prompt of ['It goes on', 'It arrives']) {
		const { items } = await bench.run({
			type: 'seedanceVideoToVideo',
			parameters: { provider: 'fal', operation: 'extend', prompt, downloadVideo: false },
			items: [{ json: clips.at(-1) ?? {} }],
		});
		clips.push(items[0]?.json ?? {});
	}
	expect(clips.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
	const given = bench.creates().map(({ json }) => (json as IDataObject).video_urls);
	expect(given).toEqual([undefined, [clips[0]?.videoUrl], [clips[1]?.videoUrl]]);
});

const file = (bytes: Buffer, mimeType = 'video/mp4'): INodeExecutionData => ({
	json: {},
	binary: { data: { data: bytes.toString('base64'), mimeType, fileName: 'clip.mp4' } },
});

describe('a file from the node before', () => {
	const binary = { videoInputType: 'binary' };

	test.each([
		['fal', 'video_urls'],
		['replicate', 'reference_videos'],
		['wavespeed', 'video'],
	])('%s: goes to the storage, and its address into the order', async (provider, field) => {
		const { status } = await run({
			parameters: { provider, ...extend, ...binary },
			items: [file(sampleVideo)],
		});
		expect(status).toBe('success');
		expect(bench.sandbox().uploads()).toEqual([sampleVideo]);
		const sent = body() as IDataObject;
		const input = (sent.input ?? sent) as IDataObject;
		expect([input[field]].flat()).toEqual([expect.stringMatching(/^http.*(storage|files)/)]);
	});

	test('kie.ai: by its ending, too', async () => {
		const { status } = await run({
			parameters: { provider: 'kie', ...reference, ...binary },
			items: [file(sampleVideo)],
		});
		expect(status).toBe('success');
		expect(body()).toMatchObject({
			input: { reference_video_urls: [expect.stringMatching(/\.mp4$/)] },
		});
	});

	test('kept on disk, it is read when it is its turn', async () => {
		const folder = mkdtempSync(path.join(tmpdir(), 'seedance-'));
		try {
			await keepBinaryInFolder(folder);
			const items = [1, 2].map(() => ({ json: {} }));
			const stored = await storeFile(sampleVideo, 'clip.mp4');
			const { status } = await run({
				parameters: { provider: 'fal', ...extend, ...binary },
				items: items.map((item) => ({ ...item, binary: { data: stored } })),
			});
			expect(status).toBe('success');
			// The same file for both.
			expect(bench.sandbox().uploads()).toEqual([sampleVideo]);
			expect(bench.creates()).toHaveLength(2);
		} finally {
			keepBinaryInline();
			rmSync(folder, { recursive: true, force: true });
		}
	});

	test.each<[string, IDataObject, INodeExecutionData, RegExp, RegExp]>([
		['fal', edit, file(sampleVideo), /has 3 seconds, and fal takes 4 to 30 here/, /operation Cut/],
		['fal', reference, file(bytesOfClip('a.mp4')), /has 1 seconds, and fal takes 2 to 15/, /Cut/],
		['kie', edit, file(sampleVideo), /has 3 seconds/, /Cut/],
		['replicate', edit, file(sampleVideo), /has 3 seconds/, /Cut/],
		['fal', extend, file(Buffer.from('no video'), 'text/plain'), /is not a video/, /MP4 or MOV/],
		['fal', extend, file(sampleVideo.subarray(0, 9000)), /is damaged/, /Play it/],
		['modellix', edit, file(sampleVideo), /^Modellix takes videos by URL only/, /Video URL/],
		['byteplus', extend, file(sampleVideo), /^BytePlus takes videos by URL only/, /Video URL/],
	])(
		'%s refuses what it cannot use, before anything is sent',
		async (provider, parameters, item, message, fix) => {
			const { error } = await run({
				parameters: { provider, ...parameters, ...binary },
				items: [item],
			});
			expect(error?.message).toMatch(message);
			expect(error).toMatchObject({ description: expect.stringMatching(fix) });
			expect(bench.sandbox().requests).toEqual([]);
		},
	);
});

const prompt25 = 'Replace the boat in the video with a swan';

describe('what the vendor would refuse is refused before paying', () => {
	test.each<[string, IDataObject, RegExp]>([
		['byteplus', { ...edit, prompt: '={{ $json.none }}' }, /^Prompt must not be empty/],
		['byteplus', { ...edit, videoUrl: '={{ $json.none }}' }, /^Video URL must not be empty/],
		['byteplus', { ...extend, duration: 31 }, /^Duration must be one of/],
		['fal', { ...extend, videoUrl: 'file:///a.mp4' }, /^Video URL is not a web address/],
		[
			'fal',
			{ ...edit, options: { additionalParameters: '{"duration": "5"}' } },
			/^Additional Parameters must not set 'duration' to "5" for the operation Edit of Seedance 2.5 on fal/,
		],
		[
			'byteplus',
			{ ...edit, options: { additionalParameters: '{"ratio": "16:9"}' } },
			/^Additional Parameters must not set 'ratio'/,
		],
		[
			'kie',
			{ ...edit, options: { additionalParameters: '{"duration": 5}' } },
			/^Additional Parameters must not set 'duration'/,
		],
		[
			'replicate',
			{ ...extend, options: { additionalParameters: '{"aspect_ratio": "1:1"}' } },
			/^Additional Parameters must not set 'aspect_ratio'/,
		],
		[
			'kie',
			{ ...reference, model: 'bytedance/seedance-2-5', prompt: prompt25 },
			/^Prompt must not ask to edit or extend the video/,
		],
		[
			'replicate',
			{ ...reference, model: 'bytedance/seedance-2.5', prompt: prompt25 },
			/^Prompt must not ask to edit or extend the video/,
		],
		[
			'openrouter',
			{ ...reference, model: 'bytedance/seedance-2.5', prompt: prompt25 },
			/^Prompt must not ask to edit or extend the video/,
		],
		[
			'aimlapi',
			{ ...reference, model: 'bytedance/seedance-2-5', prompt: prompt25 },
			/^Prompt must not ask to edit or extend the video/,
		],
		['openrouter', edit, /^OpenRouter has no model/],
		['aimlapi', extend, /^AI\/ML API has no model/],
		[
			'modellix',
			{
				...reference,
				referenceVideos: { video: [1, 2, 3].map((n) => ({ url: `https://v.example/${n}.mp4` })) },
			},
			/^Reference Videos must be at most 2, and 3 are given/,
		],
	])('%s, %j', async (provider, parameters, message) => {
		const { error } = await run({ parameters: { provider, ...parameters } });
		expect(error?.message).toMatch(message);
		expect(bench.sandbox().requests).toEqual([]);
	});

	test('and so it is from references of the node for images', async () => {
		const { error } = await bench.run({
			type: 'seedanceImageToVideo',
			parameters: {
				provider: 'kie',
				model: 'bytedance/seedance-2-5',
				imageMode: 'references',
				prompt: prompt25,
				referenceVideos: { video: [{ url: videoUrl }] },
				downloadVideo: false,
			},
		});
		expect(error?.message).toMatch(/^Prompt must not ask to edit or extend the video/);
		expect(bench.sandbox().requests).toEqual([]);
	});

	test('a row whose video lies behind the key of its vendor', async () => {
		const json = { videoUrl: 'https://openrouter.ai/api/v1/videos/gen-vid-1/content?index=0' };
		const { error } = await run({
			parameters: { provider: 'fal', ...extend, videoUrl: '={{ $json.videoUrl }}' },
			items: [{ json }],
		});
		expect(error?.message).toMatch(/^Video URL is given out by OpenRouter to its API key alone/);
		expect(bench.sandbox().requests).toEqual([]);
	});

	test('a row whose video can no longer be had', async () => {
		const json = { videoUrl, expiresAt: '2020-01-01T00:00:00.000Z' };
		const { error } = await run({
			parameters: { provider: 'fal', ...extend, videoUrl: '={{ $json.videoUrl }}' },
			items: [{ json }],
		});
		expect(error?.message).toMatch(/^Video URL is no longer valid/);
		expect(bench.sandbox().requests).toEqual([]);
	});
});

test('an item that is wrong does not stop the others', async () => {
	const { items } = await run({
		parameters: { provider: 'wavespeed', ...edit, videoUrl: '={{ $json.url }}' },
		items: [{ json: { url: videoUrl } }, { json: {} }],
		onError: 'continueRegularOutput',
	});
	expect(items.map(({ json }) => json.status)).toEqual(['succeeded', undefined]);
	expect(items[1]?.json.error).toMatch(/^Video URL must not be empty/);
});

test('a custom model is asked in the way of its vendor', async () => {
	const { status } = await run({
		parameters: { provider: 'byteplus', ...edit, model: 'custom', customModel: 'ep-2026' },
	});
	expect(status).toBe('success');
	expect(body()).toEqual({
		model: 'ep-2026',
		content: asContent(LED_EDIT, videoUrl),
		omni_reference_task_type: 'edit',
		ratio: 'adaptive',
		duration: -1,
	});
});

test('a retry finds the task that is paid for', async () => {
	bench.fault({ operation: 'status', times: 1, effect: { kind: 'http', status: 404 } });
	const failed = await run({ parameters: { provider: 'fal', ...edit } });
	const done = failed.status === 'success' ? failed : await failed.retry();
	expect(done.status).toBe('success');
	expect(bench.creates()).toHaveLength(1);
});

test('another vendor of the same operation stands in', async () => {
	bench.fault({ vendor: 'fal', operation: 'create', effect: { kind: 'http', status: 402 } });
	const { items } = await run({
		parameters: {
			provider: 'fal',
			...edit,
			fallbackProviders: { fallback: [{ provider: 'wavespeed', model: '' }] },
		},
	});
	expect(items[0]?.json).toMatchObject({
		provider: 'wavespeed',
		model: 'bytedance/seedance-2.5/video-edit',
		status: 'succeeded',
	});
});

test.each(['submit', 'notify'])('%s: the rows at once', async (completion) => {
	const { items } = await run({
		parameters: {
			provider: 'replicate',
			...edit,
			completion,
			callbackUrl: 'https://example.com/call',
		},
		n8n: { startExecution: () => undefined },
	});
	expect(items[0]?.json).toMatchObject({ status: 'queued', provider: 'replicate' });
});
