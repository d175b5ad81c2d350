import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallbackDelivery } from '../../../sandbox/types.mts';
import { outputOf } from '../../../scripts/lib/n8nClient.mts';
import { openStage, type Stage } from '../stage.mts';
import { rowsOf, startTextRun, until } from '../workflows.mts';
import {
	forgeriesAtPaused,
	forgeriesAtTrigger,
	type Called,
	type Forgery,
	type Scene,
} from './forgeries.mts';
import { send } from './send.mts';
import { allEnded, createTrigger, submitFor, TRIGGER, type Trigger } from './trigger.mts';

const SECRET = 'webhook-secret-of-the-account';
const GENERATION_MS = 5000;
const CONCURRENCY = 10;
const RESUME_MS = 15_000;
const ATTACK_TIMEOUT_MS = 600_000;

let stage: Stage;
let trigger: Trigger;
let scene: Scene;
let pausedId: string;
let attacker: Server;
let attackerHits = 0;
/** While it is set, the vendor's clock stands still, so that no task is finished. */
let frozenAt: number | undefined;

const tasks = () => stage.sandbox.tasks();

/** The task that the next submission makes, with its callback URL. */
async function newTask(submit: () => Promise<void>): Promise<Called> {
	const known = new Set(tasks().map(({ taskId }) => taskId));
	await submit();
	const fresh = () => tasks().find(({ taskId }) => !known.has(taskId));
	await until(() => fresh() !== undefined, 'a task is submitted');
	return { taskId: String(fresh()?.taskId), url: String(fresh()?.callbackUrl) };
}

async function park(): Promise<{ id: string; called: Called }> {
	let id = '';
	const called = await newTask(async () => {
		id = await startTextRun(stage, {
			vendor: 'apikley',
			itemCount: 1,
			parameters: { completion: 'pause' },
		});
		await stage.client.waitForExecution(id, { statuses: ['waiting'] });
	});
	return { id, called };
}

async function startAttacker(): Promise<string> {
	attacker = createServer((_request, response) => {
		attackerHits += 1;
		response.end('not your video');
	});
	await new Promise<void>((resolve) => attacker.listen(0, '127.0.0.1', resolve));
	return `http://127.0.0.1:${(attacker.address() as AddressInfo).port}/forged.mp4`;
}

beforeAll(async () => {
	const attackerUrl = await startAttacker();
	stage = await openStage({
		apikleyWebhookSecret: SECRET,
		sandbox: {
			clock: { now: () => frozenAt ?? Date.now() },
			generationMs: 1,
			callbackTickMs: 0,
			apikleyWebhookHmacKey: SECRET,
		},
	});
	trigger = await createTrigger(stage);

	const finished = await park();
	const delivered = await newTask(async () => await submitFor(stage, trigger.url));
	await stage.sandbox.tick();
	await stage.client.waitForExecution(finished.id);
	await trigger.executions(1);

	stage.sandbox.setGenerationMs(GENERATION_MS);
	frozenAt = Date.now();
	const paused = await park();
	const otherPaused = await park();
	const undelivered = await newTask(async () => await submitFor(stage, trigger.url));
	pausedId = paused.id;
	scene = {
		secret: SECRET,
		attackerUrl,
		paused: paused.called,
		otherPaused: otherPaused.called,
		finished: finished.called,
		triggerUrl: trigger.url,
		delivered,
		undelivered,
	};
});

afterAll(async () => {
	attacker?.close();
	await stage?.close();
});

/** Sends `count` callbacks, the kinds in turn; gives the answers by kind. */
async function attack(kinds: Forgery[], count: number): Promise<Map<Forgery, number[]>> {
	const answers = new Map(kinds.map((kind) => [kind, [] as number[]]));
	const queue = Array.from({ length: count }, (_, index) => kinds[index % kinds.length]).values();
	const attackers = Array.from({ length: CONCURRENCY }, async () => {
		for (const kind of queue) {
			if (kind) answers.get(kind)?.push(await send(kind.make(scene)));
		}
	});
	await Promise.all(attackers);
	return answers;
}

function report(where: string, answers: Map<Forgery, number[]>): void {
	for (const [{ name }, statuses] of answers) {
		const counts: Record<number, number> = {};
		for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
		process.stdout.write(`${where}, ${name}: ${statuses.length} ${JSON.stringify(counts)}\n`);
	}
}

function expectRefused(answers: Map<Forgery, number[]>): void {
	const got = [...answers].map(([{ name }, statuses]) => [name, [...new Set(statuses)]]);
	expect(got).toEqual([...answers.keys()].map(({ name, answer }) => [name, [answer]]));
}

const looksAt = ({ taskId }: Called) =>
	stage.sandbox.requests.filter(
		({ operation, path }) => operation === 'status' && path.includes(taskId),
	).length;

test(
	'1,000 forged callbacks while the tasks run: nothing starts, nothing wakes, nothing changes',
	async () => {
		const before = await stage.client.execution(pausedId);
		const startedAt = Date.now();
		const atPaused = await attack(forgeriesAtPaused, 500);
		const atTrigger = await attack(forgeriesAtTrigger, 500);
		process.stdout.write(`1,000 forged callbacks in ${(Date.now() - startedAt) / 1000} s\n`);
		report('paused execution', atPaused);
		report('trigger', atTrigger);
		expectRefused(atPaused);
		expectRefused(atTrigger);

		expect(await trigger.executions(1)).toHaveLength(1);
		const after = await stage.client.execution(pausedId);
		expect(after.status).toBe('waiting');
		expect(after.data).toEqual(before.data);
		expect(attackerHits).toBe(0);
	},
	ATTACK_TIMEOUT_MS,
);

test(
	'120 more when the tasks are finished but not yet reported: the vendor is not even asked',
	async () => {
		const strict = (kinds: Forgery[]) => kinds.filter((kind) => !kind.onlyWhileUnfinished);
		// Right after the poller's own look, so that what wakes the execution now is a callback.
		const looksBefore = looksAt(scene.paused);
		await until(() => looksAt(scene.paused) > looksBefore, 'the poller looks', 150_000);
		await new Promise((resolve) => setTimeout(resolve, 2000));
		frozenAt = undefined;
		await allEnded(stage);
		const looks = [scene.paused, scene.undelivered].map(looksAt);
		const atPaused = await attack(strict(forgeriesAtPaused), 60);
		const atTrigger = await attack(strict(forgeriesAtTrigger), 60);
		report('paused execution, task finished', atPaused);
		report('trigger, task finished', atTrigger);
		expect([scene.paused, scene.undelivered].map(looksAt)).toEqual(looks);
		expectRefused(atPaused);
		expectRefused(atTrigger);
		expect(await trigger.executions(1)).toHaveLength(1);
		expect((await stage.client.execution(pausedId)).status).toBe('waiting');
	},
	ATTACK_TIMEOUT_MS,
);

const isTakenBy =
	({ taskId }: Called) =>
	(delivery: CallbackDelivery) =>
		delivery.taskId === taskId && delivery.status === 200;

test('the true callbacks are then taken, with the true videos', async () => {
	const startedAt = Date.now();
	// A keeper that is awake just then has the vendor call again.
	await until(async () => {
		await stage.sandbox.tick();
		return stage.sandbox.callbacks().some(isTakenBy(scene.paused));
	}, 'the true callback is taken');
	const execution = await stage.client.waitForExecution(pausedId, { timeoutMs: RESUME_MS });
	process.stdout.write(`true callback to end of execution: ${Date.now() - startedAt} ms\n`);
	const videoUrl = (taskId: string) => `${stage.sandbox.url}/media/${taskId}.mp4`;
	expect(rowsOf(execution)).toMatchObject([
		{ taskId: scene.paused.taskId, videoUrl: videoUrl(scene.paused.taskId) },
	]);

	const started = await trigger.executions(2);
	const rows = started.flatMap((run) => outputOf(run, TRIGGER).map(({ json }) => json));
	const { delivered, undelivered } = scene;
	expect(rows.map((row) => row.videoUrl).sort()).toEqual(
		[delivered, undelivered].map(({ taskId }) => videoUrl(taskId)).sort(),
	);
	expect(attackerHits).toBe(0);
	expect(JSON.stringify([execution, started])).not.toContain(scene.attackerUrl);
});
