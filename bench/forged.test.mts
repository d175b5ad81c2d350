import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowNode } from '../lab/n8nClient.mts';
import {
	attack,
	forgeriesAtPaused,
	forgeriesAtTrigger,
	seen,
	wanted,
	type Answer,
	type Called,
	type Forgery,
	type Scene as Attacked,
} from '../test/e2e/callbacks/forgeries.mts';
import { call, successBody, vendorSignature } from '../test/e2e/callbacks/send.mts';
import { createTrigger, submitFor } from '../test/e2e/callbacks/trigger.mts';
import { until } from '../test/e2e/workflows.mts';
import { createPausedWorkflow, onScene, print, type Scene } from './waits.mts';

const SECRET = 'webhook-secret-of-the-account';
const CALLBACK_SECRET = 'a long random text of the user';
const CALLS = 500;
const REPLAYS = 50;

/** An n8n that has just started delivers nothing. */
const SETTLING_MS = 75_000;
const CALLED_TIMEOUT_MS = 240_000;
const TIMEOUT_MS = 900_000;

const approval: WorkflowNode = {
	name: 'Approval',
	type: 'n8n-nodes-base.wait',
	typeVersion: 1.1,
	position: [900, 0],
	parameters: { resume: 'webhook', httpMethod: 'POST' },
	webhookId: 'approval-of-the-video',
};

let attacker: Server;
let attackerUrl = '';
let attackerHits = 0;
/** While it is set, the vendor's clock stands still, so that no task is finished. */
let frozenAt: number | undefined;

beforeAll(async () => {
	attacker = createServer((_request, response) => {
		attackerHits += 1;
		response.end('not your video');
	});
	await new Promise<void>((resolve) => attacker.listen(0, '127.0.0.1', resolve));
	attackerUrl = `http://127.0.0.1:${(attacker.address() as AddressInfo).port}/forged.mp4`;
});

afterAll(() => {
	attacker?.close();
});

/** The task that the next submission makes, with its callback URL. */
async function newTask({ stage }: Scene, submit: () => Promise<unknown>): Promise<Called> {
	const known = stage.sandbox.tasks().length;
	await submit();
	await until(() => stage.sandbox.tasks().length > known, 'a task is submitted');
	const { taskId = '', callbackUrl = '' } = stage.sandbox.tasks().at(-1) ?? {};
	return { taskId, url: callbackUrl };
}

async function park(scene: Scene, after?: WorkflowNode[]) {
	const run = { vendor: 'apikley', itemCount: 1 } as const;
	const workflow = await createPausedWorkflow(scene, run, after);
	const called = await newTask(scene, async () => await workflow.start(1));
	const [id = ''] = await workflow.runs();
	await scene.stage.client.waitForExecution(id, { statuses: ['waiting'] });
	return { id, called };
}

function report(where: string, answers: Map<Forgery, Answer[]>): void {
	const counts: Record<string, number> = {};
	for (const answer of [...answers.values()].flat().map(String)) {
		counts[answer] = (counts[answer] ?? 0) + 1;
	}
	print(`forged and replayed calls of ${answers.size} kinds ${where}: ${JSON.stringify(counts)}`);
}

/** Has the vendor call until it has happened; a poller may be first. */
async function calledUntil({ stage }: Scene, what: string, isTrue: () => Promise<boolean>) {
	const hasHappened = async () => {
		await stage.sandbox.tick();
		return await isTrue();
	};
	await until(hasHappened, what, CALLED_TIMEOUT_MS, 500);
}

async function measure(scene: Scene): Promise<void> {
	const { stage, collector } = scene;
	const { client, sandbox } = stage;
	const openedAt = Date.now();
	const trigger = await createTrigger(stage);
	const otherTrigger = await createTrigger(stage);
	const submitted = async () =>
		await newTask(scene, async () => await submitFor(stage, trigger.url));
	const finished = await park(scene);
	const later = await park(scene, [approval]);
	const delivered = await submitted();
	// At once, so that it is the callback that delivers, and not a poller.
	await sandbox.tick();
	await trigger.executions(1);
	await sleep(openedAt + SETTLING_MS - Date.now());
	const hasEnded = async (id: string) => (await client.execution(id)).status === 'success';
	await calledUntil(scene, 'the first videos are delivered', async () => {
		const { data } = await client.execution(later.id);
		return data.resultData.lastNodeExecuted === 'Approval' && (await hasEnded(finished.id));
	});

	sandbox.setGenerationMs(5000);
	frozenAt = Date.now();
	const paused = await park(scene);
	const attacked: Attacked = {
		secret: SECRET,
		apiKey: sandbox.apiKeys.apikley,
		callbackSecret: CALLBACK_SECRET,
		attackerUrl,
		paused: paused.called,
		otherPaused: (await park(scene)).called,
		finished: finished.called,
		triggerUrl: trigger.url,
		otherTriggerUrl: otherTrigger.url,
		delivered,
		undelivered: await submitted(),
	};
	const unharmed = [paused.id, later.id];
	const before = await Promise.all(unharmed.map((id) => client.execution(id)));
	const rowsBefore = collector.rows.length;

	const attackedAt = Date.now();
	const atPaused = await attack(attacked, forgeriesAtPaused, CALLS);
	const atTrigger = await attack(attacked, forgeriesAtTrigger, CALLS);
	const replays: number[] = [];
	for (let replay = 0; replay < REPLAYS; replay++) {
		const { taskId, url } = later.called;
		const headers = vendorSignature(taskId, SECRET);
		replays.push((await call({ url, body: successBody(taskId, attackerUrl), headers })).status);
	}
	const seconds = ((Date.now() - attackedAt) / 1000).toFixed(0);
	report('at a paused execution', atPaused);
	report('at a trigger', atTrigger);
	print(
		`true calls replayed at an execution that is parked at a Wait node behind: ` +
			`${replays.length} × ${[...new Set(replays)].join(', ')}; all in ${seconds} s`,
	);
	expect(seen(atPaused)).toEqual(wanted(forgeriesAtPaused));
	expect(seen(atTrigger)).toEqual(wanted(forgeriesAtTrigger));
	expect(new Set(replays)).toEqual(new Set([404]));

	const after = await Promise.all(unharmed.map((id) => client.execution(id)));
	expect(after.map(({ status }) => status)).toEqual(['waiting', 'waiting']);
	expect(after.map(({ data }) => data)).toEqual(before.map(({ data }) => data));
	expect(await trigger.executions(1)).toHaveLength(1);
	expect(await otherTrigger.executions(0)).toEqual([]);
	expect(collector.rows).toHaveLength(rowsBefore);
	expect(attackerHits).toBe(0);

	frozenAt = undefined;
	await calledUntil(scene, 'the true callback is taken', async () => await hasEnded(paused.id));
	const rowOf = ({ taskId }: Called) => collector.rows.filter((row) => row.taskId === taskId);
	const videoUrl = `${sandbox.url}/media/${paused.called.taskId}.mp4`;
	expect(rowOf(paused.called)).toMatchObject([{ videoUrl, status: 'succeeded' }]);
	expect(await trigger.executions(2)).toHaveLength(2);
	expect(attackerHits).toBe(0);
	print('the true callbacks were then taken, with the true videos');
}

test(
	'1,000 forged and replayed calls: none is accepted, and later nodes are unharmed',
	async () => {
		const clock = { now: () => frozenAt ?? Date.now() };
		const sandbox = { clock, generationMs: 1, callbackTickMs: 0, webhookKeys: { apikley: SECRET } };
		await onScene(
			{ apikleyWebhookSecret: SECRET, apikleyCallbackSecret: CALLBACK_SECRET, sandbox },
			measure,
		);
	},
	TIMEOUT_MS,
);
