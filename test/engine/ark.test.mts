import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { clock } from '../../nodes/shared/n8n/clock.ts';
import {
	deriveCallbackKey,
	readCallbackToken,
	TOKEN_PARAMETER,
} from '../../nodes/shared/tasks/callbackToken.ts';
import { sampleImage } from '../../sandbox/media/embedded.mts';
import { pngOf } from '../unit/pictures.mts';
import { generationMs, useBench } from './bench.mts';

const bench = useBench();

const fast = 'dreamina-seedance-2-0-fast-260128';
const newest = 'dreamina-seedance-2-5-260628';
const pro = 'seedance-1-0-pro-250528';
const stopped = 'seedance-1-5-pro-251215';
const imageUrl = 'https://images.example/first.png';

const ofText = (parameters: IDataObject = {}) =>
	bench.run({ parameters: { provider: 'byteplus', ...parameters } });

const ofImages = (parameters: IDataObject, items?: INodeExecutionData[]) =>
	bench.run({
		type: 'seedanceImageToVideo',
		parameters: {
			provider: 'byteplus',
			prompt: 'It sails',
			downloadVideo: false,
			imageMode: 'frames',
			...(parameters.imageMode !== 'references' && { imageUrl }),
			...parameters,
		},
		items,
	});

const ordered = () => bench.creates().map(({ json }) => json as IDataObject);

/** Refused by the node: nothing went out, so nothing is paid. */
function expectNothingSent(): void {
	expect(bench.sandbox().requests).toEqual([]);
}

// The sample of the create page (https://www.volcengine.com/docs/82379/1520757), which names no
// resolution: an empty value is not sent.
test('the documented sample with references, to the letter', async () => {
	const files = 'https://ark-project.tos-cn-beijing.volces.com';
	const prompt =
		'全程使用视频1的第一视角构图，全程使用音频1作为背景音乐。第一人称视角果茶宣传广告，seedance牌「苹苹安安」苹果果茶限定款；首帧为图片1，你的手摘下一颗带晨露的阿克苏红苹果，轻脆的苹果碰撞声；2-4 秒：快速切镜，你的手将苹果块投入雪克杯，加入冰块与茶底，用力摇晃，冰块碰撞声与摇晃声卡点轻快鼓点，背景音：「鲜切现摇」；4-6 秒：第一人称成品特写，分层果茶倒入透明杯，你的手轻挤奶盖在顶部铺展，在杯身贴上粉红包标，镜头拉近看奶盖与果茶的分层纹理；6-8 秒：第一人称手持举杯，你将图片2中的果茶举到镜头前（模拟递到观众面前的视角），杯身标签清晰可见，背景音「来一口鲜爽」，尾帧定格为图片2。背景声音统一为女生音色。';
	const picture = (count: number) => `${files}/doc_image/r2v_tea_pic${count}.jpg`;
	const video = `${files}/doc_video/r2v_tea_video1.mp4`;
	const audio = `${files}/doc_audio/r2v_tea_audio1.mp3`;
	const { status } = await ofImages({
		provider: 'volcengine',
		model: 'doubao-seedance-2-0-260128',
		imageMode: 'references',
		prompt,
		referenceImages: { image: [{ url: picture(1) }, { url: picture(2) }] },
		referenceVideos: { video: [{ url: video }] },
		referenceAudios: { audio: [{ url: audio }] },
		aspectRatio: '16:9',
		resolution: '',
		duration: 11,
		options: { generateAudio: true, watermark: true },
	});
	expect(status).toBe('success');
	expect(ordered()).toEqual([
		{
			model: 'doubao-seedance-2-0-260128',
			content: [
				{ type: 'text', text: prompt },
				{ type: 'image_url', image_url: { url: picture(1) }, role: 'reference_image' },
				{ type: 'image_url', image_url: { url: picture(2) }, role: 'reference_image' },
				{ type: 'video_url', video_url: { url: video }, role: 'reference_video' },
				{ type: 'audio_url', audio_url: { url: audio }, role: 'reference_audio' },
			],
			generate_audio: true,
			ratio: '16:9',
			duration: 11,
			watermark: true,
		},
	]);
});

test('images as files go along in the order of their roles', async () => {
	const data = { data: sampleImage.toString('base64'), mimeType: 'image/png' };
	const { status } = await ofImages(
		{ model: pro, imageInputType: 'binary', lastImageInputType: 'binary' },
		[{ json: {}, binary: { data } }],
	);
	expect(status).toBe('success');
	const image_url = { url: `data:image/png;base64,${data.data}` };
	expect(ordered()[0]?.content).toEqual([
		{ type: 'text', text: 'It sails' },
		{ type: 'image_url', image_url, role: 'first_frame' },
		{ type: 'image_url', image_url, role: 'last_frame' },
	]);
});

test('images that are too large together are refused before anything is paid', async () => {
	const data = {
		data: pngOf(640, 360, 24 * 1024 * 1024).toString('base64'),
		mimeType: 'image/png',
	};
	const given = { model: pro, imageInputType: 'binary', lastImageInputType: 'binary' };
	const { error } = await ofImages(given, [{ json: {}, binary: { data } }]);
	expect(error?.message).toMatch(/^The files of this item are too large together for BytePlus/);
	expect(bench.sandbox().requests).toEqual([]);
});

test('files of the account’s own library', async () => {
	const imageUrl = 'asset://asset-20260101-abc';
	const { status } = await ofImages({ imageUrl });
	expect(status).toBe('success');
	expect(ordered()[0]?.content).toEqual([
		{ type: 'text', text: 'It sails' },
		{ type: 'image_url', image_url: { url: imageUrl }, role: 'first_frame' },
	]);
});

describe('a custom model', () => {
	test('takes a first and a last image', async () => {
		const { status } = await ofImages({
			model: 'custom',
			customModel: pro,
			lastImageInputType: 'url',
			lastImageUrl: `${imageUrl}?2`,
		});
		expect(status).toBe('success');
		expect(ordered()[0]?.content).toEqual([
			{ type: 'text', text: 'It sails' },
			{ type: 'image_url', image_url: { url: imageUrl }, role: 'first_frame' },
			{ type: 'image_url', image_url: { url: `${imageUrl}?2` }, role: 'last_frame' },
		]);
	});
});

describe('the length of the video is always said', () => {
	test.each([
		['a model of the list', { model: newest, duration: '' }],
		['a custom model', { model: 'custom', customModel: newest }],
		['an endpoint', { model: 'custom', customModel: 'ep-20260101-abcde' }],
	])('for %s', async (_, parameters) => {
		const { status, items } = await ofText(parameters);
		expect(status).toBe('success');
		expect(ordered()[0]).toMatchObject({ duration: 5 });
		expect(items[0]?.json.usage).toEqual({ tokens: 108_900 });
	});

	test('unless the user lets the model choose', async () => {
		const { items } = await ofText({ model: newest, duration: -1 });
		expect(ordered()[0]).toMatchObject({ duration: -1 });
		expect(items[0]?.json.usage).toEqual({ tokens: 217_800 });
	});
});

test('the final video of a draft says nothing that comes from the draft', async () => {
	const ofDraft = { model: newest, resolution: '480p', duration: 7, options: { draft: true } };
	const { items } = await ofText(ofDraft);
	const draftId = String(items[0]?.json.taskId);
	const { status } = await ofText({
		model: newest,
		resolution: '1080p',
		options: { draftId, watermark: true, returnLastFrame: true, generateAudio: false },
	});
	expect(status).toBe('success');
	expect(ordered()[1]).toEqual({
		model: newest,
		content: [{ type: 'draft_task', draft_task: { id: draftId } }],
		resolution: '1080p',
		watermark: true,
		return_last_frame: true,
	});
});

test('a draft, and the video made from it', async () => {
	const { items } = await ofText({
		model: newest,
		resolution: '480p',
		duration: 7,
		options: { draft: true },
	});
	const id = String(items[0]?.json.taskId);
	const content = [{ type: 'draft_task', draft_task: { id } }];
	const additionalParameters = JSON.stringify({ content, resolution: '1080p' });
	const { status } = await ofText({
		model: 'custom',
		customModel: newest,
		options: { additionalParameters },
	});
	expect(status).toBe('success');
	expect(ordered()[1]).toEqual({ model: newest, content, resolution: '1080p' });
});

describe('the final video of a draft is refused before anything is paid', () => {
	test.each([
		['720p', {}, /^Resolution must be 1080p for the final video of a draft/],
		['1080p', { draft: true }, /^Draft must be off for the final video of a draft/],
	])('in %s with %j', async (resolution, options, message) => {
		const given = { draftId: 'cgt-1', ...options };
		const { error } = await ofText({ model: newest, resolution, options: given });
		expect(error?.message).toMatch(message);
		expectNothingSent();
	});
});

const withVideo = {
	model: newest,
	imageMode: 'references',
	referenceVideos: { video: [{ url: 'https://files.example/dance.mp4' }] },
};

test.each([
	['edit', -1],
	['extend', 8],
])('a video to %s', async (taskType, duration) => {
	const options = { taskType, safetyIdentifier: 'hash-of-somebody' };
	// The vendor wants words for it in the prompt besides.
	const prompt = `${taskType} the video: it snows`;
	expect((await ofImages({ ...withVideo, prompt, duration, options })).status).toBe('success');
	expect(ordered()).toMatchObject([
		{
			ratio: 'adaptive',
			duration,
			omni_reference_task_type: taskType,
			safety_identifier: 'hash-of-somebody',
		},
	]);
});

test('2.5 takes sounds alone', async () => {
	const referenceAudios = { audio: [{ url: 'https://files.example/a.mp3' }] };
	const parameters = { model: newest, imageMode: 'references', referenceAudios };
	expect((await ofImages(parameters)).status).toBe('success');
	expect(JSON.stringify(ordered())).toContain('audio_url');
});

describe('refused before anything is paid', () => {
	test.each<[string, RegExp, IDataObject]>([
		[
			'a ratio of its own where 2.5 begins with an image',
			/^Aspect Ratio must be adaptive where the video begins with an image for Seedance 2\.5 on BytePlus/,
			{ model: newest, aspectRatio: '16:9' },
		],
		[
			'an edit in a length of its own, which the vendor refuses after minutes',
			/^Duration must be Chosen by the Model \(-1\) where a video is edited for Seedance 2\.5/,
			{ ...withVideo, options: { taskType: 'edit' } },
		],
		[
			'an edit in a ratio of its own',
			/^Aspect Ratio must be adaptive where a video is edited/,
			{ ...withVideo, duration: -1, aspectRatio: '16:9', options: { taskType: 'edit' } },
		],
		[
			'an extension in a ratio of its own',
			/^Aspect Ratio must be adaptive where a video is extended/,
			{ ...withVideo, aspectRatio: '16:9', options: { taskType: 'extend' } },
		],
		[
			'an edit of nothing',
			/^Reference Videos must hold the video to be edited/,
			{ model: newest, options: { taskType: 'edit' } },
		],
		[
			'a long safety identifier',
			/^Safety Identifier must have at most 64 characters/,
			{ model: fast, options: { safetyIdentifier: 'x'.repeat(65) } },
		],
		[
			'sound without an image or a video',
			/^Reference Images must not be empty/,
			{
				model: fast,
				imageMode: 'references',
				referenceAudios: { audio: [{ url: 'https://files.example/a.mp3' }] },
			},
		],
		[
			'a video by its data',
			/^Reference Videos 1 URL is not a web address/,
			{
				model: fast,
				imageMode: 'references',
				referenceVideos: { video: [{ url: 'data:video/mp4;base64,AAAA' }] },
			},
		],
		[
			'a draft in 720p',
			/^Resolution must be 480p for a draft/,
			{ model: newest, options: { draft: true } },
		],
		[
			'a draft with a last frame',
			/^Return Last Frame must be off for a draft/,
			{ model: stopped, resolution: '480p', options: { draft: true, returnLastFrame: true } },
		],
		[
			'a draft at half the price',
			/^Service Tier must be Default for a draft/,
			{ model: stopped, resolution: '480p', options: { draft: true, serviceTier: 'flex' } },
		],
		[
			'1080p of 2.0 Fast',
			/^Resolution must be one of 480p, 720p for Seedance 2\.0 Fast/,
			{ model: fast, resolution: '1080p' },
		],
		[
			'a length between none and four seconds',
			/^Duration must be one of -1, 4, 5,/,
			{ model: fast, duration: 3 },
		],
	])('%s', async (_, message, parameters) => {
		const { error } = await ofImages(parameters);
		expect(error?.message).toMatch(message);
		expectNothingSent();
	});

	test('but 2.5 takes any ratio for references, and a draft that is one', async () => {
		const referenceImages = { image: [{ inputType: 'url', url: imageUrl }] };
		const references = { model: newest, imageMode: 'references', referenceImages };
		await ofImages({ ...references, aspectRatio: '9:16' });
		await ofImages({ model: stopped, resolution: '480p', options: { draft: true } });
		expect(ordered()).toMatchObject([{ ratio: '9:16' }, { draft: true, resolution: '480p' }]);
	});
});

test.each([
	['seed', { seed: 7 }],
	['cameraFixed', { cameraFixed: true }],
	['serviceTier', { serviceTier: 'flex' }],
	['executionExpiresAfter', { executionExpiresAfter: 3600 }],
])('%s, left over from an older model, is not sent to 2.x', async (_, options) => {
	expect((await ofText({ model: fast, options })).status).toBe('success');
	expect(Object.keys(ordered()[0] ?? {}).toSorted()).toEqual(
		['model', 'content', 'ratio', 'resolution', 'duration'].toSorted(),
	);
});

describe.each(['byteplus', 'volcengine'] as const)('%s', (provider) => {
	test('an order that was refused tells its request ID, and what it is in words that stay', async () => {
		bench.fault({ operation: 'create', effect: { kind: 'http', status: 403 } });
		const { items } = await bench.run({
			parameters: { provider },
			onError: 'continueRegularOutput',
		});
		expect(items[0]?.json.failure).toMatchObject({
			kind: 'insufficientCredits',
			requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
		});
	});

	test.each([
		[429, 'ServerOverloaded'],
		[400, 'ContentSecurityDetectionError'],
	])('HTTP %i %s: repeated until it is taken', async (status, code) => {
		const body = { error: { code, message: 'No.', param: '', type: '' } };
		bench.fault({ operation: 'create', times: 2, effect: { kind: 'http', status, body } });
		const { status: ended } = await bench.run({ parameters: { provider } });
		expect(ended).toBe('success');
		expect(bench.creates()).toHaveLength(3);
		expect(bench.taskIds()).toHaveLength(1);
	});
});

test('the offline tier is waited for as long as its task lives', async () => {
	bench.sandbox().setGenerationMs(40 * 3_600_000);
	// Few looks, because each is a real request.
	const patient = { serviceTier: 'flex', pollInterval: 3600 };
	const { status } = await ofText({ model: pro, options: patient });
	expect(status).toBe('success');
	bench.sandbox().setGenerationMs(2 * 3_600_000);
	const options = { ...patient, executionExpiresAfter: 3600 };
	const { error } = await ofText({ model: pro, options });
	expect(error?.message).toMatch(/^BytePlus let the task expire before it was finished/);
});

test('Notify: the vendor is given the trigger’s address, signed', async () => {
	const callbackUrl = 'https://n8n.example/webhook/abc/seedance';
	const credentials = bench.credentials();
	const { status } = await bench.run({
		credentials,
		parameters: { provider: 'byteplus', completion: 'notify', callbackUrl },
		n8n: { startExecution: () => undefined },
	});
	expect(status).toBe('success');
	const given = new URL(String(ordered()[0]?.callback_url));
	expect(given.origin + given.pathname).toBe(callbackUrl);
	const key = deriveCallbackKey(String(credentials.seedanceBytePlusApi?.ownSecret));
	const token = given.searchParams.get(TOKEN_PARAMETER);
	const expected = { audience: 'abc/seedance', nowMs: bench.clock().now() };
	expect(readCallbackToken(token, key, expected)).toMatchObject({ model: fast });
});

describe('Seedance Task', () => {
	const operate = (operation: string, more: IDataObject = {}, items?: INodeExecutionData[]) =>
		bench.run({
			type: 'seedanceTask',
			parameters: { provider: 'byteplus', operation, taskId: '={{ $json.taskId }}', ...more },
			items,
		});
	async function submitted() {
		const { items } = await ofText({ model: fast, completion: 'submit' });
		return items.map(({ json }) => ({ json }));
	}
	const methods = () =>
		bench
			.sandbox()
			.requests.filter(({ operation }) => operation !== 'create')
			.map(({ method }) => method);

	test('cancels what is queued', async () => {
		const items = await submitted();
		const { items: rows } = await operate('cancel', {}, items);
		expect(rows).toMatchObject([
			{ json: { taskId: bench.taskIds()[0], provider: 'byteplus', status: 'cancelled' } },
		]);
		expect(methods()).toEqual(['GET', 'DELETE', 'GET']);
	});

	test('a task that was cancelled ends the wait for it', async () => {
		const items = await submitted();
		await operate('cancel', {}, items);
		const { error } = await operate('wait', {}, items);
		expect(error?.message).toBe('BytePlus cancelled the task: the task is cancelled [item 0]');
	});

	test.each([
		['cancel', 0.5, /already being worked on \(running\): only one that is still queued can be/],
		['cancel', 1, /has already ended \(succeeded\): there is nothing to cancel/],
		['delete', 0, /has not ended \(queued\)/],
		['delete', 0.5, /has not ended \(running\)/],
	])(
		'%s leaves a task alone when it is too early or too late',
		async (operation, share, reason) => {
			const items = await submitted();
			await clock.sleep(share * generationMs);
			const { error } = await operate(operation, {}, items);
			expect(error?.message).toBe(
				'BytePlus does not allow this in the present state of the task [item 0]',
			);
			expect(error?.description).toMatch(reason);
			expect(methods()).toEqual(['GET']);
			expect(bench.taskIds()).toHaveLength(1);
		},
	);

	test('deletes what has ended', async () => {
		const items = await submitted();
		await clock.sleep(generationMs);
		const { items: rows } = await operate('delete', {}, items);
		expect(rows).toMatchObject([{ json: { taskId: items[0]?.json.taskId, deleted: true } }]);
		expect(bench.taskIds()).toEqual([]);
	});

	test('lists the latest tasks, newest first', async () => {
		await submitted();
		await clock.sleep(generationMs);
		await submitted();
		await bench.run({ parameters: { provider: 'volcengine', completion: 'submit' } });
		const [older, newer] = bench.taskIds();
		const { items } = await operate('getMany', { limit: 5 });
		expect(items.map(({ json }) => [json.taskId, json.status])).toEqual([
			[newer, 'queued'],
			[older, 'succeeded'],
		]);
		const { items: latest } = await operate('getMany', { limit: 1 });
		expect(latest.map(({ json }) => json.taskId)).toEqual([newer]);
	});
});
