import type { IDataObject, INode, INodeProperties, IWorkflowBase } from 'n8n-workflow';
import { lastFrameImage, sampleImage, sampleVideo } from '../../sandbox/media/embedded.mts';
import { isFromVendor } from '../../nodes/shared/callbacks/authenticate.ts';
import { clock } from '../../nodes/shared/n8n/clock.ts';
import { openSession } from '../../nodes/shared/n8n/session.ts';
import { answerPaused, receiveAtTrigger } from '../../nodes/shared/actions/calls.ts';
import { readPlan } from '../../nodes/shared/host/pollerPlan.ts';
import { credentialsOf } from '../../nodes/shared/properties/credentials.ts';
import { generationProperties } from '../../nodes/shared/properties/generation.ts';
import { taskProperties } from '../../nodes/shared/properties/task.ts';
import { providers } from '../../nodes/shared/providers/index.ts';
import {
	deriveCallbackKey,
	readCallbackToken,
	TOKEN_PARAMETER,
} from '../../nodes/shared/tasks/callbackToken.ts';
import { pngOf } from '../unit/pictures.mts';
import { useBench, type Given } from './bench.mts';
import { bytesOf, type NodeResult } from './harness.mts';
import { API_KEY, startMadeUpVendor, type MadeUpServer } from './madeUpVendor/server.mts';
import { webhookContext, type Call } from './madeUpVendor/webhook.mts';

// The one line that a vendor's folder needs: its place in the registry.
jest.mock('../../nodes/shared/providers/index.ts', () => {
	const registry = jest.requireActual('../../nodes/shared/providers/index.ts');
	const { madeUp } = jest.requireActual('./madeUpVendor/provider/index.mts');
	Object.assign(registry.providers, { madeUp });
	return registry;
});

// n8n finds credential classes by the package's manifest.
jest.mock('./credentials.mts', () => {
	const { CredentialsInMemory: Base } = jest.requireActual('./credentials.mts');
	const { MadeUpApi, withKey } = jest.requireActual('./madeUpVendor/credential.mts');
	const own = new MadeUpApi();
	return {
		CredentialsInMemory: class extends Base {
			getCredentialsProperties(type: string) {
				return type === own.name ? own.properties : super.getCredentialsProperties(type);
			}

			authenticate(data: IDataObject, type: string, options: IDataObject, ...more: unknown[]) {
				if (type !== own.name) return super.authenticate(data, type, options, ...more);
				return Promise.resolve(withKey(options, String(data.apiKey)));
			}
		},
	};
});

// What n8n does for a node that lets executions start, or asks whether it can be reached.
const started: IWorkflowBase[] = [];
jest.mock('../../nodes/shared/n8n/executions.ts', () => ({
	...jest.requireActual('../../nodes/shared/n8n/executions.ts'),
	startDetached: jest.fn((_context: unknown, workflow: IWorkflowBase) => {
		started.push(workflow);
		return Promise.resolve({ ok: true, value: undefined });
	}),
}));
jest.mock('../../nodes/shared/n8n/post.ts', () => {
	const answer = { httpStatus: 409, body: { message: 'The execution "1" is running already.' } };
	const network = {
		post: () => Promise.resolve(answer),
		tryPost: () => Promise.resolve({ ok: true, value: answer }),
	};
	return { ...network, networkOf: () => network };
});

const bench = useBench();
let vendor: MadeUpServer;

beforeEach(async () => {
	started.length = 0;
	vendor = await startMadeUpVendor(() => clock.now());
});
afterEach(async () => await vendor.close());

const provider = 'madeUp';
const credential = () => ({ apiKey: API_KEY, baseUrl: vendor.baseUrl });

const run = async (given: Given = {}): Promise<NodeResult> =>
	await bench.run({ credentials: { madeUpApi: credential() }, ...given });

const textToVideo = async ({ parameters, ...given }: Given = {}) =>
	await run({
		type: 'seedanceTextToVideo',
		parameters: {
			provider,
			model: 'made-up/seedance-9/text-to-video',
			prompt: 'A paper boat',
			downloadVideo: false,
			...parameters,
		},
		...given,
	});

const binaryImage = {
	json: {},
	binary: {
		data: { data: sampleImage.toString('base64'), mimeType: 'image/png', fileName: 'boat.png' },
	},
};

const lastFrame = {
	data: lastFrameImage.toString('base64'),
	mimeType: 'image/png',
	fileName: 'end.png',
};

const imageToVideo = async ({ parameters, ...given }: Given = {}) =>
	await run({
		type: 'seedanceImageToVideo',
		parameters: {
			provider,
			model: 'made-up/seedance-9/image-to-video',
			prompt: 'A paper boat',
			downloadVideo: false,
			imageInputType: 'binary',
			...parameters,
		},
		items: [binaryImage],
		...given,
	});

const task = async (operation: string, json: IDataObject, parameters: IDataObject = {}) =>
	await run({
		type: 'seedanceTask',
		parameters: {
			provider,
			operation,
			taskId: '={{ $json.taskId }}',
			downloadVideo: false,
			...parameters,
		},
		items: [{ json }],
	});

/** Method and path without the host, in the order in which they came. */
const calls = () => vendor.seen.map(({ method, path }) => `${method} ${path.split('?')[0]}`);
const creates = () =>
	vendor.seen.filter(
		({ path, method }) => /-to-video$/.test(path.split('?')[0] ?? '') && method === 'POST',
	);
const base = (index = 0) => `/shard-${index + 7}/requests/${vendor.jobs[index]?.id}`;
const urlsOf = (index = 0) => {
	const url = `${vendor.baseUrl}${base(index)}`;
	return { status: `${url}/status`, result: url, cancel: `${url}/cancel` };
};

/** As a row names them. */
const toldUrlsOf = (index = 0) => ({ ...urlsOf(index), proof: expect.any(String) });

describe('the generation nodes', () => {
	test('a video: looked at in two steps at the told addresses, with an ID that no answer repeats', async () => {
		const { items } = await textToVideo({ parameters: { downloadVideo: true } });
		const [job] = vendor.jobs;
		expect(items[0]?.json).toEqual({
			taskId: job?.id,
			provider,
			model: 'made-up/seedance-9/text-to-video',
			status: 'succeeded',
			videoUrl: `${vendor.baseUrl}/media/${job?.id}.mp4`,
			prompt: 'A paper boat',
			duration: 5,
			aspectRatio: '16:9',
			video: expect.objectContaining({ durationSeconds: 3, width: 640, height: 360 }),
			taskUrls: toldUrlsOf(),
		});
		expect(await bytesOf(items[0])).toEqual(sampleVideo);
		expect(job?.input).toEqual({ prompt: 'A paper boat', aspect_ratio: '16:9', duration: '5' });
		expect(calls()[0]).toBe('POST /made-up/seedance-9/text-to-video');
		expect(new Set(calls().slice(1, -2))).toEqual(new Set([`GET ${base()}/status`]));
		expect(calls().slice(-2)).toEqual([`GET ${base()}`, `GET /media/${job?.id}.mp4`]);
	});

	test('a failed job is completed, and its result says why', async () => {
		const { error } = await textToVideo({ parameters: { prompt: 'A boat [fail]' } });
		expect(error?.message).toBe(
			'Made-Up could not generate the video: The prompt was refused [item 0]',
		);
		expect(error?.description).toContain('Code: content_policy.');
		expect(error?.description).toContain(`Task ID: ${vendor.jobs[0]?.id}.`);
		expect(creates()).toHaveLength(1);
	});

	test('a word of its own for a task that was stopped', async () => {
		const running = bench.start({
			type: 'seedanceTextToVideo',
			parameters: { provider, model: 'made-up/seedance-9/text-to-video', prompt: 'A boat' },
			credentials: { madeUpApi: credential() },
		});
		await bench.clock().standStillWhen(() => vendor.jobs.length > 0);
		Object.assign(vendor.jobs[0] ?? {}, { state: 'aborted' });
		bench.clock().goOn();
		const { error } = await running.done;
		expect(error?.message).toMatch(/^Made-Up cancelled the task/);
	});

	test('a word that nobody knows is running', async () => {
		const { items } = await textToVideo({ parameters: { completion: 'submit' } });
		vendor.answerNext('/status', { status: 200, body: { status: 'UPSCALING' } });
		const { items: rows } = await task('get', items[0]?.json ?? {});
		expect(rows[0]?.json).toMatchObject({ status: 'running', vendorStatus: 'UPSCALING' });
	});

	test('asks for JSON unless a request says otherwise', async () => {
		await textToVideo();
		const accepted = vendor.seen.map(({ headers }) => headers.accept);
		expect(new Set(accepted)).toEqual(new Set(['application/json']));
	});

	test('names the request that was refused, in the error and in the row', async () => {
		const headers = { 'x-made-up-request-id': 'req-77' };
		const refusal = { status: 422, headers, body: { detail: 'No' } };
		vendor.answerNext('/text-to-video', refusal);
		const { error } = await textToVideo();
		expect(error?.description).toContain('(request ID req-77)');
		vendor.answerNext('/text-to-video', refusal);
		const { items } = await textToVideo({ onError: 'continueRegularOutput' });
		expect(items[0]?.json.failure).toMatchObject({ requestId: 'req-77' });
		const { items: rows } = await textToVideo({ parameters: { completion: 'submit' } });
		vendor.answerNext('/status', { status: 422, headers, body: { detail: 'No' } });
		const looked = await task('get', rows[0]?.json ?? {});
		expect(looked.error?.description).toContain('(request ID req-77)');
	});

	test('no funds: nothing was taken, and the words fit', async () => {
		const { error } = await textToVideo({ parameters: { prompt: 'A boat [no funds]' } });
		expect(error?.message).toBe(
			'Made-Up does not have enough credits left on the account [item 0]',
		);
		expect(error?.description).toContain('Exhausted balance');
		expect(error?.description).toMatch(/Nothing was submitted\.$/);
	});

	test('a model that the catalogue does not know', async () => {
		const custom = { model: 'custom', customModel: 'other/seedance-10/text-to-video' };
		const { items } = await textToVideo({ parameters: custom });
		expect(items[0]?.json).toMatchObject({ model: custom.customModel, status: 'succeeded' });
		expect(calls()[0]).toBe('POST /other/seedance-10/text-to-video');
		expect(calls().at(-1)).toBe(`GET ${base()}`);
	});

	test('Retry On Fail and Retry execution ask at the told addresses for the paid task', async () => {
		const failed = await textToVideo({
			parameters: { options: { timeout: 0.25 } },
			retryOnFail: true,
			maxTries: 2,
		});
		const { items } = await (
			await failed.retry()
		).retry({
			parameters: {
				provider,
				model: 'made-up/seedance-9/text-to-video',
				prompt: 'A paper boat',
				downloadVideo: false,
			},
		});
		expect(items[0]?.json).toMatchObject({ taskId: vendor.jobs[0]?.id, status: 'succeeded' });
		expect(creates()).toHaveLength(1);
		expect(calls().filter((call) => call.startsWith('GET') && !call.includes(base()))).toEqual([]);
	});
});

describe('a vendor that speaks otherwise', () => {
	const { madeUp } = providers;
	beforeEach(() => {
		const { apiBehindKey } = jest.requireActual('./madeUpVendor/provider/api.mts');
		Object.assign(providers, { madeUp: { ...madeUp, vendor: apiBehindKey } });
	});
	afterEach(() => {
		Object.assign(providers, { madeUp });
	});

	const locked = () => vendor.seen.filter(({ path }) => path.startsWith('/locked/'));
	const keysAtFiles = () => locked().map(({ headers }) => headers.authorization);

	test('a header of its own, text and events for answers, what it has cost in a header, and a video behind the key', async () => {
		const { items } = await textToVideo({ parameters: { downloadVideo: true } });
		expect(creates()[0]?.headers).toMatchObject({ 'x-made-up-version': '9', accept: 'text/plain' });
		expect(items[0]?.json).toMatchObject({
			status: 'succeeded',
			usage: { usd: 0.25 },
			videoUrl: `${vendor.baseUrl}/locked/${vendor.jobs[0]?.id}.mp4`,
		});
		expect(items[0]?.json).not.toHaveProperty('videoNeedsKey');
		expect(await bytesOf(items[0])).toEqual(sampleVideo);
		expect(keysAtFiles()).toEqual([`Key ${API_KEY}`]);
	});

	test('a video that is said to lie at somebody else’s is fetched without the key', async () => {
		vendor.lockVideosAt('stranger');
		const { items } = await textToVideo({ parameters: { downloadVideo: true } });
		expect(await bytesOf(items[0])).toEqual(sampleVideo);
		expect(keysAtFiles()).toEqual([undefined]);
	});

	test('a redirect does not take the key along', async () => {
		const location = `${vendor.origins.stranger}/media/other.mp4`;
		const { items } = await textToVideo({ parameters: { completion: 'submit' } });
		vendor.answerNext('.mp4', { status: 302, headers: { location } });
		const { items: rows } = await task('wait', items[0]?.json ?? {}, { downloadVideo: true });
		expect(await bytesOf(rows[0])).toEqual(sampleVideo);
		expect(vendor.seen.filter(({ host }) => host === 'stranger')).toEqual([]);
		expect(keysAtFiles()).toEqual([`Key ${API_KEY}`, `Key ${API_KEY}`]);
	});

	test('a paused execution fetches it with the key, too', async () => {
		const items = await pause({ downloadVideo: true });
		const { body } = planOf(started[0]).rings[0] ?? {};
		await clock.sleep(70_000);
		const { workflowData } = await ring(items, { body });
		expect(workflowData).toMatchObject([[{ json: { status: 'succeeded' }, binary: { data: {} } }]]);
		expect(keysAtFiles()).toEqual([`Key ${API_KEY}`]);
	});
});

describe('an image', () => {
	test('by its address goes out as it is', async () => {
		const imageUrl = 'https://images.example/boat.png';
		const { status } = await imageToVideo({ parameters: { imageInputType: 'url', imageUrl } });
		expect(status).toBe('success');
		expect(vendor.jobs[0]?.input).toEqual({ prompt: 'A paper boat', image_url: imageUrl });
		expect(vendor.files.size).toBe(0);
	});

	test('as a file goes to the vendor’s storage first, which never sees the key', async () => {
		const { status } = await imageToVideo({
			parameters: { lastImageInputType: 'binary', lastImageBinaryPropertyName: 'end' },
			items: [{ ...binaryImage, binary: { ...binaryImage.binary, end: lastFrame } }],
		});
		expect(status).toBe('success');
		expect(vendor.jobs[0]?.input).toEqual({
			prompt: 'A paper boat',
			image_url: 'https://cdn.made-up.example/file-1.png',
			end_image_url: 'https://cdn.made-up.example/file-2.png',
		});
		expect([...vendor.files.values()]).toEqual([sampleImage, lastFrameImage]);
		expect(calls().slice(0, 5)).toEqual([
			'POST /storage/upload/initiate',
			'PUT /put/file-1.png',
			'POST /storage/upload/initiate',
			'PUT /put/file-2.png',
			'POST /made-up/seedance-9/image-to-video',
		]);
		const puts = vendor.seen.filter(({ host }) => host === 'storage');
		expect(puts.map(({ headers }) => [headers.authorization, headers['content-type']])).toEqual([
			[undefined, 'image/png'],
			[undefined, 'image/png'],
		]);
	});

	test('as a form, for a storage that takes forms', async () => {
		const { apiWithForms } = jest.requireActual('./madeUpVendor/provider/api.mts');
		const withForms = { ...providers.madeUp, vendor: apiWithForms };
		const { madeUp } = providers;
		Object.assign(providers, { madeUp: withForms });
		try {
			const { status } = await imageToVideo();
			expect(status).toBe('success');
			expect(vendor.jobs[0]?.input.image_url).toBe('https://cdn.made-up.example/boat.png');
			expect(vendor.files.get('boat.png')).toEqual(sampleImage);
		} finally {
			Object.assign(providers, { madeUp });
		}
	});

	test('of many bytes goes up in parts', async () => {
		const bytes = Buffer.concat([sampleImage, Buffer.alloc(600_000, 7)]);
		const data = { data: bytes.toString('base64'), mimeType: 'image/png' };
		const { status } = await imageToVideo({ items: [{ json: {}, binary: { data } }] });
		expect(status).toBe('success');
		expect(vendor.files.get('file-1.png')).toEqual(bytes);
		expect(calls().slice(0, 5)).toEqual([
			'POST /storage/upload/initiate-multipart',
			'PUT /put/file-1.png/1',
			'PUT /put/file-1.png/2',
			'PUT /put/file-1.png/3',
			'POST /put/file-1.png/complete',
		]);
	});

	test('is not uploaded again for a task that is paid for', async () => {
		const failed = await imageToVideo({
			parameters: { options: { timeout: 0.25 } },
			retryOnFail: true,
			maxTries: 3,
		});
		// Longer than an upload is remembered for: only the paid task keeps it from being made anew.
		await clock.sleep(2 * 60 * 60_000);
		await failed.retry();
		expect(vendor.files.size).toBe(1);
		expect(creates()).toHaveLength(1);
	});

	test.each([
		{ status: 500, body: { detail: 'Busy' } },
		{ status: 200, body: {} },
	])('is tried again when the storage is busy (%j)', async (answer) => {
		vendor.answerNext('/storage/upload/initiate', answer);
		const { status } = await imageToVideo();
		expect(status).toBe('success');
		expect(creates()).toHaveLength(1);
	});

	test.each([
		['/storage/upload/initiate', { status: 422, body: { detail: 'No' } }, /did not accept/],
		['/put/file-1.png', { status: 403 }, /does not allow this request/],
	])(
		'that cannot be uploaded (%s): nothing is submitted, and a retry may',
		async (path, answer, message) => {
			vendor.answerNext(path, answer);
			const failed = await imageToVideo();
			expect(failed.error?.message).toMatch(message);
			expect(failed.error?.description).toMatch(/Nothing was submitted\.$/);
			expect(creates()).toEqual([]);

			const { status } = await failed.retry();
			expect(status).toBe('success');
			expect(creates()).toHaveLength(1);
		},
	);

	test.each([
		['too large', pngOf(640, 360, 1024 * 1024 + 1).toString('base64'), 'image/png', /too large/],
		['no image', Buffer.from('a text').toString('base64'), 'text/plain', /is not an image/],
	])('%s: refused before anything is sent', async (_, data, mimeType, message) => {
		const { error } = await imageToVideo({
			items: [{ json: {}, binary: { data: { data, mimeType } } }],
		});
		expect(error?.message).toMatch(message);
		expect(vendor.seen).toEqual([]);
	});
});

describe('Max Price, where the price stands in a header', () => {
	const asked = 'GET /prices/made-up/seedance-9/text-to-video';
	const upTo = async (maxPrice: number) =>
		await textToVideo({ parameters: { completion: 'submit', options: { maxPrice } } });

	test.each([0.25, 0.3])('up to %d USD: ordered', async (maxPrice) => {
		expect((await upTo(maxPrice)).status).toBe('success');
		expect(calls()).toEqual([asked, 'POST /made-up/seedance-9/text-to-video']);
	});

	test('one that costs more is refused, and nothing is ordered', async () => {
		const { error } = await upTo(0.24);
		expect(error?.message).toMatch(/would cost more than 'Max Price' allows \[item 0\]$/);
		expect(error?.description).toMatch(/It costs 0\.25 USD, and 'Max Price' is 0\.24/);
		expect(calls()).toEqual([asked]);
	});

	test.each([
		['no header', { status: 200 }],
		['another word in it', { status: 200, headers: { 'x-made-up-price': 'on request' } }],
		['a refusal that has the header', { status: 403, headers: { 'x-made-up-price': '0.01' } }],
	])('%s: no price, so nothing is ordered', async (_, answer) => {
		vendor.answerNext('/text-to-video', answer);
		const { error } = await upTo(100);
		expect(error?.description).toMatch(/'Max Price', was not told.*Nothing was submitted\.$/);
		expect(calls()).toEqual([asked]);
	});

	test('a file is not uploaded for it', async () => {
		const { error } = await imageToVideo({ parameters: { options: { maxPrice: 0.1 } } });
		expect(error?.message).toMatch(/would cost more/);
		expect(calls()).toEqual(['GET /prices/made-up/seedance-9/image-to-video']);
	});
});

describe('addresses at somebody else’s', () => {
	test.each(['storage', 'stranger'] as const)(
		'%s: never asked, and the task is named',
		async (host) => {
			vendor.giveAddressesAt(host);
			const { error } = await textToVideo();
			expect(error?.description).toContain(vendor.origins[host]);
			expect(error?.description).toContain(`Task ID: ${vendor.jobs[0]?.id}.`);
			expect(vendor.seen.filter((request) => request.host === host)).toEqual([]);
		},
	);

	test.each(['get', 'cancel'])('in a row that is given to Seedance Task, %s', async (operation) => {
		const { items } = await textToVideo({ parameters: { completion: 'submit' } });
		const url = `${vendor.origins.stranger}/requests/1`;
		const taskUrls = { status: url, result: url, cancel: url };
		await task(operation, { ...items[0]?.json, taskUrls });
		expect(vendor.seen.filter(({ host }) => host === 'stranger')).toEqual([]);
	});
});

describe('Seedance Task', () => {
	const submitted = async (parameters: IDataObject = {}) =>
		(await textToVideo({ parameters: { completion: 'submit', ...parameters } })).items[0]?.json ??
		{};

	test('Get and Wait ask where the row says', async () => {
		const row = await submitted();
		expect(row.taskUrls).toEqual(toldUrlsOf());
		const { items } = await task('get', row);
		expect(items[0]?.json).toMatchObject({
			taskId: row.taskId,
			status: 'queued',
			taskUrls: urlsOf(),
		});
		const { items: ended } = await task('wait', row);
		expect(ended[0]?.json).toMatchObject({ taskId: row.taskId, status: 'succeeded' });
		expect(
			calls()
				.slice(1)
				.every((call) => call.startsWith(`GET ${base()}`)),
		).toBe(true);
	});

	test.each([
		['continueRegularOutput', ({ items }: NodeResult) => items],
		['continueErrorOutput', ({ errorItems }: NodeResult) => errorItems],
	] as const)(
		'a row of a wait that was given up still says where (%s)',
		async (onError, rowsOf) => {
			const result = await textToVideo({ parameters: { options: { timeout: 0.25 } }, onError });
			const row = rowsOf(result)[0]?.json ?? {};
			expect(row.error).toMatch(/^The video was not finished/);
			const taskId = vendor.jobs[0]?.id;
			const { items } = await task('wait', row, { taskId });
			expect(items[0]?.json).toMatchObject({ taskId, status: 'succeeded', taskUrls: urlsOf() });
			expect(calls().at(-1)).toBe(`GET ${base()}`);
		},
	);

	test('an ID alone is asked for at the address of its model', async () => {
		const { taskId } = await submitted({
			model: 'custom',
			customModel: 'other/seedance-10/text-to-video',
		});
		const model = 'other/seedance-10/text-to-video';
		const { items } = await task('wait', { taskId }, { options: { model } });
		expect(items[0]?.json).toMatchObject({ taskId, model, status: 'succeeded' });
		expect(calls().at(-1)).toBe(`GET /other/seedance-10/requests/${String(taskId)}`);
	});

	test('another task’s row does not lend its addresses', async () => {
		const row = await submitted();
		const { error } = await task('get', row, { taskId: 'another' });
		expect(error?.message).toMatch(/^Made-Up does not know this task/);
		expect(calls().at(-1)).toBe('GET /made-up/seedance-9/requests/another/status');
	});

	test('Cancel', async () => {
		const row = await submitted();
		const { items } = await task('cancel', row);
		expect(items[0]?.json).toMatchObject({ taskId: row.taskId, status: 'cancelled' });
		expect(calls().slice(-2)).toEqual([`PUT ${base()}/cancel`, `GET ${base()}/status`]);
	});

	test('Cancel of a task that has ended tells what became of it', async () => {
		const row = await submitted();
		await task('wait', row);
		const { items } = await task('cancel', row);
		expect(items[0]?.json).toMatchObject({ taskId: row.taskId, status: 'succeeded' });
	});

	test('Delete', async () => {
		const row = await submitted();
		const { items } = await task('delete', row);
		expect(items[0]?.json).toEqual({ taskId: row.taskId, deleted: true });
		expect(vendor.deleted).toEqual([row.taskId]);
	});

	test('Get Many: the latest first, each with its addresses', async () => {
		for (let count = 0; count < 3; count++) await submitted();
		const { items } = await task('getMany', {}, { limit: 2 });
		expect(items.map(({ json }) => [json.taskId, json.status, json.taskUrls])).toEqual(
			[2, 1].map((index) => [vendor.jobs[index]?.id, 'queued', toldUrlsOf(index)]),
		);
		const { items: rows } = await task('get', items[0]?.json ?? {});
		expect(rows[0]?.json.taskId).toBe(vendor.jobs[2]?.id);
	});

	test('what a vendor has is offered for it, and no more', () => {
		const operations = taskProperties(providers)
			.filter(
				({ name, displayOptions: { show } = {} }) =>
					name === 'operation' && show?.provider && show.resource?.includes('task'),
			)
			.map(({ displayOptions, options = [] }: INodeProperties) => [
				displayOptions?.show?.provider,
				options.map((option) => ('value' in option ? option.value : '')),
			]);
		const offeredFor = (id: string) =>
			operations.filter(([shown]) => shown?.includes(id)).map(([, offered]) => offered);
		expect(offeredFor(provider)).toEqual([['cancel', 'delete', 'get', 'getMany', 'wait']]);
		for (const id of ['apikley', 'modellix', 'aimlapi']) {
			// Get Many reads the task ledger, too, which needs nothing of the vendor.
			expect(offeredFor(id)).toEqual([['get', 'getMany', 'wait']]);
		}
	});

	test('the nodes offer the vendor with its models and its credential', () => {
		const kinds = ['textToVideo', 'imageToVideo'] as const;
		for (const kind of kinds) {
			const offered = JSON.stringify(generationProperties(kind));
			expect(offered).toContain('{"name":"Made-Up","value":"madeUp"}');
			const [model] = providers.madeUp?.models.filter((one) => one.kind === kind) ?? [];
			expect(offered).toContain(`"value":"${model?.id}"`);
		}
		expect(credentialsOf(providers, kinds)).toContainEqual(
			expect.objectContaining({ name: 'madeUpApi' }),
		);
	});
});

/** Headers and body of a callback as the vendor's own example signs them. */
const rawBody = Buffer.from(
	'{"request_id":"req_1","status":"OK","payload":{"video":{"url":"https://v3.fal.media/x.mp4"},"seed":42}}',
);
const signedHeaders = {
	'X-Made-Up-Webhook-Request-Id': 'req_1',
	'X-Made-Up-Webhook-User-Id': 'user_1',
	'X-Made-Up-Webhook-Timestamp': '1700000000',
	'X-Made-Up-Webhook-Signature':
		'2c67b6c52c022f1db4639bbfd9a94bfcac232f463830fe0e882b2a1b7e35851b3211fc543cfc0bf6e15cb52dc57a076960967a7743560d97887ca43391b9db02',
};
const signedAt = 1_700_000_000_000;
const lowerCased = (headers: Record<string, string>) =>
	Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

const keyRequests = () => vendor.seen.filter(({ path }) => path === '/.well-known/jwks.json');

describe('the signature of a callback', () => {
	const check = async ({
		headers = {},
		body = rawBody,
		nowMs = signedAt,
	}: { headers?: Record<string, string>; body?: Buffer; nowMs?: number } = {}) => {
		const { context } = webhookContext({
			credential: credential(),
			call: { url: 'http://n8n.test/' },
		});
		const session = await openSession(context, provider);
		if (!session.ok) throw new Error(session.error.message);
		jest.spyOn(clock, 'now').mockReturnValue(nowMs);
		return await isFromVendor(session.value, {
			headers: lowerCased({ ...signedHeaders, ...headers }),
			body: JSON.parse(rawBody.toString()),
			rawBody: body,
		});
	};

	test('a right one', async () => {
		expect(await check()).toBe(true);
		expect(keyRequests().map(({ headers }) => headers.authorization)).toEqual([undefined]);
	});

	test.each([
		['another body', { body: Buffer.from(rawBody.toString().replace('42', '43')) }],
		['another request', { headers: { 'X-Made-Up-Webhook-Request-Id': 'req_2' } }],
		['another account', { headers: { 'X-Made-Up-Webhook-User-Id': 'user_2' } }],
		['another time', { headers: { 'X-Made-Up-Webhook-Timestamp': '1700000001' } }],
		['no time', { headers: { 'X-Made-Up-Webhook-Timestamp': '' } }],
		['no signature', { headers: { 'X-Made-Up-Webhook-Signature': '' } }],
		['five minutes too late', { nowMs: signedAt + 301_000 }],
		['five minutes too early', { nowMs: signedAt - 301_000 }],
	])('%s: refused', async (_, given) => {
		expect(await check(given)).toBe(false);
	});

	test('a vendor whose keys cannot be had: refused, and asked again the next time', async () => {
		vendor.answerNext('/.well-known/jwks.json', { status: 503 });
		expect(await check()).toBe(false);
		expect(await check()).toBe(true);
	});

	test('the keys are fetched once a day', async () => {
		const day = 24 * 60 * 60_000;
		expect([await check(), await check(), await check({ body: Buffer.from('x') })]).toEqual([
			true,
			true,
			false,
		]);
		expect(keyRequests()).toHaveLength(1);
		const late = { 'X-Made-Up-Webhook-Timestamp': String((signedAt + day) / 1000) };
		await check({ headers: late, nowMs: signedAt + day });
		expect(keyRequests()).toHaveLength(2);
	});
});

const pause = async (parameters: IDataObject = {}) => {
	const { run: parked } = await textToVideo({ parameters: { completion: 'pause', ...parameters } });
	const [waiting] = parked.data.executionData?.nodeExecutionStack ?? [];
	const items = waiting?.data.main?.[0] ?? [];
	expect(items[0]?.json.error).toMatch(/^The video was not collected/);
	return items;
};

const ring = async (
	items: Awaited<ReturnType<typeof pause>>,
	call: Omit<Call, 'url'> & { url?: string },
) => {
	const url = planOf(started[0]).rings[0]?.url ?? '';
	const given = { items, credential: credential(), call: { url, ...call } };
	const { context, answered } = webhookContext(given);
	return { ...(await answerPaused(context)), answered };
};

const planOf = (workflow: IWorkflowBase | undefined) => {
	const poller: INode | undefined = workflow?.nodes[1];
	const plan = readPlan(JSON.parse(String(poller?.parameters.plan)));
	if (plan === undefined) throw new Error('No plan');
	return plan;
};

describe('a paused execution', () => {
	test('remembers the addresses, also in the row that is left when nobody comes', async () => {
		const items = await pause();
		expect(items[0]?.json).toMatchObject({
			taskId: vendor.jobs[0]?.id,
			taskUrls: urlsOf(),
			parked: { task: { taskUrls: urlsOf() } },
		});
	});

	test('a poller’s ring is answered from there', async () => {
		const items = await pause();
		const { body } = planOf(started[0]).rings[0] ?? {};
		await clock.sleep(70_000);
		const { workflowData } = await ring(items, { body });
		expect(workflowData).toMatchObject([
			[{ json: { taskId: vendor.jobs[0]?.id, status: 'succeeded' } }],
		]);
		expect(calls().slice(-2)).toEqual([`GET ${base()}/status`, `GET ${base()}`]);
	});

	describe('the vendor’s callback', () => {
		const called = async (more: object = {}) => {
			const items = await pause();
			const url = vendor.webhooks[0] ?? '';
			expect(new URL(url).searchParams.has(TOKEN_PARAMETER)).toBe(true);
			await clock.sleep(70_000);
			const before = calls().length;
			const callback = vendor.callback({ request_id: vendor.jobs[0]?.id, status: 'OK' });
			const rung = await ring(items, { url, ...callback, ...more });
			const asked = calls()
				.slice(before)
				.filter((call) => call.includes('/requests/'));
			return { ...rung, asked };
		};

		test('with its signature', async () => {
			const { workflowData, asked } = await called();
			expect(workflowData).toMatchObject([[{ json: { status: 'succeeded' } }]]);
			expect(asked).toEqual([`GET ${base()}/status`, `GET ${base()}`]);
		});

		test('with another one: nobody is asked anything', async () => {
			const { answered, workflowData, asked } = await called({ headers: signedHeaders });
			expect(answered.status).toBe(401);
			expect(workflowData).toBeUndefined();
			expect(asked).toEqual([]);
		});
	});
});

describe('a trigger', () => {
	const callbackUrl = 'http://n8n.test/webhook/hook/seedance';

	const notified = async () => {
		const { items } = await textToVideo({ parameters: { completion: 'notify', callbackUrl } });
		expect(items[0]?.json).toMatchObject({ taskId: vendor.jobs[0]?.id, status: 'queued' });
		return planOf(started[0]).rings[0]?.url ?? '';
	};
	const call = async (given: Call) => {
		const parameters = {
			provider,
			events: ['succeeded', 'failed'],
			options: { downloadVideo: false },
		};
		const { context, answered } = webhookContext({
			parameters,
			credential: credential(),
			call: given,
		});
		return { ...(await receiveAtTrigger(context)), answered };
	};

	test('is rung with a token that holds the addresses, and reads the task from there', async () => {
		const url = await notified();
		const claims = readCallbackToken(
			new URL(url).searchParams.get(TOKEN_PARAMETER),
			deriveCallbackKey(API_KEY),
			{ audience: 'hook/seedance', nowMs: clock.now() },
		);
		expect(claims).toMatchObject({ taskId: vendor.jobs[0]?.id, taskUrls: urlsOf() });
		await clock.sleep(70_000);
		const { workflowData } = await call({ url });
		expect(workflowData).toMatchObject([
			[{ json: { taskId: vendor.jobs[0]?.id, status: 'succeeded' } }],
		]);
		expect(calls().slice(-2)).toEqual([`GET ${base()}/status`, `GET ${base()}`]);
	});

	test('takes the vendor’s own call with its signature', async () => {
		await notified();
		const url = vendor.webhooks[0] ?? '';
		await clock.sleep(70_000);
		const callback = vendor.callback({ request_id: vendor.jobs[0]?.id, status: 'OK' });
		const { workflowData } = await call({ url, ...callback });
		expect(workflowData).toMatchObject([
			[{ json: { taskId: vendor.jobs[0]?.id, status: 'succeeded' } }],
		]);
		// The token was made before there was a task, so its address is built.
		expect(calls().at(-1)).toBe(`GET /made-up/seedance-9/requests/${vendor.jobs[0]?.id}`);
	});

	test('refuses the vendor’s call with another one', async () => {
		await notified();
		const url = vendor.webhooks[0] ?? '';
		const body = { request_id: vendor.jobs[0]?.id, status: 'OK' };
		const { answered } = await call({ url, body, headers: signedHeaders });
		expect(answered.status).toBe(401);
	});
});
