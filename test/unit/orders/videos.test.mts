import { toJson } from '../../../nodes/shared/domain/json';
import type { VideoOperation, VideoSlot } from '../../../nodes/shared/domain/model';
import type { Provider } from '../../../nodes/shared/domain/provider';
import { readVideo } from '../../../nodes/shared/orders/mediaReader';
import { sampleVideo } from '../../../sandbox/media/embedded.mts';
import { fileStore, nodeInput } from '../fakes/nodeInput.mts';
import { errorOf, modelOf, providerOf, valueOf, virtualClock } from '../helpers.mts';

const MEGABYTE = 1024 * 1024;
const signed = 'https://n8n.example.com/rest/binary-data/signed?token=a.b.c';
const now = Date.parse('2026-11-20T10:00:00.000Z');
const videoUrl = 'https://media.example/clip.mp4';

function slotOf(provider: string, model: string, operation: VideoOperation): VideoSlot {
	const { video } = modelOf(provider, model, operation);
	if (video === undefined) throw new Error(`${model} takes no video`);
	return video;
}

interface Given {
	parameters?: Record<string, unknown>;
	json?: Record<string, unknown>;
	/** What the host says of the file's length. */
	fileSize?: number;
	address?: string;
}

/** A node with a file on the host's disk. */
function itemWith({ parameters, json = {}, fileSize, address = signed }: Given) {
	const stored = { id: 'store:1', data: '', mimeType: 'video/mp4', fileName: 'clip.mp4' };
	const files = fileStore({ stored, bytes: sampleVideo }, { link: address, size: fileSize });
	const items = [{ json: toJson(json), binary: { data: stored } }];
	return { ...nodeInput({ parameters, items }), ...files };
}

const takerOf = (provider: Provider) => ({
	provider,
	baseUrl: provider.baseUrl,
	clock: virtualClock(now),
});

async function read(provider: string, model: string, operation: VideoOperation, given: Given) {
	const item = itemWith(given);
	const taker = takerOf(providerOf(provider));
	const media = await readVideo(item, taker, slotOf(provider, model, operation), 0);
	return { media, reads: item.opened };
}

const fal = ['fal', 'bytedance/seedance-2.5/reference-to-video', 'extend'] as const;
const wavespeed = ['wavespeed', 'bytedance/seedance-2.5/video-edit', 'edit'] as const;
const modellix = ['modellix', 'seedance-2.0-v2v', 'edit'] as const;
const ark = ['byteplus', 'dreamina-seedance-2-5-260628', 'edit'] as const;
const binary = { videoInputType: 'binary' };
const byUrl = { videoUrl };

describe('a file', () => {
	test('goes by a link of n8n where the vendor has no storage', async () => {
		const { media } = await read(...modellix, { parameters: binary });
		expect(valueOf(media)).toMatchObject({ address: signed });
	});

	test('and where it is too long to be held in memory', async () => {
		const fileSize = 100 * MEGABYTE + 1;
		const { media } = await read(...wavespeed, { parameters: binary, fileSize });
		expect(valueOf(media)).toMatchObject({ address: signed });
		const closed = { parameters: binary, fileSize, address: 'http://localhost:5678/rest/signed' };
		expect(errorOf((await read(...wavespeed, closed)).media)).toMatchObject({
			message:
				"The file 'clip.mp4' has more than 100 MB, and longer ones go to WaveSpeed by URL only",
			description: expect.stringMatching(/WEBHOOK_URL.*'Video URL'\.$/),
		});
	});

	test('is looked through as a stream, and read when it is its turn', async () => {
		const { media, reads } = await read(...fal, { parameters: binary });
		expect(reads()).toBe(1);
		const { slot, ...file } = valueOf(media);
		expect(slot.wireName).toBe('video_urls');
		if (!('large' in file)) throw new Error('It has been read');
		expect(await file.large.open()).toEqual({
			ok: true,
			value: { bytes: sampleVideo, mimeType: 'video/mp4', fileName: 'clip.mp4' },
		});
		expect(reads()).toBe(2);
	});

	test('that is gone by then is the problem of its item, and nothing is ordered', async () => {
		const item = itemWith({ parameters: binary });
		const { size, rest, open } = await item.toOpen({ data: '', mimeType: 'video/mp4' });
		let isGone = false;
		const gone = async () => (isGone ? await Promise.reject(new Error('ENOENT')) : await open());
		const failing = { ...item, toOpen: async () => ({ size, rest, open: gone }) };
		const taker = takerOf(providerOf('fal'));
		const media = valueOf(await readVideo(failing, taker, slotOf(...fal), 0));
		isGone = true;
		if (!('large' in media)) throw new Error('It has been read');
		expect(errorOf(await media.large.open())).toMatchObject({
			message: 'n8n could not read the file: ENOENT',
			certainlyNotTaken: true,
		});
	});

	test('longer than the model takes is not even read', async () => {
		const { media, reads } = await read(...ark, {
			parameters: binary,
			fileSize: 201 * MEGABYTE,
		});
		expect(reads()).toBe(0);
		expect(errorOf(media).message).toBe("The file 'clip.mp4' is too large for BytePlus");
	});
});

describe('a row of a node before', () => {
	const video = { durationSeconds: 5, width: 1280, height: 720, frameRate: 24, bytes: 9_000_000 };
	const ofRow = async (json: Record<string, unknown>) =>
		(await read(...ark, { parameters: byUrl, json: { videoUrl, ...json } })).media;

	test('goes on with its address', async () => {
		expect(valueOf(await ofRow({ video }))).toMatchObject({ address: videoUrl });
		expect(valueOf(await ofRow({}))).toMatchObject({ address: videoUrl });
	});

	test.each([
		[{ durationSeconds: 3 }, /^The video of Video URL has 3 seconds, and BytePlus takes 4 to 30/],
		[{ width: 640, height: 360 }, /^The video of Video URL has a size/],
		[{ bytes: 300 * MEGABYTE }, /^The video of Video URL is too large/],
	])('that has %j is refused', async (more, message) => {
		expect(errorOf(await ofRow({ video: { ...video, ...more } })).message).toMatch(message);
	});

	test('says nothing of another video', async () => {
		const json = { videoUrl: 'https://media.example/other.mp4', video: { durationSeconds: 1 } };
		expect((await read(...ark, { parameters: byUrl, json })).media.ok).toBe(true);
	});

	test('speaks for its own item alone', async () => {
		const rows = [{ ...video, durationSeconds: 3 }, video].map((facts, index) => ({
			json: { videoUrl: `${videoUrl}?${index}`, video: facts },
		}));
		const parameters = (index: number) => ({ videoUrl: rows[index]?.json.videoUrl });
		const item = { ...itemWith({}), ...nodeInput({ parameters, items: rows }) };
		const taker = takerOf(providerOf('byteplus'));
		const readAt = async (index: number) => await readVideo(item, taker, slotOf(...ark), index);
		expect((await readAt(0)).ok).toBe(false);
		expect((await readAt(1)).ok).toBe(true);
		rows.reverse();
		expect((await readAt(0)).ok).toBe(true);
		expect((await readAt(1)).ok).toBe(false);
	});

	test.each([{ video: 'long' }, { video: { durationSeconds: 'x' } }, { expiresAt: 5 }])(
		'whose facts are none (%j) counts as one without',
		async (json) => {
			expect((await ofRow(json)).ok).toBe(true);
		},
	);
});
