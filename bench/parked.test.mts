import { openStage, type Stage } from '../test/e2e/stage.mts';
import { createTextWorkflow, rowsOf, until } from '../test/e2e/workflows.mts';
import { INSPECTED, usageOf, type Usage } from './inspector.mts';

const PARKED = 200;
const WARM_UP = 10;
const STARTED_AT_ONCE = 5;
const GENERATION_MS = 60 * 60_000;
const SETTLE_MS = 60_000;
const SAMPLES = 4;
const FINISH_TIMEOUT_MS = 600_000;
/** n8n holds nothing of a parked execution; what is measured is what its database and caches keep. */
const MAX_HELD_MB_PER_EXECUTION = 0.5;

let stage: Stage;
let workflowId: string;
let clockAheadMs = 0;

beforeAll(async () => {
	stage = await openStage({
		env: INSPECTED,
		sandbox: { clock: { now: () => Date.now() + clockAheadMs }, generationMs: GENERATION_MS },
	});
	workflowId = await createTextWorkflow(stage, {
		vendor: 'modellix',
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
async function settledUsage(): Promise<Usage & { cpuShare: number }> {
	const samples = [await usageOf(stage.n8n.logs())];
	for (let sample = 0; sample < SAMPLES; sample++) {
		await new Promise((resolve) => setTimeout(resolve, SETTLE_MS / SAMPLES));
		samples.push(await usageOf(stage.n8n.logs()));
	}
	const least = (read: (usage: Usage) => number) => Math.min(...samples.map(read));
	const cpuSeconds = samples.map((usage) => usage.cpuSeconds);
	return {
		rssMb: least(({ rssMb }) => rssMb),
		heapMb: least(({ heapMb }) => heapMb),
		cpuSeconds: Math.max(...cpuSeconds),
		cpuShare: (Math.max(...cpuSeconds) - Math.min(...cpuSeconds)) / (SETTLE_MS / 1000),
	};
}

function print(what: string, { rssMb, heapMb, cpuShare }: Usage & { cpuShare: number }): void {
	process.stdout.write(
		`${what}: ${rssMb.toFixed(0)} MB resident, ${heapMb.toFixed(1)} MB heap in use, ` +
			`${(cpuShare * 100).toFixed(0)} % of a core\n`,
	);
}

test(
	`${PARKED} paused executions take next to no memory, and all resume`,
	async () => {
		// Loads what n8n loads at the first use.
		await finish(await park(WARM_UP));
		const idle = await settledUsage();
		print('idle', idle);

		const startedAt = Date.now();
		const ids = await park(PARKED);
		const parkedAfterS = (Date.now() - startedAt) / 1000;
		const parked = await settledUsage();
		print(`${PARKED} parked (started within ${parkedAfterS.toFixed(0)} s)`, parked);
		expect(await Promise.all(ids.map(statusOf))).toEqual(ids.map(() => 'waiting'));

		const finishedAt = Date.now();
		await finish(ids);
		const executions = await Promise.all(ids.map((id) => stage.client.execution(id)));
		process.stdout.write(
			`all ${PARKED} ended within ${((Date.now() - finishedAt) / 1000).toFixed(0)} s\n`,
		);
		const usageAfter = await settledUsage();
		print('afterwards', usageAfter);

		expect(executions.map(({ status }) => status)).toEqual(ids.map(() => 'success'));
		const rows = executions.flatMap(rowsOf);
		expect(rows.map(({ status }) => status)).toEqual(ids.map(() => 'succeeded'));
		const created = stage.sandbox.tasks().map(({ taskId }) => taskId);
		expect(created).toHaveLength(WARM_UP + PARKED);
		expect(new Set(rows.map(({ taskId }) => taskId)).size).toBe(PARKED);

		const heldMb = (parked.heapMb - idle.heapMb) / PARKED;
		process.stdout.write(
			`per parked execution: ${(heldMb * 1024).toFixed(0)} kB heap, ` +
				`${(((parked.rssMb - idle.rssMb) * 1024) / PARKED).toFixed(0)} kB resident\n`,
		);
		expect(heldMb).toBeLessThan(MAX_HELD_MB_PER_EXECUTION);
	},
	FINISH_TIMEOUT_MS * 3,
);
