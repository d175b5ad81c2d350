import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sampleVideo } from '../../sandbox/media/embedded.mts';
import { numbered, useBench } from './bench.mts';
import { bytesOf, keepBinaryInFolder, keepBinaryInline } from './harness.mts';
import { useServer } from '../servers.mts';

const bench = useBench();
const parameters = { downloadVideo: true };

test('cut off once: fetched again, whole', async () => {
	bench.fault({ operation: 'media', times: 1, effect: { kind: 'truncate', afterBytes: 1000 } });
	const { items } = await bench.run({ parameters });
	expect(await bytesOf(items[0])).toEqual(sampleVideo);
	expect(bench.downloads()).toHaveLength(2);
	expect(bench.creates()).toHaveLength(1);
});

test.each([404, 429, 500, 503])('HTTP %i once: fetched again', async (status) => {
	bench.fault({ operation: 'media', times: 2, effect: { kind: 'http', status } });
	const { items } = await bench.run({ parameters });
	expect(await bytesOf(items[0])).toEqual(sampleVideo);
	expect(bench.downloads()).toHaveLength(3);
});

test.each([
	['truncate', { kind: 'truncate', afterBytes: 1000 }, 3],
	['reset', { kind: 'reset' }, 3],
	['HTTP 500', { kind: 'http', status: 500 }, 3],
	// Once more at the address that the vendor names when it is asked anew.
	['HTTP 403', { kind: 'http', status: 403 }, 2],
] as const)('%s every time: the error tells the video’s address', async (_, effect, tries) => {
	bench.fault({ operation: 'media', effect });
	const { status, error } = await bench.run({ parameters });
	const [taskId] = bench.taskIds();
	expect(status).toBe('error');
	expect(error?.message).toBe('The video is finished but could not be downloaded [item 0]');
	expect(error?.description).toContain('A retry downloads it again');
	expect(error?.description).toContain(`Video URL: ${bench.sandbox().url}/media/${taskId}.mp4`);
	expect(error?.description).toContain(`Task ID: ${taskId}.`);
	expect(bench.downloads()).toHaveLength(tries);
});

test.each([403, 410])('HTTP %i: the vendor is asked for the address anew, once', async (status) => {
	bench.fault({ operation: 'media', times: 1, effect: { kind: 'http', status } });
	const { items } = await bench.run({ parameters });
	expect(await bytesOf(items[0])).toEqual(sampleVideo);
	expect(bench.downloads()).toHaveLength(2);
	expect(bench.creates()).toHaveLength(1);
});

test('Continue On Fail: the row keeps the video’s address', async () => {
	bench.fault({ operation: 'media', effect: { kind: 'http', status: 403 } });
	const { items } = await bench.run({ parameters, onError: 'continueRegularOutput' });
	const [taskId] = bench.taskIds();
	expect(items[0]?.json).toMatchObject({
		error: 'The video is finished but could not be downloaded',
		taskId,
		status: 'succeeded',
		videoUrl: `${bench.sandbox().url}/media/${taskId}.mp4`,
		failure: { code: 'downloadFailed' },
	});
});

test('a media host that never answers: given up', async () => {
	bench.fault({ operation: 'media', effect: { kind: 'hang' } });
	const { error } = await bench.run({ parameters: { ...parameters, options: { timeout: 60 } } });
	expect(error?.message).toMatch(/^The video is finished but could not be downloaded/);
	expect(bench.downloads()).toHaveLength(3);
});

describe('a media host that stalls in mid-file', () => {
	let downloads = 0;
	const host = useServer((request, response) => {
		downloads += 1;
		bench.clock().hangs(request);
		response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': 1_000_000 });
		response.write(sampleVideo);
	});

	test('is given up after three tries of a quarter of an hour', async () => {
		const resultJson = JSON.stringify({ resultUrls: [`${host()}/stalls.mp4`] });
		const body = { code: 200, data: { taskId: 'task', state: 'success', resultJson } };
		bench.fault({ operation: 'status', effect: { kind: 'http', status: 200, body } });
		const { error } = await bench.run({
			type: 'seedanceTask',
			parameters: { operation: 'get', taskId: 'task' },
		});
		expect(error?.message).toBe('The video is finished but could not be downloaded [item 0]');
		expect(downloads).toBe(3);
		expect(bench.clock().elapsed()).toBe(3 * 15 * 60_000 + 2_000 + 4_000);
	});
});

describe('a media host of its own, with files in n8n’s store', () => {
	let answer: (response: ServerResponse, acceptEncoding: string | undefined) => void;
	let sent = 0;
	const host = useServer(({ headers }, response) => {
		const encoding = headers['accept-encoding'];
		answer(response, Array.isArray(encoding) ? encoding.join() : encoding);
	});
	let folder: string;
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'seedance-binary-'));
		await keepBinaryInFolder(folder);
		sent = 0;
	});
	afterEach(async () => {
		keepBinaryInline();
		await rm(folder, { recursive: true });
	});

	const get = async (options = {}) => {
		const resultJson = JSON.stringify({ resultUrls: [`${host()}/video.mp4`] });
		const body = { code: 200, data: { taskId: 'task', state: 'success', resultJson } };
		bench.fault({ operation: 'status', effect: { kind: 'http', status: 200, body } });
		return await bench.run({
			type: 'seedanceTask',
			parameters: { operation: 'get', taskId: 'task', options },
		});
	};
	const filesLeft = async () => {
		const found = await readdir(folder, { recursive: true, withFileTypes: true });
		return found.filter((file) => file.isFile()).map(({ name }) => name);
	};
	/** Sends and sends, for as long as anybody listens. */
	const pour = (response: ServerResponse, head: Buffer) => {
		const piece = Buffer.alloc(65_536);
		const more = () => {
			while (!response.destroyed) {
				sent += piece.length;
				if (!response.write(piece)) return void response.once('drain', more);
			}
		};
		response.write(head);
		more();
	};

	test('is asked for the file as it is', async () => {
		let asked: string | undefined;
		answer = (response, acceptEncoding) => {
			asked = acceptEncoding;
			response.end(sampleVideo);
		};
		expect(await bytesOf((await get()).items[0])).toEqual(sampleVideo);
		expect(asked).toBe('identity');
	});

	test.each([
		[
			'shorter than before',
			Buffer.concat([
				sampleVideo,
				Buffer.from([0, 1, 0, 8, 0x66, 0x72, 0x65, 0x65]),
				Buffer.alloc(65_536),
			]),
		],
		['longer than before', sampleVideo],
	])('that packs a video all the same, %s', async (_, bytes) => {
		answer = (response) => {
			const packed = gzipSync(bytes);
			response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length });
			response.end(packed);
		};
		expect(await bytesOf((await get()).items[0])).toEqual(bytes);
	});

	test('that breaks off leaves nothing in n8n’s store', async () => {
		answer = (response) => {
			response.writeHead(200, { 'content-length': 1_000_000 });
			response.write(Buffer.concat([sampleVideo, Buffer.alloc(500_000)]), () => response.destroy());
		};
		expect((await get()).error?.message).toContain('could not be downloaded');
		expect(await filesLeft()).toEqual([]);
	});

	test('that sends something else without an end is not listened to', async () => {
		answer = (response) => pour(response, Buffer.from('<!doctype html>'));
		expect((await get()).error?.description).toContain('the file is no mp4 file');
		expect(await filesLeft()).toEqual([]);
		expect(sent).toBeLessThan(3 * 20 * 1024 * 1024);
	});

	test('that sends a video without an end is listened to up to the limit, once', async () => {
		answer = (response) => pour(response, sampleVideo);
		const { error } = await get({ maxFileSize: 5 });
		expect(error?.description).toContain("larger than 5 MB; raise the option 'Max File Size (MB)'");
		expect(await filesLeft()).toEqual([]);
		expect(sent).toBeLessThan(20 * 1024 * 1024);
	});
});

test('a vendor’s answer without an end is read to ten megabytes, and the node goes on', async () => {
	const body = {
		code: 200,
		data: { taskId: 'task', state: 'success', words: 'x'.repeat(11_000_000) },
	};
	bench.fault({ operation: 'status', times: 2, effect: { kind: 'http', status: 200, body } });
	const { items } = await bench.run();
	expect(items[0]?.json.status).toBe('succeeded');
});

test('a nested answer for one of three items is that item’s row, with its task', async () => {
	const error: unknown = JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`);
	bench.fault({
		operation: 'status',
		times: 1,
		effect: { kind: 'http', status: 401, body: { error, message: error } },
	});
	const { items } = await bench.run({
		parameters: { provider: 'aimlapi' },
		items: numbered(3),
		onError: 'continueRegularOutput',
	});
	expect(items.map(({ json }) => json.taskId).toSorted()).toEqual(bench.taskIds().toSorted());
	expect(items.filter(({ json }) => 'error' in json)).toHaveLength(1);
	expect(bench.taskIds()).toHaveLength(3);
});
