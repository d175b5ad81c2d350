import { Readable } from 'node:stream';
import type { IBinaryData, IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';
import type { Task } from '../../../nodes/shared/domain/task';
import type { FileResponse } from '../../../nodes/shared/domain/vendor';
import { ok } from '../../../nodes/shared/domain/result';
import { downloadTask } from '../../../nodes/shared/n8n/download';
import { lastFrameImage, sampleVideo } from '../../../sandbox/media/embedded.mts';
import { errorOf, valueOf, virtualClock } from '../helpers.mts';

interface Answer {
	statusCode?: number;
	headers?: Record<string, string>;
	/** Of a file; or whatever else n8n gives. */
	body?: unknown;
}

/** What the media host answers to each request, or does instead; the last one stays. */
type Host = Array<Answer | ((options: IHttpRequestOptions) => unknown)>;

interface World {
	hosts?: Record<string, Host>;
	/** Files stand in the items themselves. */
	inItems?: boolean;
	/** An older n8n, which does not tell the length of what it stores. */
	withoutLength?: boolean;
	stopSignal?: AbortSignal;
	/** How long each request takes. */
	requestMs?: number;
	baseUrl?: string;
}

const videoUrl = 'https://media.example/video.mp4';
const lastFrameUrl = 'https://media.example/frame.png';
const task: Task = { taskId: '3f:bytedance/x 1', status: 'succeeded', videoUrl };

const whole = (bytes: Buffer, contentType = 'video/mp4'): Answer => ({
	headers: { 'content-type': contentType, 'content-length': String(bytes.length) },
	body: bytes,
});

function world({
	hosts = {},
	inItems = false,
	withoutLength = false,
	stopSignal,
	requestMs = 0,
	baseUrl = 'https://api.vendor.example',
}: World = {}) {
	const clock = virtualClock(1_000_000);
	const requests: IHttpRequestOptions[] = [];
	const bodies: Readable[] = [];
	const stored = new Map<string, Buffer>();
	const tasks: Array<Task | undefined> = [];
	const counts = new Map<string, number>();

	const httpRequest = async (options: IHttpRequestOptions) => {
		requests.push(options);
		clock.pass(requestMs);
		const host = hosts[options.url] ?? [
			options.url === lastFrameUrl ? whole(lastFrameImage, 'image/png') : whole(sampleVideo),
		];
		const count = counts.get(options.url) ?? 0;
		counts.set(options.url, count + 1);
		const answer = host[Math.min(count, host.length - 1)] ?? {};
		if (typeof answer === 'function') return await Promise.resolve(answer(options));
		const { statusCode = 200, headers = {}, body } = answer;
		if (!Buffer.isBuffer(body)) return { statusCode, headers, body };
		const stream = Readable.from(body.length > 0 ? [body.subarray(0, 5), body.subarray(5)] : []);
		bodies.push(stream);
		return { statusCode, headers, body: stream };
	};
	const prepareBinaryData = async (
		stream: Readable,
		fileName: string,
		mimeType: string,
	): Promise<IBinaryData> => {
		const chunks: Buffer[] = [];
		for await (const chunk of stream) chunks.push(chunk as Buffer);
		const bytes = Buffer.concat(chunks);
		const length = withoutLength ? {} : { bytes: bytes.length };
		if (inItems) return { data: bytes.toString('base64'), fileName, mimeType, ...length };
		const id = `filesystem:${stored.size}`;
		stored.set(id, bytes);
		return { data: 'filesystem', id, fileName, mimeType, ...length };
	};
	const helpers = {
		httpRequest,
		prepareBinaryData,
	};
	const context = { helpers } as unknown as IExecuteFunctions;
	const download = async (
		given: Partial<Task> = {},
		deadlineAt?: number,
		renew?: () => Promise<Task | undefined>,
		maxFileBytes?: number,
	) => {
		const rules = { property: 'clip', deadlineAt, renew, maxFileBytes };
		const ended = await downloadTask(
			context,
			{ clock, stopSignal, baseUrl },
			{ ...task, ...given },
			rules,
		);
		tasks.push(ended.ok ? ended.value.task : undefined);
		return ended.ok ? ok(ended.value.files) : ended;
	};
	const file = (url: string) => requests.filter((request) => request.url === url);
	return {
		clock,
		requests,
		bodies,
		stored,
		tasks,
		download,
		videos: () => file(videoUrl),
		frames: () => file(lastFrameUrl),
	};
}

const minutes = (count: number) => count * 60_000;

describe.each([
	['in n8n’s store', {}],
	['in the items', { inItems: true }],
	['in the store of an older n8n', { withoutLength: true }],
])('%s', (_, kept: World) => {
	test('video and last frame, each under its name', async () => {
		const { download, requests } = world(kept);
		const files = valueOf(await download({ lastFrameUrl }));
		expect(files).toMatchObject({
			clip: { fileName: '3f_bytedance_x_1.mp4', mimeType: 'video/mp4' },
			lastFrame: { fileName: '3f_bytedance_x_1.png', mimeType: 'image/png' },
		});
		expect(Object.keys(files)).toEqual(['clip', 'lastFrame']);
		expect(requests.map(({ url }) => url)).toEqual([videoUrl, lastFrameUrl]);
	});

	test.each<[string, Answer, string]>([
		['no byte', { body: Buffer.alloc(0) }, 'the file is empty'],
		[
			'less than was promised',
			{ ...whole(sampleVideo), body: sampleVideo.subarray(0, 99) },
			`the file is incomplete: 99 of ${sampleVideo.length} bytes`,
		],
		[
			'more than was promised, and half a video',
			{ body: sampleVideo.subarray(0, 200), headers: { 'content-length': '99' } },
			'the file is incomplete: 200 of 99 bytes',
		],
		[
			'a whole video, and far less than was promised',
			{ body: sampleVideo, headers: { 'content-length': String(sampleVideo.length * 2) } },
			`the file is incomplete: ${sampleVideo.length} of ${sampleVideo.length * 2} bytes`,
		],
		['no video', whole(Buffer.from('<!doctype html>'), 'video/mp4'), 'the file is no mp4 file'],
		[
			'no video, of no told length',
			{ body: Buffer.from('<!doctype html>') },
			'the file is no mp4 file',
		],
		['a few bytes', whole(Buffer.from('ftyp')), 'the file is no mp4 file'],
		['an image', whole(lastFrameImage), 'the file is no mp4 file'],
		[
			'half a video of no told length',
			{ body: sampleVideo.subarray(0, 99) },
			'the file is incomplete: it ends after 99 bytes',
		],
		[
			'half a video, packed',
			{
				headers: { 'content-length': '99', 'content-encoding': 'gzip' },
				body: sampleVideo.subarray(0, 99),
			},
			'the file is incomplete: it ends after 99 bytes',
		],
	])('%s is not handed on, but fetched again', async (_, answer, reason) => {
		const broken = world({ ...kept, hosts: { [videoUrl]: [answer] } });
		expect(errorOf(await broken.download({ lastFrameUrl }))).toBe(reason);
		expect(broken.videos()).toHaveLength(3);
		expect(broken.frames()).toEqual([]);

		const mended = world({ ...kept, hosts: { [videoUrl]: [answer, answer, whole(sampleVideo)] } });
		expect(valueOf(await mended.download())).toHaveProperty('clip');
	});

	test.each<[string, Answer]>([
		['of no told length', { body: sampleVideo }],
		[
			'packed, so that the length is another one',
			{ headers: { 'content-length': '5', 'content-encoding': 'gzip' }, body: sampleVideo },
		],
		[
			'that was unpacked on its way, shorter than it was',
			{ headers: { 'content-length': '99' }, body: sampleVideo },
		],
		[
			'that was unpacked on its way, longer than it was',
			{ headers: { 'content-length': String(sampleVideo.length + 23) }, body: sampleVideo },
		],
		['without a type', { headers: {}, body: sampleVideo }],
		[
			'of another type',
			{ headers: { 'content-type': 'application/octet-stream' }, body: sampleVideo },
		],
		['called a text', { headers: { 'content-type': 'text/plain' }, body: sampleVideo }],
	])('a whole video %s is taken', async (_, answer) => {
		const { download, videos } = world({ ...kept, hosts: { [videoUrl]: [answer] } });
		expect(valueOf(await download())).toHaveProperty('clip');
		expect(videos()).toHaveLength(1);
	});

	test.each<[string, Answer, string, number]>([
		['is none', whole(Buffer.from('<!doctype html>'), 'image/png'), 'the file is no png file', 3],
		['is refused', { statusCode: 403 }, 'HTTP status 403', 1],
	])('a last frame that %s costs no video', async (_, answer, lastFrameProblem, tries) => {
		const { download, videos, frames, tasks } = world({
			...kept,
			hosts: { [lastFrameUrl]: [answer] },
		});
		expect(Object.keys(valueOf(await download({ lastFrameUrl })))).toEqual(['clip']);
		expect(tasks).toMatchObject([{ videoUrl, lastFrameUrl, lastFrameProblem }]);
		expect([videos().length, frames().length]).toEqual([1, tries]);
	});
});

describe('names and types follow the bytes', () => {
	const named = (brand: string) => {
		const bytes = Buffer.from(sampleVideo);
		bytes.write(brand, 8, 'latin1');
		return bytes;
	};
	const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xd9]);

	test('a QuickTime file and a JPEG', async () => {
		const hosts = {
			[videoUrl]: [whole(named('qt  '))],
			[lastFrameUrl]: [whole(jpeg, 'image/png')],
		};
		const { download } = world({ hosts });
		expect(valueOf(await download({ lastFrameUrl }))).toMatchObject({
			clip: { fileName: '3f_bytedance_x_1.mov', mimeType: 'video/quicktime' },
			lastFrame: { fileName: '3f_bytedance_x_1.jpg', mimeType: 'image/jpeg' },
		});
	});

	test('a picture in boxes is no video', async () => {
		const { download } = world({ hosts: { [videoUrl]: [whole(named('avif'))] } });
		expect(errorOf(await download())).toBe('the file is no mp4 file');
	});
});

test('what the video says about itself goes with the task', async () => {
	const { download, tasks } = world();
	await download();
	const bytes = sampleVideo.length;
	const video = {
		durationSeconds: 3,
		width: 640,
		height: 360,
		frameRate: 24,
		hasSound: false,
		bytes,
	};
	expect(tasks).toMatchObject([{ video }]);
});

describe('nothing of a file that is refused is kept', () => {
	/** Counts what was read of it. */
	const endless = (head: Buffer) => {
		const seen = { bytes: 0 };
		const pieces = function* () {
			yield head;
			for (;;) {
				seen.bytes += 65_536;
				yield Buffer.alloc(65_536);
			}
		};
		return {
			seen,
			answer: () => ({ statusCode: 200, headers: {}, body: Readable.from(pieces()) }),
		};
	};

	test('no video: only its beginning is read', async () => {
		const { seen, answer } = endless(Buffer.from('<!doctype html>'));
		const { download, stored } = world({ hosts: { [videoUrl]: [answer] } });
		expect(errorOf(await download())).toBe('the file is no mp4 file');
		expect(seen.bytes).toBeLessThan(3 * 32 * 65_536);
		expect(stored.size).toBe(0);
	});

	test('a video without an end: no more than the limit, once', async () => {
		const { seen, answer } = endless(sampleVideo);
		const { download, stored, videos } = world({ hosts: { [videoUrl]: [answer] } });
		const error = errorOf(await download({}, undefined, undefined, 4 * 1024 * 1024));
		expect(error).toContain("larger than 4 MB; raise the option 'Max File Size (MB)'");
		expect(seen.bytes).toBeLessThan(2 * 4 * 1024 * 1024);
		expect([stored.size, videos().length]).toEqual([0, 1]);
	});

	test('a video that is told to be larger: not read at all', async () => {
		const { seen, answer } = endless(sampleVideo);
		const headers = { 'content-length': String(4 * 1024 * 1024 + 1) };
		const hosts = { [videoUrl]: [() => ({ ...answer(), headers })] };
		const { download, stored } = world({ hosts });
		const error = errorOf(await download({}, undefined, undefined, 4 * 1024 * 1024));
		expect(error).toContain('larger than 4 MB');
		expect([stored.size, seen.bytes]).toEqual([0, 0]);
	});

	test('an incomplete video', async () => {
		const { download, stored } = world({
			hosts: { [videoUrl]: [{ body: sampleVideo.subarray(0, 5_000) }] },
		});
		expect(errorOf(await download())).toContain('incomplete');
		expect(stored.size).toBe(0);
	});

	test('a connection that breaks before anybody reads on', async () => {
		const broken = () => {
			const body = new Readable({ read: () => undefined });
			body.push(sampleVideo);
			setImmediate(() => body.destroy(new Error('socket hang up')));
			return { statusCode: 200, headers: {}, body };
		};
		const { download, stored } = world({ hosts: { [videoUrl]: [broken] } });
		expect(errorOf(await download())).toBe('socket hang up');
		expect(stored.size).toBe(0);
	});
});

describe('addresses in a private network', () => {
	const inside = 'http://169.254.169.254/latest/meta-data';
	const sendsOn = (location: string): Answer => ({ statusCode: 302, headers: { location } });

	test.each<[string, World, Partial<Task>]>([
		['named by the vendor', {}, { videoUrl: inside }],
		['reached by a redirect', { hosts: { [videoUrl]: [sendsOn(inside)] } }, {}],
	])('%s: nobody is asked there', async (_, given, said) => {
		const { download, requests } = world(given);
		expect(errorOf(await download(said))).toBe('http://169.254.169.254 lies in a private network');
		expect(requests.filter(({ url }) => url.includes('169.254'))).toEqual([]);
	});

	test('of a vendor that lies there itself are asked', async () => {
		const { download } = world({
			baseUrl: 'http://localhost:3000',
			hosts: { [videoUrl]: [sendsOn('http://10.0.0.7/v.mp4')] },
		});
		expect((await download({ videoUrl: 'http://10.0.0.8/v.mp4' })).ok).toBe(true);
		expect((await download()).ok).toBe(true);
	});
});

describe('redirects', () => {
	test('are followed, relative ones too', async () => {
		const hosts = { [videoUrl]: [{ statusCode: 307, headers: { location: '/other.mp4' } }] };
		const { download, requests } = world({ hosts });
		expect((await download()).ok).toBe(true);
		expect(requests.map(({ url }) => url)).toEqual([videoUrl, 'https://media.example/other.mp4']);
	});

	test('without an end are given up', async () => {
		const hosts = { [videoUrl]: [{ statusCode: 302, headers: { location: videoUrl } }] };
		const { download, videos } = world({ hosts });
		expect(errorOf(await download())).toBe('more than 5 redirects');
		expect(videos()).toHaveLength(18);
	});
});

test('an address that is not found may have expired: the vendor is asked once for another', async () => {
	const hosts = { [videoUrl]: [{ statusCode: 404 }] };
	const { download, requests } = world({ hosts });
	const renewed = `${videoUrl}?2`;
	const renew = async () => await Promise.resolve({ ...task, videoUrl: renewed });
	expect((await download({}, undefined, renew)).ok).toBe(true);
	expect(requests.map(({ url }) => url)).toEqual([videoUrl, renewed]);
});

test('a task without a video has no files', async () => {
	const { download, requests } = world();
	expect(valueOf(await download({ videoUrl: undefined }))).toEqual({});
	expect(requests).toEqual([]);
});

test('asks as a stream, for any status, and sends no more than the address', async () => {
	const { download, requests } = world();
	await download();
	const { abortSignal, ...options } = requests[0] ?? {};
	expect(abortSignal).toBeInstanceOf(AbortSignal);
	expect(options).toEqual({
		method: 'GET',
		url: videoUrl,
		headers: { 'Accept-Encoding': 'identity' },
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
	});
});

describe('a page in the place of a file', () => {
	test.each([
		'text/html',
		'text/html; charset=utf-8',
		'TEXT/HTML',
		'application/json',
		'application/xml',
		'application/xhtml+xml',
		'text/xml',
	])('%s', async (contentType) => {
		const { download, bodies, videos } = world({
			hosts: { [videoUrl]: [{ headers: { 'content-type': contentType }, body: sampleVideo }] },
		});
		expect(errorOf(await download())).toBe(`the address holds no mp4 file, but ${contentType}`);
		expect(videos()).toHaveLength(3);
		expect(bodies.every(({ destroyed }) => destroyed)).toBe(true);
	});
});

describe('an HTTP status', () => {
	test.each([204, 206, 301, 302, 404, 429, 500, 503])('%i may pass', async (statusCode) => {
		const answer = { ...whole(sampleVideo), statusCode };
		const { download, videos, bodies } = world({ hosts: { [videoUrl]: [answer] } });
		expect(errorOf(await download())).toBe(`HTTP status ${statusCode}`);
		expect(videos()).toHaveLength(3);
		expect(bodies.every(({ destroyed }) => destroyed)).toBe(true);

		const mended = world({ hosts: { [videoUrl]: [answer, whole(sampleVideo)] } });
		expect(valueOf(await mended.download())).toHaveProperty('clip');
	});

	test.each([400, 401, 403, 410, 451, 499])('%i is final', async (statusCode) => {
		const { download, videos } = world({ hosts: { [videoUrl]: [{ statusCode }] } });
		expect(errorOf(await download())).toBe(`HTTP status ${statusCode}`);
		expect(videos()).toHaveLength(1);
	});
});

describe('an address that is refused', () => {
	const renewed = `${videoUrl}?2`;
	const refused = { [videoUrl]: [{ statusCode: 403 }] };

	test('gives way to the one that the vendor names now', async () => {
		const { download, requests } = world({
			hosts: { ...refused, [renewed]: [whole(sampleVideo)] },
		});
		const renew = async () => await Promise.resolve({ ...task, videoUrl: renewed });
		expect((await download({}, undefined, renew)).ok).toBe(true);
		expect(requests.map(({ url }) => url)).toEqual([videoUrl, renewed]);
	});

	test('is asked for anew once, and not where the vendor names none', async () => {
		for (const [found, count] of [
			[{ ...task, videoUrl: renewed }, 1],
			[undefined, 1],
		] as const) {
			let asked = 0;
			const { download } = world({ hosts: { ...refused, [renewed]: [{ statusCode: 403 }] } });
			const renew = async () => {
				asked += 1;
				return await Promise.resolve(found);
			};
			expect(errorOf(await download({}, undefined, renew))).toBe('HTTP status 403');
			expect(asked).toBe(count);
		}
	});
});

test.each([undefined, null, 'a text', {}])('%j is no file', async (body) => {
	const { download, videos } = world({ hosts: { [videoUrl]: [{ body }] } });
	expect(errorOf(await download())).toBe('the answer holds no file');
	expect(videos()).toHaveLength(3);
});

test('the network’s own words', async () => {
	const hosts = { [videoUrl]: [() => Promise.reject(new Error('socket hang up'))] };
	const { download, videos } = world({ hosts });
	expect(errorOf(await download())).toBe('socket hang up');
	expect(videos()).toHaveLength(3);
});

test('a breath between the tries, a longer one before the last', async () => {
	const { download, clock } = world({ hosts: { [videoUrl]: [{ statusCode: 500 }] } });
	await download();
	expect(clock.sleeps).toEqual([2_000, 4_000]);
});

test('a breath that is not the same for all', async () => {
	const { download, clock } = world({ hosts: { [videoUrl]: [{ statusCode: 500 }] } });
	clock.chance = 0.8;
	await download();
	expect(clock.sleeps).toEqual([2_400, 4_800]);
});

describe('the time it may take', () => {
	/** A host that sends nothing until the request is given up. */
	const hanging: Host = [
		({ abortSignal }) =>
			new Promise((_, reject) =>
				abortSignal?.addEventListener?.('abort', () => reject(new Error('canceled'))),
			),
	];

	/** The moments, in milliseconds, at which each try began and at which all was given up. */
	async function triesOf(leftMs?: number) {
		const { download, clock, videos } = world({ hosts: { [videoUrl]: hanging } });
		const start = clock.now();
		const moments: number[] = [];
		let seen = 0;
		const ended = download({}, leftMs === undefined ? undefined : start + leftMs);
		let isOver = false;
		void ended.finally(() => (isOver = true));
		while (!isOver) {
			if (videos().length > seen) {
				seen = videos().length;
				moments.push(clock.now() - start);
			}
			clock.pass(1_000);
			await new Promise((resolve) => setImmediate(resolve));
		}
		const took = clock.now() - start;
		return { tries: moments.length, took, error: errorOf(await ended) };
	}

	test('a quarter of an hour for each of three tries', async () => {
		const { tries, took, error } = await triesOf();
		expect([tries, error]).toEqual([3, 'canceled']);
		expect(took).toBeGreaterThanOrEqual(minutes(45));
		expect(took).toBeLessThan(minutes(46));
	});

	test('not beyond the node’s time', async () => {
		const { tries, took } = await triesOf(minutes(20));
		expect(tries).toBe(2);
		expect(took).toBeGreaterThanOrEqual(minutes(20));
		expect(took).toBeLessThan(minutes(21));
	});

	test.each([minutes(0.5), 0, -minutes(5)])('a minute in any case (%i ms left)', async (leftMs) => {
		const { tries, took } = await triesOf(leftMs);
		expect(tries).toBe(1);
		expect(took).toBeGreaterThanOrEqual(minutes(1));
		expect(took).toBeLessThan(minutes(1.1));
	});

	test('a failure after the node’s time is not tried again', async () => {
		const { download, clock, videos } = world({
			hosts: { [videoUrl]: [{ statusCode: 500 }] },
			requestMs: minutes(1),
		});
		await download({}, clock.now() + minutes(1));
		expect(videos()).toHaveLength(1);
	});

	test('a failure before it is', async () => {
		const { download, clock, videos } = world({
			hosts: { [videoUrl]: [{ statusCode: 500 }, whole(sampleVideo)] },
			requestMs: minutes(1),
		});
		expect(valueOf(await download({}, clock.now() + minutes(1) + 1))).toHaveProperty('clip');
		expect(videos()).toHaveLength(2);
	});
});

describe('the user stops the execution', () => {
	const stopped = new Error('stopped by the user');

	test('before it began: nothing is asked', async () => {
		const stop = new AbortController();
		stop.abort(stopped);
		const { download, requests } = world({ stopSignal: stop.signal });
		await expect(download()).rejects.toBe(stopped);
		expect(requests).toEqual([]);
	});

	test('while it comes down: the request is dropped, and no other made', async () => {
		const stop = new AbortController();
		const seen: boolean[] = [];
		const hosts: Record<string, Host> = {
			[videoUrl]: [
				({ abortSignal }) => {
					stop.abort(stopped);
					seen.push(abortSignal?.aborted === true);
					return Promise.reject(new Error('canceled'));
				},
			],
		};
		const { download, videos } = world({ hosts, stopSignal: stop.signal });
		await expect(download()).rejects.toBe(stopped);
		expect(seen).toEqual([true]);
		expect(videos()).toHaveLength(1);
	});

	test('when it has just come down: nothing is handed on', async () => {
		const stop = new AbortController();
		const hosts: Record<string, Host> = {
			[videoUrl]: [
				() => {
					stop.abort(stopped);
					return { statusCode: 200, headers: {}, body: Readable.from([sampleVideo]) };
				},
			],
		};
		const { download } = world({ hosts, stopSignal: stop.signal });
		await expect(download()).rejects.toBe(stopped);
	});

	test('between two tries: the second one is not made', async () => {
		const stop = new AbortController();
		const { download, videos } = world({
			hosts: { [videoUrl]: [{ statusCode: 500 }] },
			stopSignal: stop.signal,
		});
		const ended = download();
		setImmediate(() => stop.abort(stopped));
		await expect(ended).rejects.toBe(stopped);
		expect(videos()).toHaveLength(1);
	});
});

describe('a video that the vendor gives out to its key alone', () => {
	/** Downloads in a world where the vendor's own way leads to the video, and to nothing else. */
	const downloadFrom = async (given: Partial<Task>) => {
		const opened: string[] = [];
		const stored: string[] = [];
		const withKey = Buffer.concat([sampleVideo, Buffer.from('\0\0\0\x08free')]);
		const openFile = async (url: string): Promise<FileResponse | undefined> => {
			opened.push(url);
			const headers = { 'content-type': 'video/mp4' };
			const answer = { statusCode: 200, headers, body: Readable.from([withKey]) };
			return await Promise.resolve(url === videoUrl ? answer : undefined);
		};
		const refuse = async () => await Promise.reject(new Error('Nothing is asked here'));
		const helpers = {
			async httpRequest({ url }: IHttpRequestOptions) {
				const bytes = url === lastFrameUrl ? lastFrameImage : sampleVideo;
				return await Promise.resolve({
					statusCode: 200,
					headers: {},
					body: Readable.from([bytes]),
				});
			},
			async prepareBinaryData(stream: Readable, fileName: string, mimeType: string) {
				const bytes = Buffer.concat(await stream.toArray());
				stored.push(bytes.equals(withKey) ? 'with the key' : 'without it');
				return { data: bytes.toString('base64'), fileName, mimeType };
			},
		};
		const ended = await downloadTask(
			{ helpers } as unknown as IExecuteFunctions,
			{ clock: virtualClock(), transport: { openFile, read: refuse, submit: refuse } },
			{ ...task, lastFrameUrl, ...given },
			{ property: 'clip' },
		);
		expect(Object.keys(valueOf(ended).files)).toEqual(['clip', 'lastFrame']);
		return { opened, stored };
	};

	test('is opened with it, and its last frame is not', async () => {
		expect(await downloadFrom({ videoNeedsKey: true })).toEqual({
			opened: [videoUrl],
			stored: ['with the key', 'without it'],
		});
	});

	test('and no other one is', async () => {
		expect(await downloadFrom({})).toEqual({ opened: [], stored: ['without it', 'without it'] });
	});

	test('lies elsewhere: fetched without the key', async () => {
		const elsewhere = 'https://storage.example/video.mp4';
		expect(await downloadFrom({ videoNeedsKey: true, videoUrl: elsewhere })).toEqual({
			opened: [elsewhere],
			stored: ['without it', 'without it'],
		});
	});
});
