import type { IExecuteFunctions } from 'n8n-workflow';
import type { VideoOperation, VideoSlot } from '../../../nodes/shared/domain/model';
import { readVideo } from '../../../nodes/shared/n8n/mediaReader';
import { sampleVideo } from '../../../sandbox/media/embedded.mts';
import { errorOf, modelOf, providerOf, valueOf } from '../helpers.mts';

const MEGABYTE = 1024 * 1024;
const signed = 'https://n8n.example.com/rest/binary-data/signed?token=a.b.c';
const videoUrl = 'https://media.example/clip.mp4';

function slotOf(provider: string, model: string, operation: VideoOperation): VideoSlot {
	const { video } = modelOf(provider, model, operation);
	if (video === undefined) throw new Error(`${model} takes no video`);
	return video;
}

interface Given {
	parameters?: Record<string, unknown>;
	json?: Record<string, unknown>;
	/** What n8n says of the file's length. */
	fileSize?: number;
	address?: string;
}

/** n8n with a file on its disk. */
function contextWith({ parameters, json = {}, fileSize, address = signed }: Given) {
	const stored = { id: 'filesystem-v2:1', data: '', mimeType: 'video/mp4', fileName: 'clip.mp4' };
	let reads = 0;
	const context = {
		getNodeParameter: (name: string, _itemIndex: number, fallback: unknown) =>
			parameters?.[name] ?? fallback,
		getInputData: () => [{ json, binary: { data: stored } }],
		helpers: {
			assertBinaryData: () => stored,
			getBinaryMetadata: async () =>
				await Promise.resolve({ fileSize: fileSize ?? sampleVideo.length }),
			async getBinaryStream() {
				reads += 1;
				return await Promise.resolve([sampleVideo.subarray(0, 5000), sampleVideo.subarray(5000)]);
			},
			createBinarySignedUrl: () => address,
		},
	};
	return { context: context as unknown as IExecuteFunctions, reads: () => reads };
}

async function read(provider: string, model: string, operation: VideoOperation, given: Given) {
	const taker = { provider: providerOf(provider), baseUrl: providerOf(provider).baseUrl };
	const { context, reads } = contextWith(given);
	const media = await readVideo(context, taker, slotOf(provider, model, operation), 0);
	return { media, reads };
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
		const { context } = contextWith({ parameters: binary });
		const provider = providerOf('fal');
		const media = valueOf(
			await readVideo(context, { provider, baseUrl: provider.baseUrl }, slotOf(...fal), 0),
		);
		const failing: object = context.helpers;
		Object.assign(failing, {
			getBinaryStream: async () => await Promise.reject(new Error('ENOENT')),
		});
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

	test.each([{ video: 'long' }, { video: { durationSeconds: 'x' } }, { expiresAt: 5 }])(
		'whose facts are none (%j) counts as one without',
		async (json) => {
			expect((await ofRow(json)).ok).toBe(true);
		},
	);
});
