import { statSync } from 'node:fs';
import { join } from 'node:path';
import { sampleVideo } from '../../../sandbox/media/embedded.mts';
import { useBrowser } from '../browsers.mts';
import { outputOf, type ExecutionItem } from '../../../lab/n8nClient.mts';
import { createChain, manualTrigger, useSharedStage } from '../stage.mts';
import { loadInBrowser } from './playback.mts';
import { systemNode, systems, type System } from './systems.mts';

/** What the sample's own index says. */
const sampleFacts = {
	bytes: sampleVideo.length,
	durationSeconds: 3,
	width: 640,
	height: 360,
	frameRate: 24,
	hasSound: false,
};

const LARGE_BYTES = 200 * 1024 * 1024;

const stage = useSharedStage();
const browser = useBrowser();

async function generate(system: System): Promise<ExecutionItem[]> {
	const nodes = [manualTrigger, ...(system.before?.(stage) ?? []), systemNode(stage, system)];
	const id = await createChain(stage, system.name, nodes);
	const execution = await stage.client.waitForExecution(await stage.client.runManually(id));
	expect(execution.data.resultData.error).toBeUndefined();
	expect(execution.status).toBe('success');
	return outputOf(execution, 'Seedance');
}

const bytesAt = async (url: unknown) => Buffer.from(await (await fetch(String(url))).arrayBuffer());

async function storedFile(item: ExecutionItem | undefined, field: string) {
	const reference = item?.binary?.[field];
	expect(reference?.id).toMatch(/^filesystem-v2:/);
	return { reference, ...(await stage.client.binary(reference?.id ?? '')) };
}

describe.each(systems)('$name', (system) => {
	let items: ExecutionItem[];
	beforeAll(async () => {
		stage.sandbox.reset();
		items = await generate(system);
	});

	test('puts out one row as the contract says', () => {
		expect(items).toHaveLength(1);
		expect(items[0]?.json).toEqual({
			taskId: stage.sandbox.tasks()[0]?.taskId,
			provider: system.vendor,
			model: system.model,
			status: 'succeeded',
			videoUrl: expect.stringContaining('.mp4'),
			video: sampleFacts,
			prompt: `${system.name}: a paper boat`,
			...system.row,
		});
		expect(items[0]?.pairedItem).toEqual({ item: 0 });
	});

	test('is submitted once, with its image', () => {
		const submissions = stage.sandbox.requests.filter(({ operation }) => operation === 'create');
		expect(submissions).toHaveLength(1);
		const { image, image_url, first_frame_url } = stage.sandbox.tasks()[0]?.input ?? {};
		expect(image ?? image_url ?? first_frame_url).toEqual(system.imageUrl?.(stage));
	});

	test('keeps a playable copy of the video in the binary store', async () => {
		const { reference, bytes, contentType } = await storedFile(items[0], 'data');
		expect(contentType).toContain('video/mp4');
		expect(reference?.fileName).toMatch(/^[\w.-]+\.mp4$/);
		expect(bytes.equals(await bytesAt(items[0]?.json.videoUrl))).toBe(true);
		const playback = await loadInBrowser(browser(), bytes);
		expect(playback.seconds).toBeGreaterThan(0);
		expect(playback.width).toBeGreaterThan(0);
	});

	test('keeps the last frame where it was asked for', async () => {
		expect(Object.keys(items[0]?.binary ?? {})).toEqual(
			system.hasLastFrame ? ['data', 'lastFrame'] : ['data'],
		);
		if (!system.hasLastFrame) return;
		const { bytes, contentType } = await storedFile(items[0], 'lastFrame');
		expect(contentType).toContain('image/png');
		expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
		expect(bytes.equals(await bytesAt(items[0]?.json.lastFrameUrl))).toBe(true);
	});
});

test('a broken file would not count as playable', async () => {
	const broken = Buffer.alloc(14_000, 'not a video');
	await expect(loadInBrowser(browser(), broken)).rejects.toThrow(/DEMUXER|format|playable/i);
});

test('a video of 200 MB is stored whole, in a file', async () => {
	const [system] = systems;
	if (system === undefined) throw new Error('There is no system');
	stage.sandbox.setMediaPaddingBytes(LARGE_BYTES);
	const [item] = await generate(system);
	const [, path = ''] = item?.binary?.data?.id?.split('filesystem-v2:') ?? [];
	// n8n 2.0 has another name for the folder.
	const files = ['storage', 'binaryData'].map((folder) =>
		join(stage.n8n.userFolder, '.n8n', folder, path),
	);
	const stored = files.flatMap((file) => statSync(file, { throwIfNoEntry: false }) ?? []);
	expect(stored.map(({ size }) => size)).toEqual([LARGE_BYTES + sampleVideo.length]);
});
