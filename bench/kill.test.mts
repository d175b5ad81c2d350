import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../test/e2e/workflows.mts';
import { hiddenExecutions, isHidden, isUnfinished, storedExecutions } from './database.mts';
import {
	createPausedWorkflow,
	createsAt,
	downloadsAt,
	expectEveryVideoOnce,
	onHeldScene,
	onScene,
	print,
	untilParked,
	restart,
	untilReported,
	type HeldScene,
	type Scene,
} from './waits.mts';

const RUNS = 20;
const GENERATION_MS = 15_000;

/** n8n settles for a minute, the pollers rest as long, and the wide ones a few minutes more. */
const FINISH_TIMEOUT_MS = 600_000;
const RESTART_TIMEOUT_MS = 60_000;

/** Longer than a poller waits for an answer, so that a kill hits all of them in the middle. */
const SLOW_MS = 30_000;

/** Longer than it takes until all of them are under way. */
const SLOW_DOWNLOAD_MS = 180_000;

/** Beyond the wide poller's first round; n8n's own timer comes twenty minutes later. */
const TIMEOUT_MINUTES = 5;
const UNCOLLECTED_TIMEOUT_MS = (TIMEOUT_MINUTES + 25) * 60_000;

/** No vendor's callback helps here. */
const pausedRun = { vendor: 'modellix', itemCount: 1 } as const;

async function expectAllEnd(scene: Scene, what: string): Promise<void> {
	const { stage, collector } = scene;
	const upAt = Date.now();
	await untilReported(scene, RUNS, FINISH_TIMEOUT_MS);
	print(
		`kill -9 ${what}: ${collector.rows.length} of ${RUNS} with video ` +
			`${Math.round((Date.now() - upAt) / 1000)} s after n8n was up, ` +
			`${createsAt(stage)} creates, ${downloadsAt(stage)} downloads`,
	);
	expectEveryVideoOnce(stage, collector.rows);
}

/** The pollers that are awake, by rhythm, and the waits of which both are. */
async function awake({ stage }: Scene) {
	const running = (await hiddenExecutions(stage)).filter(({ status }) => status !== 'waiting');
	const of = (wanted: string) => running.filter(({ rhythm }) => rhythm === wanted);
	const wide = new Set(of('wide').map(({ ringsAt }) => ringsAt));
	return {
		close: of('close').length,
		wide: wide.size,
		both: of('close').filter(({ ringsAt }) => wide.has(ringsAt)).length,
	};
}

async function inAllParked(scene: HeldScene): Promise<void> {
	const workflow = await createPausedWorkflow(scene, pausedRun);
	await workflow.start(RUNS);
	await untilParked(scene.stage, RUNS);
	await restart(scene);
	await expectAllEnd(scene, 'while all are parked');
	expect(downloadsAt(scene.stage)).toBe(RUNS);
}

async function withPollersAwake(scene: HeldScene): Promise<void> {
	const { sandbox } = scene.stage;
	const workflow = await createPausedWorkflow(scene, pausedRun);
	const effect = { kind: 'latency', latencyMs: SLOW_MS } as const;
	sandbox.addFault({ vendor: 'modellix', operation: 'status', effect });
	await workflow.start(RUNS);
	let seen = await awake(scene);
	const areAwake = async () => (seen = await awake(scene)).close === RUNS;
	await untilParked(scene.stage, RUNS);
	await until(areAwake, 'all close pollers are awake', 180_000, 100);
	await restart(scene);
	await expectAllEnd(
		scene,
		`while pollers are awake (${seen.close} close, ${seen.wide} wide, both in ${seen.both})`,
	);
	expect(downloadsAt(scene.stage)).toBe(RUNS);
}

/** The one moment that nobody survives: the wait's own timer ends it, with the task IDs. */
async function withBothPollersAwake(scene: HeldScene): Promise<void> {
	const { stage, collector } = scene;
	const workflow = await createPausedWorkflow(scene, {
		...pausedRun,
		parameters: { options: { timeout: TIMEOUT_MINUTES } },
	});
	const effect = { kind: 'latency', latencyMs: SLOW_MS } as const;
	stage.sandbox.addFault({ vendor: 'modellix', operation: 'status', effect });
	await workflow.start(RUNS);
	await untilParked(stage, RUNS);
	const parkedAt = Date.now();
	let seen = await awake(scene);
	const areAwake = async () => (seen = await awake(scene)).both >= RUNS / 2;
	await until(areAwake, 'both pollers are awake', UNCOLLECTED_TIMEOUT_MS, 100);
	await restart(scene);
	await untilReported(scene, RUNS, UNCOLLECTED_TIMEOUT_MS);
	const failed = collector.rows.filter(({ error }) => error !== undefined);
	const minutes = ((Date.now() - parkedAt) / 60_000).toFixed(1);
	print(
		`kill -9 while both pollers are awake in ${seen.both} of ${RUNS} waits: ` +
			`${RUNS - failed.length} with video, ${failed.length} with an error and the task ID ` +
			`${minutes} min after parking, ${createsAt(stage)} creates`,
	);
	const created = stage.sandbox.tasks().map(({ taskId }) => taskId);
	expect(collector.rows.map(({ taskId }) => taskId).sort()).toEqual(created.sort());
	expect(failed).toHaveLength(seen.both);
	for (const row of failed) {
		expect(row.error).toMatch(/^The video was not collected/);
		expect(row).not.toHaveProperty('videoUrl');
	}
	expect(createsAt(stage)).toBe(RUNS);
}

async function whileDownloading(scene: HeldScene): Promise<void> {
	const { stage } = scene;
	const workflow = await createPausedWorkflow(scene, pausedRun);
	const effect = { kind: 'latency', latencyMs: SLOW_DOWNLOAD_MS } as const;
	stage.sandbox.addFault({ vendor: 'modellix', operation: 'media', effect });
	await workflow.start(RUNS);
	await untilParked(stage, RUNS);
	scene.release();
	await until(() => downloadsAt(stage) >= RUNS, 'all download', 180_000, 50);
	const seen = await awake(scene);
	await restart(scene);
	await expectAllEnd(
		scene,
		`while the parked nodes download (${seen.close} close pollers awake, ${seen.wide} wide)`,
	);
	expect(downloadsAt(stage)).toBe(2 * RUNS);
}

async function afterSubmitting(scene: Scene): Promise<void> {
	const { stage, collector } = scene;
	const workflow = await createPausedWorkflow(scene, pausedRun);
	for (let run = 0; run < RUNS; run++) {
		await workflow.start(1);
		await until(() => stage.sandbox.tasks().length > run, 'the task is created', 60_000, 2);
		// From the very moment of the vendor's answer to well after parking.
		await sleep(run * 15);
		await restart(scene);
	}
	const isOver = async () => {
		const stored = await storedExecutions(stage);
		const lookedAfter = new Set(
			stored.filter((one) => isHidden(one) && isUnfinished(one)).map(({ ringsAt }) => ringsAt),
		);
		return stored.every((one) => isHidden(one) || !isUnfinished(one) || !lookedAfter.has(one.id));
	};
	await until(isOver, 'no run is looked after any more', FINISH_TIMEOUT_MS, 1000);
	await sleep(5000);
	const parents = (await storedExecutions(stage)).filter((stored) => !isHidden(stored));
	const counted = (wanted: string) => parents.filter(({ status }) => status === wanted).length;
	const logs = stage.n8n.logs();
	const logged = stage.sandbox.tasks().filter(({ taskId }) => logs.includes(taskId));
	print(
		`kill -9 0 to ${(RUNS - 1) * 15} ms after submitting: ${collector.rows.length} of ${RUNS} ` +
			`with video, ${counted('crashed')} crashed, ${counted('waiting')} parked with no poller ` +
			`left, ${createsAt(stage)} creates, ${logged.length} task IDs in the log`,
	);
	expect(createsAt(stage)).toBe(RUNS);
	expect(parents).toHaveLength(RUNS);
	expect(collector.rows).toHaveLength(counted('success'));
	expect(collector.rows.map(({ status }) => status)).toEqual(collector.rows.map(() => 'succeeded'));
	expect(counted('success') + counted('crashed') + counted('waiting')).toBe(RUNS);
	// What an earlier process wrote is in the log, too; a line may have been on its way.
	const known = new Set([...collector.rows, ...logged].map(({ taskId }) => taskId));
	print(`kill -9 after submitting: ${known.size} of ${RUNS} task IDs in rows or log`);
}

const moments: Array<[name: string, run: () => Promise<void>]> = [
	['while all are parked', async () => await onHeldScene(inAllParked)],
	[
		'while the close poller is awake in all of them',
		async () => await onHeldScene(withPollersAwake),
	],
	['while the parked nodes download', async () => await onHeldScene(whileDownloading)],
];

// At the same time.
test.concurrent(
	'kill -9 while both pollers are awake: rows with the task IDs when the time is up',
	async () => await onHeldScene(withBothPollersAwake),
	UNCOLLECTED_TIMEOUT_MS + 600_000,
);

test.concurrent.each(moments)(
	'kill -9 %s: every run ends with its video, nothing is paid twice',
	async (_, run) => await run(),
	FINISH_TIMEOUT_MS + 600_000,
);

// By itself, because its moments are milliseconds.
test(
	'kill -9 right after submitting: no run pays twice, and no task ID is lost',
	async () => await onScene({ sandbox: { generationMs: GENERATION_MS } }, afterSubmitting),
	RUNS * RESTART_TIMEOUT_MS + FINISH_TIMEOUT_MS,
);
