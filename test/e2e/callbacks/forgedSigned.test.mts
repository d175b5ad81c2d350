import { generateKeyPairSync, sign } from 'node:crypto';
import { outputOf } from '../../../lab/n8nClient.mts';
import { signWebhook as signByFal } from '../../../sandbox/vendors/falWebhook.mts';
import { signWebhook as signByReplicate } from '../../../sandbox/vendors/replicateWebhook.mts';
import { useSharedStage } from '../stage.mts';
import { rowsOf, startTextRun, until } from '../workflows.mts';
import { call } from './send.mts';
import {
	createTrigger,
	newTask,
	submitFor,
	TRIGGER,
	type CalledTask,
	type Trigger,
} from './trigger.mts';

// fal and Replicate sign every callback with keys that nobody else has.
const TIMEOUT_MS = 300_000;
const OLD_MS = 10 * 60_000;
const FORGERIES = 100;

type Headers = Record<string, string>;

interface Signer {
	bodyOf(taskId: string): object;
	headersOf(taskId: string, body: string, atMs?: number): Headers;
	/** By a key that a forger has made. */
	guess(headers: Headers, body: string): Headers;
}

const seconds = (ms: number) => Math.floor(ms / 1000);

const { privateKey: guessedKey } = generateKeyPairSync('ed25519');

const signers: Record<'fal' | 'replicate', Signer> = {
	fal: {
		bodyOf: (taskId) => ({
			request_id: taskId,
			gateway_request_id: taskId,
			status: 'OK',
			payload: { video: { url: 'https://forger.example/video.mp4' } },
		}),
		headersOf: (taskId, body, atMs = Date.now()) => ({
			'x-fal-webhook-request-id': taskId,
			'x-fal-webhook-user-id': 'sandbox',
			'x-fal-webhook-timestamp': String(seconds(atMs)),
			'x-fal-webhook-signature': signByFal(taskId, seconds(atMs), body),
		}),
		guess: (headers, body) => ({
			...headers,
			'x-fal-webhook-signature': sign(null, Buffer.from(body), guessedKey).toString('hex'),
		}),
	},
	replicate: {
		bodyOf: (id) => ({ id, status: 'succeeded', output: 'https://forger.example/video.mp4' }),
		headersOf: (taskId, body, atMs = Date.now()) => ({
			'webhook-id': `msg_${taskId}`,
			'webhook-timestamp': String(seconds(atMs)),
			'webhook-signature': signByReplicate(`msg_${taskId}`, seconds(atMs), body),
		}),
		guess: (headers, body) => ({
			...headers,
			'webhook-signature': `v1,${Buffer.from(body).toString('base64').slice(0, 43)}=`,
		}),
	},
};

interface Forgery {
	url: string;
	body: object;
	headers: Headers;
}

/** Each is right in all but one thing. */
const forgeries: Record<string, (task: CalledTask, other: CalledTask, by: Signer) => Forgery> = {
	'no signature': ({ url, taskId }, _, by) => ({ url, body: by.bodyOf(taskId), headers: {} }),
	'a signature by another key': ({ url, taskId }, _, by) => {
		const body = by.bodyOf(taskId);
		const text = JSON.stringify(body);
		return { url, body, headers: by.guess(by.headersOf(taskId, text), text) };
	},
	"another call's signature": ({ url, taskId }, other, by) => {
		const headers = by.headersOf(other.taskId, JSON.stringify(by.bodyOf(other.taskId)));
		return { url, body: by.bodyOf(taskId), headers };
	},
	'a body that was changed behind the signature': ({ url, taskId }, _, by) => {
		const body = by.bodyOf(taskId);
		const headers = by.headersOf(taskId, JSON.stringify(body));
		return { url, body: { ...body, more: true }, headers };
	},
	'a true call of ten minutes ago': ({ url, taskId }, _, by) => {
		const body = by.bodyOf(taskId);
		const headers = by.headersOf(taskId, JSON.stringify(body), Date.now() - OLD_MS);
		return { url, body, headers };
	},
	'a call from the future': ({ url, taskId }, _, by) => {
		const body = by.bodyOf(taskId);
		const headers = by.headersOf(taskId, JSON.stringify(body), Date.now() + OLD_MS);
		return { url, body, headers };
	},
	'an old signature under a new time': ({ url, taskId }, _, by) => {
		const body = by.bodyOf(taskId);
		const text = JSON.stringify(body);
		const fresh = by.headersOf(taskId, text);
		const old = by.headersOf(taskId, text, Date.now() - OLD_MS);
		const signature = Object.entries(old).filter(([name]) => name.endsWith('signature'));
		return { url, body, headers: { ...fresh, ...Object.fromEntries(signature) } };
	},
	'the vendor’s own signature without our token': ({ url, taskId }, _, by) => {
		const withoutToken = new URL(url);
		withoutToken.searchParams.delete('seedance');
		const body = by.bodyOf(taskId);
		const headers = by.headersOf(taskId, JSON.stringify(body));
		return { url: withoutToken.href, body, headers };
	},
};

const stage = useSharedStage({
	settled: true,
	sandbox: {
		clock: { now: () => frozenAt ?? Date.now() },
		generationMs: 1000,
		callbackTickMs: 0,
	},
});
/** While it is set, the vendor's clock stands still, so that no task is finished. */
let frozenAt: number | undefined;

async function setScene(vendor: 'fal' | 'replicate') {
	frozenAt = Date.now();
	const trigger: Trigger = await createTrigger(stage, { vendor });
	let pausedId = '';
	const paused = await newTask(stage, async () => {
		const parameters = { completion: 'pause' };
		pausedId = await startTextRun(stage, { vendor, itemCount: 1, parameters });
		await stage.client.waitForExecution(pausedId, { statuses: ['waiting'] });
	});
	const notified = await newTask(
		stage,
		async () => await submitFor(stage, trigger.url, { vendor }),
	);
	return { trigger, pausedId, paused, notified };
}

test.each(['fal', 'replicate'] as const)(
	`%s: ${FORGERIES} forged calls are refused, then the true ones are taken`,
	async (vendor) => {
		const { trigger, pausedId, paused, notified } = await setScene(vendor);
		const kinds = Object.entries(forgeries).flatMap(([name, make]) => [
			{ name: `${name}, paused`, make: () => make(paused, notified, signers[vendor]) },
			{ name: `${name}, trigger`, make: () => make(notified, paused, signers[vendor]) },
		]);
		const answers = new Map<string, Set<string>>();
		for (let count = 0; count < FORGERIES; count += 1) {
			const kind = kinds[count % kinds.length];
			if (kind === undefined) throw new Error('There is always one');
			const { status, state } = await call(kind.make());
			const seen = answers.get(kind.name) ?? new Set();
			answers.set(kind.name, seen.add(`${status} ${String(state)}`));
		}
		expect([...answers]).toEqual(kinds.map(({ name }) => [name, new Set(['401 refused'])]));
		expect((await stage.client.execution(pausedId)).status).toBe('waiting');
		expect(await trigger.executions(0)).toEqual([]);

		frozenAt = undefined;
		await until(
			() => stage.sandbox.tasks().every(({ state }) => state === 'succeeded'),
			'the tasks have ended',
		);
		await stage.sandbox.tick();
		const videoOf = ({ taskId }: CalledTask) =>
			expect.stringContaining(`/media/${taskId}.mp4`) as unknown;
		const execution = await stage.client.waitForExecution(pausedId);
		expect(rowsOf(execution)).toMatchObject([{ taskId: paused.taskId, videoUrl: videoOf(paused) }]);
		const [started, ...others] = await trigger.executions(1);
		expect(others).toEqual([]);
		expect(started && outputOf(started, TRIGGER)[0]?.json).toMatchObject({
			taskId: notified.taskId,
			videoUrl: videoOf(notified),
		});
	},
	TIMEOUT_MS,
);
