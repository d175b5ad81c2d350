import type { IDataObject } from 'n8n-workflow';
import { clock } from '../../nodes/shared/n8n/clock.ts';
import { sampleImage, sampleVideo } from '../../sandbox/media/embedded.mts';
import { signWebhook } from '../../sandbox/vendors/wavespeedWebhook.mts';
import { bytesOf } from './harness.mts';
import { picture, useVendorBench } from './vendorBench.mts';

const newest = 'bytedance/seedance-2.5/text-to-video';
const ofImage = 'bytedance/seedance-2.5/image-to-video';
const prompt = 'A paper boat drifts down a rain-soaked street';

const { bench, textToVideo, imageToVideo, task, submitted, body, calls, counts } = useVendorBench(
	'wavespeed',
	{ prompt, text: newest, image: ofImage },
);

const callbackUrl = 'https://n8n.example/webhook/abc/seedance';

describe('an order', () => {
	test('with what the node shows by itself, and the row it becomes', async () => {
		const { items } = await textToVideo({ parameters: { downloadVideo: true } });
		expect(bench.creates()).toMatchObject([{ path: `/api/v3/${newest}` }]);
		expect(body()).toEqual({ prompt, aspect_ratio: '16:9', resolution: '720p', duration: 5 });
		const [made] = bench.sandbox().tasks();
		expect(items[0]?.json).toMatchObject({
			taskId: made?.taskId,
			provider: 'wavespeed',
			model: newest,
			status: 'succeeded',
			usage: { usd: 0.6 },
			createdAt: new Date(made?.createdAt ?? 0).toISOString(),
		});
		expect(await bytesOf(items[0])).toEqual(sampleVideo);
		expect(bench.downloads()[0]?.headers.authorization).toBeUndefined();
	});

	test('of a file, which goes to the storage first, as it was told and without the key', async () => {
		const { status } = await imageToVideo({
			parameters: { imageInputType: 'binary', options: { generateAudio: false } },
			items: [{ json: {}, binary: picture('data', 'a.png') }],
		});
		expect(status).toBe('success');
		expect(bench.sandbox().uploads()).toEqual([sampleImage]);
		expect(body()).toMatchObject({ image: /storage/, generate_audio: false });
		const put = bench.requests('upload').find(({ method }) => method === 'PUT');
		expect(put?.headers.authorization).toBeUndefined();
		expect(put?.headers['x-amz-meta-ticket']).toBeDefined();
	});

	test.each<[IDataObject, RegExp]>([
		[{ duration: 31 }, /^Duration must be between 4 and 30 seconds/],
		[{ duration: 3 }, /^Duration must be between 4 and 30 seconds/],
		[{ aspectRatio: 'adaptive' }, /^Aspect Ratio must be one of 16:9/],
		[{ resolution: '8k' }, /^Resolution must be one of 480p, 720p, 1080p, 4k/],
	])('%j is refused before anything is sent', async (parameters, message) => {
		const { error } = await textToVideo({ parameters });
		expect(error?.message).toMatch(message);
		expect(bench.sandbox().requests).toEqual([]);
	});

	test('of a model that is not listed', async () => {
		const options = { additionalParameters: '{"mood": ["calm"]}' };
		await textToVideo({ parameters: { model: 'custom', customModel: 'sandbox/next', options } });
		expect(bench.creates()).toMatchObject([{ path: '/api/v3/sandbox/next', responseStatus: 200 }]);
		expect(body()).toEqual({ prompt, mood: ['calm'] });
	});

	test('an answer without its envelope is the same answer', async () => {
		const record = { id: 'bare', status: 'created', outputs: [] };
		bench.fault({ operation: 'create', effect: { kind: 'http', status: 200, body: record } });
		const done = { id: 'bare', status: 'completed', outputs: ['https://media.example/v.mp4'] };
		bench.fault({ operation: 'status', effect: { kind: 'http', status: 200, body: done } });
		const { items } = await textToVideo();
		expect(items[0]?.json).toMatchObject({ taskId: 'bare', status: 'succeeded' });
	});

	test('a bill that nobody sends holds no video back', async () => {
		bench.fault({ operation: 'result', effect: { kind: 'reset' } });
		const { items } = await textToVideo();
		expect(items[0]?.json).toMatchObject({ status: 'succeeded' });
		expect(items[0]?.json).not.toHaveProperty('usage');
	});

	test('five are ordered a minute', async () => {
		await textToVideo({
			parameters: { completion: 'submit' },
			items: Array.from({ length: 7 }, () => ({ json: {} })),
		});
		const moments = bench.creates().map(({ receivedAt }) => receivedAt);
		expect(moments).toHaveLength(7);
		expect((moments[5] ?? 0) - (moments[0] ?? 0)).toBeGreaterThanOrEqual(60_000);
	});
});

describe('Seedance Task', () => {
	test('the balance, the list, and the end of a record', async () => {
		const row = await submitted();
		const account = await task('getBalance', {}, { resource: 'account' });
		expect(account.items[0]?.json).toMatchObject({ balance: 19.4, currency: 'USD' });
		const listed = await task('getMany', {});
		expect(listed.items.map(({ json }) => json.taskId)).toEqual([row.taskId]);
		const deleted = await task('delete', row);
		expect(deleted.status).toBe('success');
		expect(bench.taskIds()).toEqual([]);
		const again = await task('delete', row);
		expect(again.error?.message).toMatch(/does not know this task/);
	});
});

describe('callbacks', () => {
	test('an address with https:// goes along, and no other', async () => {
		await textToVideo({
			parameters: { completion: 'notify', callbackUrl },
			n8n: { startExecution: () => undefined },
		});
		const { path = '' } = bench.creates()[0] ?? {};
		const sent = new URLSearchParams(path.split('?')[1]).get('webhook');
		expect(sent?.startsWith(`${callbackUrl}?seedance=`)).toBe(true);
		await textToVideo({
			parameters: { completion: 'notify', callbackUrl: callbackUrl.replace('https', 'http') },
			n8n: { startExecution: () => undefined },
		});
		expect(bench.creates()[1]?.path).toBe(`/api/v3/${newest}`);
	});

	test('two hundred forged ones are refused, the true one is not', async () => {
		const seconds = Math.floor(clock.now() / 1000);
		const call = (id: string, text: string, signature: string, at = seconds) => ({
			headers: {
				'webhook-id': id,
				'webhook-timestamp': String(at),
				'webhook-signature': signature,
			},
			rawBody: Buffer.from(text),
		});
		const forge = [
			(id: string, text: string) => call(id, text, ''),
			(id: string, text: string) => call(id, text, `v3,${'0'.repeat(64)}`),
			(id: string, text: string) => call(id, `${text} `, signWebhook(id, seconds, text)),
			(id: string, text: string) => call(`${id}0`, text, signWebhook(id, seconds, text)),
			(id: string, text: string) =>
				call(id, text, signWebhook(id, seconds - 600, text), seconds - 600),
			(id: string, text: string) => call(id, text, signWebhook(id, seconds - 600, text)),
			(id: string, text: string) =>
				call(id, text, signWebhook(id, seconds, text).replace('v3,', 'v1,')),
			(id: string, text: string) => call(id, text, signWebhook(id, seconds, text).slice(0, -2)),
		];
		const verdicts = new Set<boolean>();
		for (let count = 0; count < 200; count++) {
			const id = `task${count}`;
			const made = forge[count % forge.length]?.(id, JSON.stringify({ id }));
			if (made) verdicts.add(await counts(made));
		}
		expect([...verdicts]).toEqual([false]);
		const genuine = call('task', '{"id":"task"}', signWebhook('task', seconds, '{"id":"task"}'));
		expect(await counts(genuine)).toBe(true);
		expect(calls().filter((one) => one.includes('secret'))).toHaveLength(1);
	});
});
