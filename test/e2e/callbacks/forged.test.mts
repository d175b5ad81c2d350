import { outputOf } from '../../../lab/n8nClient.mts';
import { useSharedStage } from '../stage.mts';
import { rowsOf, startTextRun, until } from '../workflows.mts';
import {
	attack,
	forgeriesAtPaused,
	forgeriesAtTrigger,
	seen,
	wanted,
	type Called,
	type Forgery,
	type Scene,
} from './forgeries.mts';
import { TRIGGER, allEnded, createTrigger, newTask, submitFor, type Trigger } from './trigger.mts';
import { useServer } from '../../servers.mts';

const SECRET = 'webhook-secret-of-the-account';
const CALLBACK_SECRET = 'a long random text of the user';
const TIMEOUT_MS = 300_000;

const stage = useSharedStage({
	settled: true,
	apikleyWebhookSecret: SECRET,
	apikleyCallbackSecret: CALLBACK_SECRET,
	sandbox: {
		clock: { now: () => frozenAt ?? Date.now() },
		generationMs: 1,
		callbackTickMs: 0,
		webhookKeys: { apikley: SECRET },
	},
});
let trigger: Trigger;
let otherTrigger: Trigger;
let attackerHits = 0;
const attacker = useServer((_request, response) => {
	attackerHits += 1;
	response.end('not your video');
});
const attackerUrl = () => `${attacker()}/forged.mp4`;
/** While it is set, the vendor's clock stands still, so that no task is finished. */
let frozenAt: number | undefined;
let finished: Called;
let delivered: Called;

async function park(): Promise<{ id: string; called: Called }> {
	let id = '';
	const called = await newTask(stage, async () => {
		id = await startTextRun(stage, {
			vendor: 'apikley',
			itemCount: 1,
			parameters: { completion: 'pause' },
		});
		await stage.client.waitForExecution(id, { statuses: ['waiting'] });
	});
	return { id, called };
}

const submitted = async () => await newTask(stage, async () => await submitFor(stage, trigger.url));

/** A paused execution and a trigger that both still wait; their tasks run until time goes on. */
async function setScene(): Promise<{ scene: Scene; pausedId: string }> {
	frozenAt = Date.now();
	const { id: pausedId, called: paused } = await park();
	const scene = {
		secret: SECRET,
		apiKey: stage.sandbox.apiKeys.apikley,
		callbackSecret: CALLBACK_SECRET,
		attackerUrl: attackerUrl(),
		paused,
		otherPaused: (await park()).called,
		finished,
		triggerUrl: trigger.url,
		otherTriggerUrl: otherTrigger.url,
		delivered,
		undelivered: await submitted(),
	};
	return { scene, pausedId };
}

beforeAll(async () => {
	trigger = await createTrigger(stage);
	otherTrigger = await createTrigger(stage);

	const first = await park();
	finished = first.called;
	delivered = await submitted();
	await stage.sandbox.tick();
	await stage.client.waitForExecution(first.id);
	await trigger.executions(1);
	stage.sandbox.setGenerationMs(1000);
}, TIMEOUT_MS);

test(
	'80 forged calls while the tasks run: nothing starts, nothing wakes, nothing changes',
	async () => {
		const { scene, pausedId } = await setScene();
		const before = await stage.client.execution(pausedId);
		const atPaused = await attack(scene, forgeriesAtPaused, 54);
		const atTrigger = await attack(scene, forgeriesAtTrigger, 40);
		expect(seen(atPaused)).toEqual(wanted(forgeriesAtPaused));
		expect(seen(atTrigger)).toEqual(wanted(forgeriesAtTrigger));

		expect(await trigger.executions(1)).toHaveLength(1);
		expect(await otherTrigger.executions(0)).toEqual([]);
		const after = await stage.client.execution(pausedId);
		expect(after.status).toBe('waiting');
		expect(after.data).toEqual(before.data);
		expect(attackerHits).toBe(0);
	},
	TIMEOUT_MS,
);

test(
	'40 more when the tasks are finished but not yet reported: refused, the trigger does not even ask; then the true callbacks are taken, with the true videos',
	async () => {
		const strict = (kinds: Forgery[]) => kinds.filter((kind) => !kind.onlyWhileUnfinished);
		// Our own nodes look by themselves, and are not to find out before the true callbacks come.
		stage.sandbox.addFault({ operation: 'status', effect: { kind: 'http', status: 503 } });
		const { scene, pausedId } = await setScene();
		frozenAt = undefined;
		await allEnded(stage);
		const looksOfTrigger = () =>
			stage.sandbox.requests.filter(
				({ operation, path }) => operation === 'status' && path.includes(scene.undelivered.taskId),
			);
		await until(() => looksOfTrigger().length > 0, 'the node that ordered has rung its trigger');
		const own = looksOfTrigger();
		const atPaused = await attack(scene, strict(forgeriesAtPaused), 24);
		const atTrigger = await attack(scene, strict(forgeriesAtTrigger), 19);
		expect(seen(atPaused)).toEqual(wanted(strict(forgeriesAtPaused)));
		expect(seen(atTrigger)).toEqual(wanted(strict(forgeriesAtTrigger)));
		expect(looksOfTrigger()).toEqual(own);
		expect((await stage.client.execution(pausedId)).status).toBe('waiting');

		stage.sandbox.clearFaults();
		await stage.sandbox.tick();
		const execution = await stage.client.waitForExecution(pausedId);
		const videoUrl = ({ taskId }: Called) => `${stage.sandbox.url}/media/${taskId}.mp4`;
		expect(rowsOf(execution)).toMatchObject([
			{ taskId: scene.paused.taskId, videoUrl: videoUrl(scene.paused) },
		]);

		// The first delivery of the file, and the two that waited while they were attacked.
		const started = await trigger.executions(3);
		const rows = started.flatMap((run) => outputOf(run, TRIGGER).map(({ json }) => json));
		expect(rows).toHaveLength(3);
		expect(rows.map((row) => row.videoUrl)).toEqual(
			expect.arrayContaining([videoUrl(delivered), videoUrl(scene.undelivered)]),
		);
		expect(await otherTrigger.executions(0)).toEqual([]);
		expect(attackerHits).toBe(0);
		expect(JSON.stringify([execution, started])).not.toContain(attackerUrl());
	},
	TIMEOUT_MS,
);
