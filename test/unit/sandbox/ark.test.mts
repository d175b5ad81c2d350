import { generationMs, useSandbox, type Json } from './helpers.mts';
import { useReceiver } from '../../servers.mts';

const sandbox = useSandbox({ callbackTimeoutMs: 500 });
const tasks = '/contents/generations/tasks';
const create = (body: unknown, path = tasks) => sandbox.post('byteplus', path, body);
const call = (path: string, method = 'GET') =>
	sandbox.request('byteplus', tasks + path, { method });

const fast = 'dreamina-seedance-2-0-fast-260128';
const newest = 'dreamina-seedance-2-5-260628';
const pro = 'seedance-1-0-pro-250528';
const stopped = 'seedance-1-5-pro-251215';

const say = (text: string) => ({ type: 'text', text });
const show = (role?: string, url = 'https://example.com/a.png') => ({
	type: 'image_url',
	image_url: { url },
	...(role !== undefined && { role }),
});
const image = show('reference_image');
const video = {
	type: 'video_url',
	video_url: { url: 'https://example.com/a.mp4' },
	role: 'reference_video',
};
const audio = {
	type: 'audio_url',
	audio_url: { url: 'data:audio/wav;base64,UklGRg==' },
	role: 'reference_audio',
};
const order = (model: string, change: Json = {}, ...media: Json[]) => ({
	model,
	content: [say('A menacing dragon'), ...media],
	...change,
});

async function created(body: Json = order(fast)): Promise<string> {
	const reply = await create(body);
	expect(reply).toMatchObject({ status: 200, body: { id: expect.stringMatching(/^cgt-/) } });
	return (reply.body as { id: string }).id;
}

const pass = (share: number) => sandbox.clock.advance(share * generationMs);
const statusOf = async (taskId: string) => (await sandbox.statusOf('byteplus', taskId)).body;

describe('create', () => {
	const everyNewField = {
		resolution: '1080p',
		ratio: '21:9',
		duration: 30,
		generate_audio: false,
		watermark: true,
		return_last_frame: true,
		output_format: 'mov',
		priority: 9,
		callback_url: 'https://n8n.example/hook',
		safety_identifier: 'someone',
	};
	const everyOldField = {
		resolution: '480p',
		ratio: '9:16',
		frames: 121,
		seed: 2147483647,
		camera_fixed: true,
		service_tier: 'flex',
		execution_expires_after: 3600,
		watermark: false,
		return_last_frame: false,
	};
	const data = 'data:image/png;base64,iVBORw0KGgo=';

	test.each<[string, Json]>([
		['text to video', order(fast)],
		['every field of 2.5', order(newest, everyNewField)],
		['every field of 1.0 Pro', order(pro, everyOldField)],
		['a draft', order(stopped, { draft: true, resolution: '480p' })],
		['the model’s own choice of a length', order(newest, { duration: -1 })],
		['4k of 2.0', order('dreamina-seedance-2-0-260128', { resolution: '4k' })],
		['a first frame', order(fast, { ratio: '16:9' }, show('first_frame'))],
		['a first frame without a role', order(fast, {}, show())],
		['a first frame as a data URI', order(fast, {}, show('first_frame', data))],
		['both frames', order(pro, {}, show('first_frame'), show('last_frame'))],
		['the ratio of the frame on 2.5', order(newest, { ratio: 'adaptive' }, show('first_frame'))],
		['references', order(fast, {}, image, video, audio)],
		['as many references as 2.5 takes', order(newest, {}, ...Array<Json>(30).fill(image))],
		['sound alone on 2.5', order(newest, {}, audio)],
		['a look into the web', order(fast, { tools: [{ type: 'web_search' }] })],
		['an endpoint', order('ep-20260101-abcde', { anything: 1 })],
		['a custom model', order('sandbox/next', { anything: 1 })],
	])('accepts %s', async (_, body) => {
		expect(await created(body)).toMatch(/^cgt-20260102030405-[0-9a-f]+$/);
	});

	const text = { content: [say('A')] };
	test.each<[string, unknown, RegExp]>([
		['no content', { model: fast }, /content is required/],
		['a prompt outside of content', order(fast, { prompt: 'A' }), /prompt is not supported/],
		['a frame outside of content', order(fast, { first_frame: 'https://x' }), /first_frame is not/],
		['a missing model', text, /model/],
		['an empty content', { model: fast, content: [] }, /filled array/],
		['an entry of no type', { model: fast, content: [{ text: 'A' }] }, /content\[0\]\.type/],
		['an empty text', { model: fast, content: [say('')] }, /content\[0\]\.text/],
		['two texts', { model: fast, content: [say('A'), say('B')] }, /more than one prompt/],
		['an entry with more', order(fast, {}, { ...show(), size: 1 }), /content\[1\]\.size/],
		[
			'an image as a text',
			order(fast, {}, { type: 'image_url', image_url: 'https://x/a.png' }),
			/content\[1\]\.image_url must be an object/,
		],
		['bare base64', order(fast, {}, show('first_frame', 'iVBORw0KGgo=')), /image_url \.url/],
		['a format in upper case', order(fast, {}, show('first_frame', data.toUpperCase())), /url/],
		['a role of another type', order(fast, {}, show('reference_video')), /content\[1\]\.role/],
		['images without roles', order(fast, {}, show(), show()), /role must be specified/],
		['a last frame alone', order(fast, {}, show('last_frame')), /needs a first_frame/],
		[
			'two first frames',
			order(fast, {}, show('first_frame'), show('first_frame')),
			/more than one/,
		],
		[
			'frames and references',
			order(fast, {}, show('first_frame'), show('reference_image')),
			/cannot be mixed/,
		],
		[
			'a last frame of 1.0 Pro Fast',
			order('seedance-1-0-pro-fast-251015', {}, show('first_frame'), show('last_frame')),
			/last_frame/,
		],
		[
			'a video by its data',
			order(
				fast,
				{},
				{
					type: 'video_url',
					video_url: { url: 'data:video/mp4;base64,AAAA' },
					role: 'reference_video',
				},
			),
			/video_url \.url/,
		],
		['too many images', order(fast, {}, ...Array<Json>(10).fill(image)), /more than 9 entries/],
		[
			'too many references',
			order(newest, {}, ...Array<Json>(30).fill(image), ...Array<Json>(21).fill(video)),
			/more than 10 entries/,
		],
		[
			'too many references in all',
			order(
				fast,
				{},
				...Array<Json>(9).fill(image),
				...Array<Json>(3).fill(video),
				...Array<Json>(3).fill(audio),
				video,
			),
			/more than/,
		],
		['sound alone on 2.0', order(fast, {}, audio), /needs a reference image or video/],
		['references of 1.0', order(pro, {}, image), /reference_image/],
		['another tool', order(fast, { tools: [{ type: 'code' }] }), /tools/],
		['a web search of 2.5', order(newest, { tools: [{ type: 'web_search' }] }), /web_search/],
		['a seed of 2.0', order(fast, { seed: 1 }), /seed/],
		['a still camera of 2.0', order(fast, { camera_fixed: true }), /camera_fixed/],
		['flex of 2.0', order(fast, { service_tier: 'flex' }), /service_tier/],
		['an expiry of 2.0', order(fast, { execution_expires_after: 3600 }), /execution_expires/],
		['1080p of 2.0 Fast', order(fast, { resolution: '1080p' }), /resolution/],
		['frames of 2.0', order(fast, { frames: 121 }), /frames/],
		['a duration as text', order(fast, { duration: '5' }), /duration/],
		['a duration out of range', order(fast, { duration: 3 }), /duration/],
		['a chosen duration of 1.0', order(pro, { duration: -1 }), /duration/],
		['a draft of 2.0', order(fast, { draft: true }), /draft/],
		['a draft in 720p', order(newest, { draft: true, resolution: '720p' }), /480p/],
		[
			'a draft at night',
			order(stopped, { draft: true, resolution: '480p', service_tier: 'flex' }),
			/flex/,
		],
		['any ratio for text by 1.0', order(pro, { ratio: 'adaptive' }), /ratio/],
		['9:21', order(fast, { ratio: '9:21' }), /ratio/],
		['a ratio with frames of 2.5', order(newest, { ratio: '16:9' }, show('first_frame')), /ratio/],
		['the frame rate', order(fast, { framespersecond: 24 }), /framespersecond/],
		['a callback that is no address', order(fast, { callback_url: 'n8n' }), /callback_url/],
		['malformed JSON', 'prompt=x', /JSON/],
	])('refuses %s with 400', async (_, body, reason) => {
		expect(await create(body)).toMatchObject({
			status: 400,
			body: {
				error: {
					code: expect.stringMatching(/^(InvalidParameter|MissingParameter)$/),
					message: expect.stringMatching(reason),
					type: 'BadRequest',
				},
			},
		});
		expect(sandbox.get().tasks()).toEqual([]);
	});

	test('a model of the other cloud is unknown', async () => {
		expect(await create(order('doubao-seedance-2-0-fast-260128'))).toMatchObject({
			status: 404,
			body: { error: { code: 'InvalidEndpointOrModel.NotFound' } },
		});
		const there = order('doubao-seedance-1-0-pro-250528');
		expect(await sandbox.post('volcengine', tasks, there)).toMatchObject({ status: 200 });
	});

	test('[credits] in the prompt says that the account is overdue', async () => {
		expect(await create({ model: fast, content: [say('[credits]')] })).toMatchObject({
			status: 403,
			body: { error: { code: 'AccountOverdueError' } },
		});
	});

	test('a wrong key, another cloud’s key, and a wrong path', async () => {
		for (const authorization of ['wrong', `Bearer ${sandbox.get().apiKeys.volcengine}`]) {
			const init = { headers: { authorization } };
			expect(await sandbox.request('byteplus', `${tasks}/x`, init)).toMatchObject({
				status: 401,
				body: { error: { code: 'AuthenticationError', type: 'Unauthorized' } },
			});
		}
		expect(await sandbox.request('byteplus', '/models')).toMatchObject({ status: 404 });
	});

	test('what is posted to a task is an order', async () => {
		const taskId = await created();
		expect(await create(order(fast), `${tasks}/${taskId}/cancel`)).toMatchObject({ status: 200 });
		expect(sandbox.get().tasks()).toHaveLength(2);
	});

	describe('a draft', () => {
		const draft = { draft: true, resolution: '480p' };
		const finish = (id: string, change: Json = {}) =>
			create({ model: newest, content: [{ type: 'draft_task', draft_task: { id } }], ...change });

		test('becomes a video of its own length', async () => {
			const taskId = await created(order(newest, { ...draft, duration: 7 }));
			pass(1);
			expect(await finish(taskId, { resolution: '1080p' })).toMatchObject({ status: 200 });
			pass(1);
			const [, final] = sandbox.get().tasks();
			expect(await statusOf(final?.taskId ?? '')).toMatchObject({ duration: 7, draft: false });
		});

		test.each([
			['a duration', { duration: 5 }, /duration comes from the draft/],
			['another model', { model: stopped }, /must be the one of the draft/],
		])('takes no %s', async (_, change, reason) => {
			const taskId = await created(order(newest, draft));
			pass(1);
			expect(await finish(taskId, change)).toMatchObject({
				status: 400,
				body: { error: { message: expect.stringMatching(reason) } },
			});
		});

		test('has to be one, and finished', async () => {
			const refused = { status: 400, body: { error: { message: /no finished draft/ } } };
			const none = await created();
			const running = await created(order(newest, draft));
			for (const taskId of [none, running, 'cgt-x']) {
				const { status, body } = await finish(taskId);
				expect(status).toBe(refused.status);
				expect(JSON.stringify(body)).toMatch(refused.body.error.message);
			}
		});
	});
});

describe('status', () => {
	test('goes from queued to succeeded, as documented', async () => {
		const taskId = await created(order(fast, { return_last_frame: true, duration: 10 }));
		expect(await statusOf(taskId)).toMatchObject({ status: 'queued', error: null });
		pass(0.5);
		expect(await statusOf(taskId)).toMatchObject({ status: 'running' });
		expect(await statusOf(taskId)).not.toHaveProperty('content');
		pass(0.5);
		expect(await statusOf(taskId)).toEqual({
			id: taskId,
			model: fast,
			status: 'succeeded',
			error: null,
			content: {
				video_url: expect.stringMatching(/\/media\/.+\.mp4\?X-Tos-Algorithm=/),
				last_frame_url: expect.stringMatching(/\/media\/.+\.png$/),
			},
			usage: { completion_tokens: 217_800, total_tokens: 217_800 },
			duration: 10,
			seed: 78_674,
			resolution: '720p',
			ratio: '16:9',
			framespersecond: 24,
			created_at: 1_767_323_045,
			updated_at: 1_767_323_046,
			service_tier: 'default',
			execution_expires_after: 172_800,
			draft: false,
		});
	});

	test('a length that nobody told costs twice as much', async () => {
		const taskId = await created(order(newest, { duration: -1 }));
		pass(1);
		expect(await statusOf(taskId)).toMatchObject({ usage: { total_tokens: 217_800 } });
	});

	test('frames take the place of a duration', async () => {
		const taskId = await created(order(pro, { frames: 121 }));
		pass(1);
		expect(await statusOf(taskId)).toMatchObject({ frames: 121 });
		expect(await statusOf(taskId)).not.toHaveProperty('duration');
	});

	test('[fail] ends as failed, and what takes too long as expired', async () => {
		const failed = await created({ model: fast, content: [say('[fail]')] });
		sandbox.get().setGenerationMs(3_700_000);
		const late = await created(order(pro, { execution_expires_after: 3600 }));
		sandbox.clock.advance(3_600_000);
		expect(await statusOf(failed)).toMatchObject({
			status: 'failed',
			error: { code: '500', message: 'Internal server error' },
		});
		expect(await statusOf(late)).toMatchObject({ status: 'expired', error: null });
	});

	test('an unknown ID', async () => {
		expect(await call('/cgt-x')).toMatchObject({
			status: 404,
			body: { error: { code: 'NotFound', type: 'NotFound' } },
		});
	});
});

describe('DELETE', () => {
	test('cancels what is queued; a cancelled task cannot be deleted', async () => {
		const taskId = await created();
		expect(await call(`/${taskId}`, 'DELETE')).toMatchObject({ status: 200, body: {} });
		expect(await statusOf(taskId)).toMatchObject({ status: 'cancelled', error: null });
		expect(await call(`/${taskId}`, 'DELETE')).toMatchObject({ status: 409 });
	});

	test('is refused for a running task', async () => {
		const taskId = await created();
		pass(0.5);
		expect(await call(`/${taskId}`, 'DELETE')).toMatchObject({
			status: 409,
			body: { error: { code: 'InvalidAction.RunningTaskDeletion' } },
		});
		expect(await statusOf(taskId)).toMatchObject({ status: 'running' });
	});

	test('removes what has ended', async () => {
		const taskId = await created();
		pass(1);
		expect(await call(`/${taskId}`, 'DELETE')).toMatchObject({ status: 200, body: {} });
		expect(await call(`/${taskId}`)).toMatchObject({ status: 404 });
		expect(await call(`/${taskId}`, 'DELETE')).toMatchObject({ status: 404 });
	});
});

describe('list', () => {
	const listed = async (query: string) =>
		(await call(query)).body as { items: Json[]; total: number };

	test('tells the tasks of this cloud alone, page by page', async () => {
		await sandbox.post('volcengine', tasks, order('doubao-seedance-1-0-pro-250528'));
		const ids = [await created(), await created(order(pro)), await created()];
		expect((await listed('')).items.map(({ id }) => id)).toEqual(ids);
		const page = await listed('?page_num=2&page_size=2');
		expect(page).toMatchObject({ items: [{ id: ids[2], status: 'queued' }], total: 3 });
	});

	test('filters by state, model and IDs', async () => {
		const first = await created();
		const second = await created(order(pro));
		await call(`/${first}`, 'DELETE');
		expect((await listed('?filter.status=cancelled')).items).toMatchObject([{ id: first }]);
		expect((await listed(`?filter.model=${pro}`)).items).toMatchObject([{ id: second }]);
		const both = `?filter.task_ids=${first}&filter.task_ids=${second}`;
		expect((await listed(both)).items).toHaveLength(2);
		expect((await listed('?filter.task_ids=cgt-x')).items).toEqual([]);
	});

	test.each(['?page_size=501', '?page_num=0', '?limit=5'])('refuses %s', async (query) => {
		expect(await call(query)).toMatchObject({ status: 400 });
	});
});

describe('callbacks', () => {
	const { url, received, answers } = useReceiver();
	const callbackUrl = () => `${url()}/hook`;
	const bodies = () => received.map(({ text }) => JSON.parse(text) as Json);
	const states = () => bodies().map(({ status }) => status);
	const tick = async (share = 0) => {
		pass(share);
		await sandbox.get().tick();
	};

	test('come at every change of state, unsigned, with the reply to a status request', async () => {
		const taskId = await created(order(fast, { callback_url: callbackUrl() }));
		await tick();
		await tick(0.1);
		await tick(0.4);
		await tick(0.5);
		await tick(9);
		expect(states()).toEqual(['queued', 'running', 'succeeded']);
		expect(bodies().at(-1)).toEqual(await statusOf(taskId));
		expect(Object.keys(received.at(-1)?.headers ?? {}).join()).not.toMatch(/sign|webhook/i);
	});

	test('only the end is told again, three times in all', async () => {
		answers.push(...Array<number>(9).fill(500));
		await created(order(fast, { callback_url: callbackUrl() }));
		await tick();
		await tick(0.5);
		for (let count = 0; count < 5; count++) await tick(1);
		expect(states()).toEqual(['queued', 'running', 'succeeded', 'succeeded', 'succeeded']);
	});

	test('a cancelled task is told to nobody', async () => {
		const taskId = await created(order(fast, { callback_url: callbackUrl() }));
		await tick();
		await call(`/${taskId}`, 'DELETE');
		await tick(5);
		expect(states()).toEqual(['queued']);
	});
});
