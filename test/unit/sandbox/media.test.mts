import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
	lastFrameImage,
	sampleImage,
	sampleSound,
	sampleVideo,
} from '../../../sandbox/media/embedded.mts';
import { createPaths, generationMs, minimal, useSandbox } from './helpers.mts';

const sandbox = useSandbox();
const mediaFile = (name: string) =>
	readFileSync(path.join(__dirname, '../../../sandbox/media', name));
const bytesOf = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());

async function modellixVideoUrl(returnLastFrame = false): Promise<string> {
	const body = { ...minimal.modellix(), return_last_frame: returnLastFrame };
	await sandbox.post('modellix', createPaths.modellix, body);
	return `${sandbox.get().url}/media/${sandbox.get().tasks().at(-1)?.taskId}.mp4`;
}

async function aimlapiVideoUrl(): Promise<string> {
	const body = {
		model: 'bytedance/seedance-1-0-lite-i2v',
		prompt: 'x',
		image_url: `${sandbox.get().url}/media/sample.png`,
	};
	await sandbox.post('aimlapi', createPaths.aimlapiLegacy, body);
	sandbox.clock.advance(generationMs);
	const taskId = sandbox.get().tasks().at(-1)?.taskId ?? '';
	const reply = await sandbox.statusOf('aimlapi', taskId);
	return (reply.body as { video: { url: string } }).video.url;
}

test('what is embedded is what lies beside it, and small', () => {
	expect(sampleVideo.equals(mediaFile('sample.mp4'))).toBe(true);
	expect(lastFrameImage.equals(mediaFile('last-frame.png'))).toBe(true);
	expect(sampleImage.equals(mediaFile('sample.png'))).toBe(true);
	expect(sampleSound.equals(mediaFile('sample.mp3'))).toBe(true);
	for (const { length } of [sampleVideo, lastFrameImage, sampleImage, sampleSound]) {
		expect(length).toBeLessThan(20_000);
	}
});

test('the video, with its length, once the task is finished', async () => {
	const url = await modellixVideoUrl();
	expect((await fetch(url)).status).toBe(404);
	sandbox.clock.advance(generationMs);
	const response = await fetch(url);
	expect(response.status).toBe(200);
	expect(response.headers.get('content-type')).toBe('video/mp4');
	expect(response.headers.get('content-length')).toBe(String(sampleVideo.length));
	expect(Buffer.from(await response.arrayBuffer()).equals(sampleVideo)).toBe(true);
	const head = await fetch(url, { method: 'HEAD' });
	expect(head.headers.get('content-length')).toBe(String(sampleVideo.length));
});

test('the last frame, if it was asked for', async () => {
	const withFrame = (await modellixVideoUrl(true)).replace('.mp4', '.png');
	const without = (await modellixVideoUrl()).replace('.mp4', '.png');
	sandbox.clock.advance(generationMs);
	expect((await bytesOf(withFrame)).equals(lastFrameImage)).toBe(true);
	expect((await fetch(without)).status).toBe(404);
});

test('a sample image to start from', async () => {
	expect((await bytesOf(`${sandbox.get().url}/media/sample.png`)).equals(sampleImage)).toBe(true);
});

test('an API key sent to the media host is refused, and recorded', async () => {
	const url = await modellixVideoUrl();
	sandbox.clock.advance(generationMs);
	const response = await fetch(url, { headers: { authorization: 'Bearer secret' } });
	expect(response.status).toBe(400);
	expect(sandbox.get().requests.at(-1)).toMatchObject({
		vendor: 'modellix',
		operation: 'media',
		responseStatus: 400,
	});
});

test('AI/ML API links work as handed out, for 24 hours', async () => {
	const url = await aimlapiVideoUrl();
	expect((await bytesOf(url)).equals(sampleVideo)).toBe(true);
	const [bare] = url.split('?');
	expect((await fetch(bare ?? '')).status).toBe(403);
	sandbox.clock.advance(86_400_001);
	expect((await fetch(url)).status).toBe(403);
});

test.each(['query', 'setting'])('padding by %s: a valid free box behind the video', async (by) => {
	const paddingBytes = 300_000;
	const url = await modellixVideoUrl();
	sandbox.clock.advance(generationMs);
	if (by === 'setting') sandbox.get().setMediaPaddingBytes(paddingBytes);
	const bytes = await bytesOf(by === 'query' ? `${url}?mediaPaddingBytes=${paddingBytes}` : url);
	expect(bytes.length).toBe(sampleVideo.length + paddingBytes);
	const box = bytes.subarray(sampleVideo.length);
	expect(box.readUInt32BE()).toBe(paddingBytes);
	expect(box.toString('latin1', 4, 8)).toBe('free');
});
