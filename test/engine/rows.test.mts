import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { isObject } from '../../nodes/shared/domain/json.ts';
import { lastFrameImage, sampleVideo } from '../../sandbox/media/embedded.mts';
import { generationMs, useBench } from './bench.mts';
import { bytesOf, keepBinaryInFolder, keepBinaryInline } from './harness.mts';
import { on, systems, type System } from './systems.mts';
import { startOfTime } from './virtualClock.mts';

/** What was ordered, of that which went out. */
function orderedOf({ minimal: { body } }: System) {
	const sent = { ...body, ...(isObject(body.input) ? body.input : {}) };
	const { prompt = textIn(body), duration, resolution } = sent;
	const aspectRatio = sent.aspect_ratio ?? sent.ratio;
	return {
		prompt,
		...(duration !== undefined && { duration: Number(duration) }),
		...(resolution !== undefined && { resolution }),
		...(aspectRatio !== undefined && { aspectRatio }),
	};
}

/** Ark has it in the parts of its content. */
function textIn({ content }: IDataObject): unknown {
	const [first] = Array.isArray(content) ? content : [];
	return isObject(first) ? first.text : undefined;
}

const bench = useBench();
const iso = (ms: number) => new Date(ms).toISOString();

describe.each(systems)('$name', (system) => {
	test('row and file', async () => {
		const { items, run } = await bench.run(
			on(system, { ...system.minimal.parameters, downloadVideo: true }),
		);

		const [task] = bench.sandbox().tasks();
		const times = {
			createdAt: iso(startOfTime),
			completedAt: iso(startOfTime + generationMs),
		};
		expect(items).toEqual([
			{
				json: {
					taskId: task?.taskId,
					provider: system.provider,
					model: system.model,
					status: 'succeeded',
					videoUrl: expect.stringMatching(/^http:\/\/127.0.0.1:\d+\/media\/.+\.mp4/),
					...orderedOf(system),
					...(system.tellsSeed && { seed: expect.any(Number) }),
					...(system.usage && { usage: system.usage }),
					video: {
						durationSeconds: 3,
						width: 640,
						height: 360,
						frameRate: 24,
						hasSound: false,
						bytes: sampleVideo.length,
					},
					...(system.tellsTimes && times),
					...(system.tellsExpiry && {
						expiresAt: iso(startOfTime + generationMs + 86_400_000),
					}),
				},
				binary: {
					data: expect.objectContaining({
						mimeType: 'video/mp4',
						fileExtension: 'mp4',
						fileName: `${task?.taskId.replaceAll(/[^\w.-]/g, '_')}.mp4`,
					}),
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(await bytesOf(items[0])).toEqual(sampleVideo);
		expect(run.finished).toBe(true);
	});

	test('Submit Only: the task at once', async () => {
		const { items } = await bench.run(
			on(system, { ...system.minimal.parameters, completion: 'submit' }),
		);
		const row = {
			taskId: bench.taskIds()[0],
			provider: system.provider,
			model: system.model,
			status: 'queued',
		};
		expect(items).toMatchObject([{ json: row, pairedItem: { item: 0 } }]);
		expect(items[0]?.binary).toBeUndefined();
		expect(items[0]?.json).not.toHaveProperty('raw');
		expect(bench.checks()).toEqual([]);
		expect(bench.clock().elapsed()).toBe(0);
	});
});

test('Return Last Frame: the PNG beside the video', async () => {
	const { items } = await bench.run({
		parameters: {
			provider: 'modellix',
			downloadVideo: true,
			options: { returnLastFrame: true },
		},
	});
	const taskId = bench.taskIds()[0];
	expect(items[0]?.json.lastFrameUrl).toBe(`${bench.sandbox().url}/media/${taskId}.png`);
	expect(items[0]?.binary?.lastFrame).toMatchObject({
		mimeType: 'image/png',
		fileName: `${taskId}.png`,
	});
	expect(await bytesOf(items[0], 'lastFrame')).toEqual(lastFrameImage);
	expect(await bytesOf(items[0])).toEqual(sampleVideo);
	expect(bench.downloads().map(({ headers }) => headers.authorization)).toEqual([
		undefined,
		undefined,
	]);
});

test('Download Video off: the URL only', async () => {
	const { items } = await bench.run({ parameters: { downloadVideo: false } });
	expect(items[0]?.json.videoUrl).toMatch(/\.mp4$/);
	expect(items[0]?.binary).toBeUndefined();
	expect(bench.downloads()).toEqual([]);
});

test('the file goes into the field that the user names', async () => {
	const { items } = await bench.run({
		parameters: { downloadVideo: true, binaryPropertyName: 'clip' },
	});
	expect(Object.keys(items[0]?.binary ?? {})).toEqual(['clip']);
	expect(await bytesOf(items[0], 'clip')).toEqual(sampleVideo);
});

test.each(systems)('Simplify off adds the answer of $name', async (system) => {
	const { items } = await bench.run(
		on(system, { ...system.minimal.parameters, simplify: false, downloadVideo: false }),
	);
	const raw = JSON.stringify(items[0]?.json.raw);
	expect(raw).toContain(bench.taskIds()[0]);
	expect(raw).toMatch(/"(success|completed|succeeded)"/);
});

describe('with binary data in the file system', () => {
	let folder: string;
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'seedance-binary-'));
		await keepBinaryInFolder(folder);
	});
	afterEach(async () => {
		keepBinaryInline();
		await rm(folder, { recursive: true });
	});

	test('the file is stored, the item only refers to it', async () => {
		const padding = 3_000_000;
		bench.sandbox().setMediaPaddingBytes(padding);
		const { items } = await bench.run({ parameters: { downloadVideo: true } });

		expect(items[0]?.binary?.data).toMatchObject({ data: 'filesystem-v2', mimeType: 'video/mp4' });
		const bytes = await bytesOf(items[0]);
		expect(bytes).toHaveLength(sampleVideo.length + padding);
		expect(bytes.subarray(0, sampleVideo.length)).toEqual(sampleVideo);
		const files = await readdir(folder, { recursive: true, withFileTypes: true });
		expect(files.filter((file) => file.isFile()).length).toBeGreaterThan(0);
	});

	test('a download that breaks off is not taken for the video', async () => {
		bench.fault({ operation: 'media', times: 1, effect: { kind: 'truncate', afterBytes: 5000 } });
		const { items } = await bench.run({ parameters: { downloadVideo: true } });
		expect(await bytesOf(items[0])).toEqual(sampleVideo);
		expect(bench.downloads()).toHaveLength(2);
	});
});
