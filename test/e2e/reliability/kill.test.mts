import type { Execution } from '../../../lab/n8nClient.mts';
import { call, successBody } from '../callbacks/send.mts';
import { allEnded, createTrigger, submitFor, type Trigger } from '../callbacks/trigger.mts';
import { useStage } from '../stage.mts';
import { finishedExecutions, rowsOf, startTextRun, until } from '../workflows.mts';
import { pausedRun, untilParked } from '../pause/pausedRuns.mts';

const RUNS = 5;
const NOTIFIED = 3;

/** A dead poller is not replaced: the other one comes after three to seven minutes. */
const TIMEOUT_MS = 600_000;

const stage = useStage();
let trigger: Trigger;
let parked: string[];
let lookedAt: string[];

const tasksOf = (label: string) =>
	stage.sandbox.tasks().filter(({ input }) => String(input.prompt).includes(`(${label} `));

const isLookedAt = ({ taskId }: { taskId: string }) =>
	stage.sandbox.requests.some(
		({ operation, path }) => operation === 'status' && path.includes(taskId),
	);

async function killAndRestart(): Promise<void> {
	await stage.n8n.kill();
	await stage.n8n.restart();
}

async function startRuns(label: string): Promise<string[]> {
	const ids: string[] = [];
	for (let run = 0; run < RUNS; run++) {
		const promptSuffix = ` (${label} ${run})`;
		ids.push(await startTextRun(stage, pausedRun('modellix', 1, { promptSuffix })));
	}
	for (const id of ids) await untilParked(stage, id);
	return ids;
}

beforeAll(async () => {
	trigger = await createTrigger(stage);
	await submitFor(stage, trigger.url, { itemCount: NOTIFIED });
	await allEnded(stage);
	await trigger.executions(NOTIFIED);
	parked = await startRuns('parked');
	await killAndRestart();

	lookedAt = await startRuns('looked at');
	// Looks last long, so that the pollers that ring are killed awake.
	const effect = { kind: 'latency', latencyMs: 20_000 } as const;
	stage.sandbox.addFault({ vendor: 'modellix', operation: 'status', effect });
	const areLookedAt = () => tasksOf('looked at').every(isLookedAt);
	await until(areLookedAt, 'the runs are looked at', TIMEOUT_MS);
	await killAndRestart();
	stage.sandbox.clearFaults();
}, TIMEOUT_MS);

function expectEveryVideoOnce(executions: Execution[], label: string): void {
	expect(executions.map(({ status }) => status)).toEqual(executions.map(() => 'success'));
	const rows = executions.flatMap(rowsOf);
	expect(rows.map(({ status }) => status)).toEqual(rows.map(() => 'succeeded'));
	const created = tasksOf(label).map(({ taskId }) => taskId);
	expect(created).toHaveLength(RUNS);
	expect(rows.map(({ taskId }) => String(taskId)).sort()).toEqual(created.sort());
}

test('what a trigger has delivered is known after kill -9', async () => {
	const tasks = stage.sandbox.tasks().filter(({ vendor }) => vendor === 'apikley');
	expect(tasks).toHaveLength(NOTIFIED);
	for (const { callbackUrl, taskId } of tasks) {
		const answer = await call({ url: String(callbackUrl), body: successBody(taskId) });
		expect(answer).toEqual({ status: 200, state: 'delivered' });
	}
	expect(await trigger.executions(NOTIFIED)).toHaveLength(NOTIFIED);
});

test(
	'kill -9 while parked: every run ends with its video, nothing is paid twice',
	async () => expectEveryVideoOnce(await finishedExecutions(stage, parked, TIMEOUT_MS), 'parked'),
	TIMEOUT_MS,
);

test(
	'kill -9 while pollers ring and the vendor is looked at: likewise',
	async () =>
		expectEveryVideoOnce(await finishedExecutions(stage, lookedAt, TIMEOUT_MS), 'looked at'),
	TIMEOUT_MS,
);
