import { openStage, type Stage } from '../test/e2e/stage.mts';
import { createTextWorkflow, rowsOf, until } from '../test/e2e/workflows.mts';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSecondsOf, INSPECTED, leastOf, usageOf, type Usage } from './inspector.mts';

const PARKED = 200;
const WARM_UP = 10;
const STARTED_AT_ONCE = 2;
const GENERATION_MS = 60 * 60_000;
const SETTLE_MS = 60_000;
const SAMPLES = 4;
const RESTING_MS = 60_000;
const LOOKING_MS = 240_000;
const FINISH_TIMEOUT_MS = 900_000;

/** n8n holds nothing of a parked execution; what is measured is what its database and caches keep. */
const MAX_HELD_MB_PER_EXECUTION = 0.5;

/** Half of what a look took when a hidden execution made it itself. */
const MAX_CPU_SECONDS_PER_LOOK = 0.1;

let stage: Stage;
let workflowId: string;
let clockAheadMs = 0;

beforeAll(async () => {
	stage = await openStage({
		env: INSPECTED,
		sandbox: { clock: { now: () => Date.now() + clockAheadMs }, generationMs: GENERATION_MS },
	});
	workflowId = await createTextWorkflow(stage, {
		vendor: 'aimlapi',
		itemCount: 1,
		parameters: { completion: 'pause', options: { timeout: 120 } },
	});
});

afterAll(async () => {
	await stage?.close();
});

const statusOf = async (id: string) => (await stage.client.execution(id)).status;

async function park(count: number): Promise<string[]> {
	const ids: string[] = [];
	const starters = Array.from({ length: STARTED_AT_ONCE }, async () => {
		while (ids.length < count) {
			const slot = ids.push('') - 1;
			ids[slot] = await stage.client.runManually(workflowId);
		}
	});
	await Promise.all(starters);
	for (const id of ids) {
		await until(async () => (await statusOf(id)) === 'waiting', `execution ${id} is parked`);
	}
	return ids;
}

async function finish(ids: string[]): Promise<void> {
	clockAheadMs += GENERATION_MS;
	for (const id of ids) await stage.client.waitForExecution(id, { timeoutMs: FINISH_TIMEOUT_MS });
}

/** The least of some samples, after a while without anything to do but to keep looking. */
async function settledUsage(what: string): Promise<Usage> {
	const samples = [await usageOf(stage.n8n.logs())];
	for (let sample = 0; sample < SAMPLES; sample++) {
		await sleep(SETTLE_MS / SAMPLES);
		samples.push(await usageOf(stage.n8n.logs()));
	}
	const usage = leastOf(samples);
	print(
		`${what}: ${usage.rssMb.toFixed(0)} MB resident, ${usage.heapMb.toFixed(1)} MB heap in use`,
	);
	return usage;
}

const looks = () => stage.sandbox.requests.filter(({ operation }) => operation === 'status').length;

const print = (text: string) => void process.stdout.write(`${text}\n`);

/** CPU time of n8n's main process and looks at the vendor in a while of nothing else. */
async function cpuOfLooking(what: string, forMs: number) {
	const [pid = 0] = stage.n8n.pids();
	const [cpuBefore, looksBefore] = [cpuSecondsOf(pid), looks()];
	await sleep(forMs);
	const cpuSeconds = cpuSecondsOf(pid) - cpuBefore;
	const count = looks() - looksBefore;
	const share = (cpuSeconds / forMs) * 100_000;
	print(
		`${what}: ${cpuSeconds.toFixed(1)} s of CPU and ${count} looks in ${forMs / 1000} s, ` +
			`${share.toFixed(0)} % of a core`,
	);
	return { cpuSeconds, looks: count };
}

test(
	`${PARKED} paused executions take next to no memory, and all resume`,
	async () => {
		// Loads what n8n loads at the first use.
		await finish(await park(WARM_UP));
		const idle = await settledUsage('idle');
		const resting = await cpuOfLooking('idle', RESTING_MS);

		const startedAt = Date.now();
		const ids = await park(PARKED);
		const parkedAfterS = (Date.now() - startedAt) / 1000;
		const parked = await settledUsage(
			`${PARKED} parked (started within ${parkedAfterS.toFixed(0)} s)`,
		);
		const looking = await cpuOfLooking(`${PARKED} parked`, LOOKING_MS);
		const cpuPerLook =
			(looking.cpuSeconds - (resting.cpuSeconds * LOOKING_MS) / RESTING_MS) / looking.looks;
		print(
			`CPU per look: ${(looking.cpuSeconds / looking.looks).toFixed(3)} s, without what n8n ` +
				`takes when idle ${cpuPerLook.toFixed(3)} s`,
		);
		expect(await Promise.all(ids.map(statusOf))).toEqual(ids.map(() => 'waiting'));

		const finishedAt = Date.now();
		await finish(ids);
		const executions = await Promise.all(ids.map((id) => stage.client.execution(id)));
		print(`all ${PARKED} ended within ${((Date.now() - finishedAt) / 1000).toFixed(0)} s`);
		await settledUsage('afterwards');

		expect(executions.map(({ status }) => status)).toEqual(ids.map(() => 'success'));
		const rows = executions.flatMap(rowsOf);
		expect(rows.map(({ status }) => status)).toEqual(ids.map(() => 'succeeded'));
		const created = stage.sandbox.tasks().map(({ taskId }) => taskId);
		expect(created).toHaveLength(WARM_UP + PARKED);
		expect(new Set(rows.map(({ taskId }) => taskId)).size).toBe(PARKED);

		const heldMb = (parked.heapMb - idle.heapMb) / PARKED;
		print(
			`per parked execution: ${(heldMb * 1024).toFixed(0)} kB heap, ` +
				`${(((parked.rssMb - idle.rssMb) * 1024) / PARKED).toFixed(0)} kB resident`,
		);
		expect(heldMb).toBeLessThan(MAX_HELD_MB_PER_EXECUTION);
		expect(cpuPerLook).toBeLessThan(MAX_CPU_SECONDS_PER_LOOK);
	},
	FINISH_TIMEOUT_MS * 3,
);
