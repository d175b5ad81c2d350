import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sampleVideo } from '../../sandbox/media/embedded.mts';
import { useBench } from './bench.mts';
import { bytesOf } from './harness.mts';

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
	const server = createServer((request, response) => {
		downloads += 1;
		bench.clock().hangs(request);
		response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': 1_000_000 });
		response.write(sampleVideo);
	});
	beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
	afterAll(() => {
		server.closeAllConnections();
		server.close();
	});

	test('is given up after three tries of a quarter of an hour', async () => {
		const { port } = server.address() as AddressInfo;
		const resultJson = JSON.stringify({ resultUrls: [`http://127.0.0.1:${port}/stalls.mp4`] });
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
