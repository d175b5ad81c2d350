import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FaultEffect } from '../../../sandbox/index.mts';
import { lastFrameImage, sampleVideo } from '../../../sandbox/media/embedded.mts';
import { useBench } from '../bench.mts';
import { bytesOf, keepBinaryInFolder, keepBinaryInline } from '../harness.mts';

const bench = useBench();

/** Modellix gives a last frame, too. */
const parameters = {
	provider: 'modellix',
	downloadVideo: true,
	options: { returnLastFrame: true },
};

/** What a media host may answer with status 200, and what the error says of it. */
const wrong: Array<[string, FaultEffect, RegExp]> = [
	['a page', { kind: 'html' }, /holds no (mp4|png) file, but text\/html/],
	['a page that claims to be the file', { kind: 'wrongBytes' }, /is no (mp4|png) file/],
	['no byte', { kind: 'empty' }, /the file is empty/],
	['half of it, cut off', { kind: 'truncate', afterBytes: 60 }, /incomplete|aborted/],
	['the most of it, cut off', { kind: 'truncate', afterBytes: 600 }, /incomplete|aborted/],
	['half of it, as if it were whole', { kind: 'truncateClean', afterBytes: 60 }, /incomplete/],
	['the most of it, as if it were whole', { kind: 'truncateClean', afterBytes: 600 }, /incomplete/],
	['all but a byte, as if it were whole', { kind: 'truncateClean', afterBytes: -1 }, /incomplete/],
	['HTTP 500', { kind: 'http', status: 500 }, /HTTP status 500/],
	[
		'HTTP 206',
		{ kind: 'http', status: 206, body: sampleVideo.toString('latin1') },
		/HTTP status 206/,
	],
];

let folder = '';
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'seedance-files-'));
});
afterAll(() => {
	keepBinaryInline();
	rmSync(folder, { recursive: true });
});

describe.each<[string, () => Promise<void> | void]>([
	['in the item', keepBinaryInline],
	['in a folder', async () => await keepBinaryInFolder(folder)],
])('n8n keeps files %s', (_, keep) => {
	beforeEach(keep);

	test('the files as they are', async () => {
		const { items } = await bench.run({ parameters });
		expect(await bytesOf(items[0])).toEqual(sampleVideo);
		expect(await bytesOf(items[0], 'lastFrame')).toEqual(lastFrameImage);
	});

	/** Strikes a file, whose bytes are these. */
	const strike = (whole: Buffer, effect: FaultEffect, times?: number) => {
		const isAllBut = effect.kind === 'truncateClean' && effect.afterBytes < 0;
		const afterBytes = whole.length - 1;
		bench.fault({
			operation: 'media',
			times,
			effect: isAllBut ? { kind: 'truncateClean', afterBytes } : effect,
		});
	};

	/** The same with the file behind the video. */
	const strikeFrame = (effect: FaultEffect, times?: number) => {
		const pass: FaultEffect = { kind: 'latency', latencyMs: 0 };
		bench.fault({ operation: 'media', times: 1, effect: pass });
		strike(lastFrameImage, effect, times);
	};

	describe('video', () => {
		test.each(wrong)(
			'%s: an error with task ID and URL; a retry does not pay',
			async (_, effect, reason) => {
				strike(sampleVideo, effect);
				const failed = await bench.run({ parameters });
				const [taskId] = bench.taskIds();
				expect(failed.error?.message).toMatch(/^The video is finished but could not be downloaded/);
				expect(failed.error?.description).toMatch(reason);
				expect(failed.error?.description).toContain(`Task ID: ${taskId}.`);
				expect(failed.error?.description).toContain(`/media/${taskId}.mp4`);
				expect(failed.items).toEqual([]);

				bench.sandbox().clearFaults();
				const { status, items } = await failed.retry();
				expect([status, items[0]?.json.taskId]).toEqual(['success', taskId]);
				expect(await bytesOf(items[0])).toEqual(sampleVideo);
				expect(await bytesOf(items[0], 'lastFrame')).toEqual(lastFrameImage);
				expect(bench.creates()).toHaveLength(1);
			},
		);

		test('On Error Continue: a row with task ID and URL, and no file', async () => {
			strike(sampleVideo, { kind: 'wrongBytes' });
			const { items } = await bench.run({ parameters, onError: 'continueRegularOutput' });
			const [taskId] = bench.taskIds();
			expect(items[0]?.binary).toBeUndefined();
			expect(items[0]?.json).toMatchObject({
				error: 'The video is finished but could not be downloaded',
				taskId,
				status: 'succeeded',
				videoUrl: expect.stringContaining(`/media/${taskId}.mp4`),
				failure: {
					kind: 'downloadFailed',
					code: 'downloadFailed',
					message: expect.stringMatching(/is no (mp4|png) file/),
				},
			});
		});

		test.each(['html', 'wrongBytes', 'empty'] as const)(
			'%s once: fetched again at once',
			async (kind) => {
				strike(sampleVideo, { kind }, 1);
				const { items } = await bench.run({ parameters });
				expect(await bytesOf(items[0])).toEqual(sampleVideo);
				expect(bench.creates()).toHaveLength(1);
			},
		);
	});

	describe('last frame', () => {
		test.each(wrong)('%s: the video, and a word about it', async (_, effect, reason) => {
			strikeFrame(effect);
			const { status, items } = await bench.run({ parameters });
			expect(status).toBe('success');
			expect(items[0]?.json).toMatchObject({
				status: 'succeeded',
				lastFrameProblem: expect.stringMatching(reason),
			});
			expect(items[0]?.json).not.toHaveProperty('error');
			expect(Object.keys(items[0]?.binary ?? {})).toEqual(['data']);
			expect(await bytesOf(items[0])).toEqual(sampleVideo);
			// The video came down once.
			const videos = bench.downloads().filter(({ path }) => path.endsWith('.mp4'));
			expect(videos).toHaveLength(1);
		});

		test.each(['html', 'wrongBytes', 'empty'] as const)(
			'%s once: fetched again at once',
			async (kind) => {
				strikeFrame({ kind }, 1);
				const { items } = await bench.run({ parameters });
				expect(await bytesOf(items[0], 'lastFrame')).toEqual(lastFrameImage);
				expect(bench.creates()).toHaveLength(1);
			},
		);
	});

	test('a large video without a length is let through whole', async () => {
		bench.sandbox().setMediaPaddingBytes(3_000_000);
		const byteCount = sampleVideo.length + 3_000_000;
		// As many bytes as there are: nothing is missing but the length.
		bench.fault({ operation: 'media', effect: { kind: 'truncateClean', afterBytes: byteCount } });
		const { status, items } = await bench.run({ parameters });
		expect(status).toBe('success');
		expect((await bytesOf(items[0])).length).toBe(byteCount);
	});

	test('a large video without a length that lacks its last byte is not', async () => {
		bench.sandbox().setMediaPaddingBytes(3_000_000);
		const afterBytes = sampleVideo.length + 3_000_000 - 1;
		bench.fault({ operation: 'media', effect: { kind: 'truncateClean', afterBytes } });
		const { error } = await bench.run({ parameters });
		expect(error?.description).toMatch(/incomplete/);
	});
});
