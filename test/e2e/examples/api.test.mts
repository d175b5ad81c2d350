import { randomUUID } from 'node:crypto';
import { findProvider } from '../../../nodes/shared/providers';
import { callers } from '../../../lab/standIns/credentials.mts';
import type { VendorId } from '../stage.mts';
import { until } from '../workflows.mts';
import { TIMEOUT_MS, useExamples, type Changes } from './examples.mts';

const FILE = '17-video-api.json';

const examples = useExamples();

interface Answer {
	status: number;
	body: Record<string, unknown>;
}

/** Publishes the API under an address of its own; gives how somebody with the key calls it. */
async function publish(changes: Changes = {}) {
	const path = `videos-${randomUUID().slice(0, 8)}`;
	await examples.create(FILE, { ...changes, words: { 'seedance-videos': path } });
	const { client } = examples.stage;
	const withKey = { [callers.headerName]: callers.key };
	const post = async (body: unknown, headers: Record<string, string> = withKey) =>
		await client.callWebhook(path, { body, headers });
	return {
		order: async (body: unknown): Promise<Answer> => await read(await post(body)),
		statusWithoutKey: async () => (await post({ prompt: 'A boat' }, {})).status,
		/** Asks until it is decided; n8n itself answers 404 until the address is published. */
		async follow(statusUrl: unknown): Promise<Answer> {
			let answer: Answer = { status: 0, body: {} };
			const isDecided = async () => {
				const headers = { connection: 'close', ...withKey };
				answer = await read(await fetch(String(statusUrl), { headers }));
				return !['queued', 'running'].includes(String(answer.body.status));
			};
			await until(isDecided, 'the video is decided', TIMEOUT_MS, 500);
			return answer;
		},
	};
}

async function read(response: Response): Promise<Answer> {
	return { status: response.status, body: Object(await response.json()) };
}

describe.each<[VendorId | undefined, string]>([
	[undefined, 'wavespeed'],
	['fal', 'fal'],
])('17, %s (%s)', (vendor, provider) => {
	const model = findProvider(vendor)?.defaultModels.textToVideo;
	const parameters: Changes['parameters'] =
		model === undefined ? undefined : { Video: { options: { model } } };

	test(
		'an order is accepted at once, and its address tells when the video is there',
		async () => {
			const api = await publish({ vendor, parameters });
			const prompt = `=A boat, ${provider} $json.headers "quoted" <b>`;
			const accepted = await api.order({ prompt, aspectRatio: '9:16', provider: 'somebody else' });
			expect(accepted).toMatchObject({
				status: 202,
				body: { taskId: expect.any(String), status: expect.stringMatching(/^(queued|running)$/) },
			});
			const done = await api.follow(accepted.body.statusUrl);
			expect(done).toMatchObject({
				status: 200,
				body: {
					taskId: accepted.body.taskId,
					status: 'succeeded',
					videoUrl: expect.stringContaining('.mp4'),
				},
			});
			// What a caller writes is passed on as it is, and decides nothing else.
			const [order, ...others] = examples.stage.sandbox
				.tasks()
				.filter(({ input }) => JSON.stringify(input).includes(JSON.stringify(prompt).slice(1, -1)));
			expect(others).toEqual([]);
			expect(order?.vendor).toBe(provider);
			expect(JSON.stringify(order?.input)).toContain('9:16');
		},
		TIMEOUT_MS,
	);

	test(
		'a video that fails is told as such, and an unknown one is not found',
		async () => {
			const api = await publish({ vendor, parameters });
			const accepted = await api.order({ prompt: `A boat that sinks, ${provider} [fail]` });
			expect(await api.follow(accepted.body.statusUrl)).toMatchObject({
				status: 200,
				body: { status: 'failed', error: expect.stringMatching(/\w/) },
			});
			const [address] = String(accepted.body.statusUrl).split('?');
			const unknown = await api.follow(`${address}?taskId=no-such-task`);
			expect(unknown).toMatchObject({ status: 404, body: { error: expect.any(String) } });
		},
		TIMEOUT_MS,
	);
});

test(
	'without the key nothing is answered, and a wrong order is refused with a reason',
	async () => {
		const api = await publish();
		const before = examples.stage.sandbox.tasks().length;
		expect(await api.statusWithoutKey()).toBe(403);
		for (const body of [
			{},
			{ prompt: ['A boat'] },
			{ prompt: ' ' },
			{ prompt: 'x'.repeat(2001) },
		]) {
			expect(await api.order(body)).toEqual({
				status: 400,
				body: { error: expect.stringContaining('"prompt"') },
			});
		}
		// The node's own rule, because nobody can have meant that for a video.
		expect(await api.order({ prompt: 'A boat of {{ $json.headers }}' })).toEqual({
			status: 422,
			body: { error: expect.stringContaining('not evaluated'), kind: 'invalidInput' },
		});
		expect(await api.order({ prompt: 'A boat', aspectRatio: 'round' })).toEqual({
			status: 400,
			body: { error: expect.stringContaining('"aspectRatio"') },
		});
		expect(examples.stage.sandbox.tasks()).toHaveLength(before);
	},
	TIMEOUT_MS,
);

test(
	'what costs more than the owner allows is refused before it is ordered',
	async () => {
		const options = { maxPrice: 0.0001 };
		const api = await publish({ parameters: { 'Seedance Text to Video': { options } } });
		expect(await api.order({ prompt: 'A golden boat' })).toEqual({
			status: 422,
			body: { error: expect.stringContaining('Max Price'), kind: 'tooExpensive' },
		});
		expect(examples.vendorsAskedFor('A golden boat')).toEqual([]);
	},
	TIMEOUT_MS,
);
