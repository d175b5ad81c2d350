import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStage, seedanceNode, type Stage } from '../../test/e2e/stage.mts';
import { textModels } from '../../test/e2e/workflows.mts';
import { closeDatabase, storedExecutions } from '../database.mts';
import { cpuSecondsOf, INSPECTED, leastOf, usageOf, type Usage } from '../inspector.mts';
import { scale } from './scale.mts';
import { say, type Figure } from './table.mts';
import { createWorkflow, startRowClock } from './workflows.mts';

const TASK_MS = 4 * 60 * 60_000;
const START_TIMEOUT_MS = 900_000;
const WARM_UP = 5;

/** As many that are over already, so that what n8n keeps of any work counts for none that waits. */
const DONE_BEFORE = scale.waits;

const MOST_STARTING = 6;
const MAX_SHARE_OF_MEMORY = 0.01;
const MAX_SHARE_OF_A_CORE = 0.25;
const SAMPLES = 3;
const CPU_MINUTES = 5;

async function settledUsage({ n8n }: Stage): Promise<Usage> {
	const samples: Usage[] = [];
	for (let sample = 0; sample < SAMPLES; sample++) {
		await sleep(scale.settleMs / SAMPLES);
		samples.push(await usageOf(n8n.logs()));
	}
	return leastOf(samples);
}

function databaseMb({ n8n }: Stage): number {
	const file = join(n8n.userFolder, '.n8n', 'database.sqlite');
	const files = [file, `${file}-wal`].filter((path) => existsSync(path));
	return files.reduce((sum, path) => sum + statSync(path).size, 0) / 2 ** 20;
}

/** Minute by minute, because a paused execution is called once in several minutes. */
async function cpuShares({ n8n }: Stage, minutes: number): Promise<number[]> {
	const [pid = 0] = n8n.pids();
	const shares: number[] = [];
	for (let minute = 0; minute < minutes; minute++) {
		const before = cpuSecondsOf(pid);
		await sleep(scale.cpuMs);
		shares.push(((cpuSecondsOf(pid) - before) * 1000) / scale.cpuMs);
	}
	return shares;
}

const mean = (values: readonly number[]) =>
	values.reduce((sum, value) => sum + value, 0) / values.length;

async function measure(completion: 'pause' | 'wait') {
	const stage = await openStage({ env: INSPECTED, sandbox: { generationMs: TASK_MS } });
	const clock = await startRowClock();
	try {
		const workflowOf = (how: string) =>
			createWorkflow(
				stage,
				how,
				1,
				clock.url,
				seedanceNode(stage, 'aimlapi', {
					model: textModels.aimlapi,
					prompt: '={{ $json.prompts }}',
					completion: how,
					downloadVideo: false,
					options: { timeout: 600 },
				}),
			);
		const made = () => stage.sandbox.tasks().length;
		const startUntil = async (count: number, workflow: Awaited<ReturnType<typeof workflowOf>>) => {
			const giveUpAt = Date.now() + START_TIMEOUT_MS;
			let started = made();
			while (made() < count && Date.now() < giveUpAt) {
				if (started < count && started - made() < MOST_STARTING) {
					started += 1;
					await workflow.start();
				} else await sleep(20);
			}
		};
		await startUntil(DONE_BEFORE, await workflowOf('submit'));
		const workflow = await workflowOf(completion);
		await startUntil(DONE_BEFORE + WARM_UP, workflow);
		const before = await settledUsage(stage);
		const [idleCpu = 0] = await cpuShares(stage, 1);
		const databaseBefore = databaseMb(stage);
		await startUntil(DONE_BEFORE + WARM_UP + scale.waits, workflow);
		const count = made() - WARM_UP - DONE_BEFORE;
		say(`  ${completion}: ${count} executions wait`);
		// The first calls of the last ones, which belong to the start.
		await sleep(scale.beginningMs);
		const usage = await settledUsage(stage);
		const shares = await cpuShares(stage, CPU_MINUTES);
		say(
			`  ${completion}: ${shares.map((share) => `${(share * 100).toFixed(0)} %`).join(', ')} of a core`,
		);
		const stored = await storedExecutions(stage);
		const result = {
			count,
			heapKb: ((usage.heapMb - before.heapMb) * 1024) / count,
			residentKb: ((usage.rssMb - before.rssMb) * 1024) / count,
			rows: stored.length - DONE_BEFORE,
			databaseMb: databaseMb(stage) - databaseBefore,
			cpu: mean(shares) - idleCpu,
		};
		say(`  ${completion}: ${JSON.stringify(result)}`);
		return result;
	} finally {
		closeDatabase(stage);
		await stage.close();
		clock.close();
	}
}

/** Figure 5: executions that wait, paused and in the node. */
export async function measureWaiting(): Promise<Figure> {
	const paused = await measure('pause');
	const waiting = await measure('wait');
	const share = paused.residentKb / waiting.residentKb;
	const cells = ({ count, heapKb, residentKb, rows, databaseMb: size, cpu }: typeof paused) => [
		count,
		`${residentKb.toFixed(0)} kB`,
		`${heapKb.toFixed(0)} kB`,
		rows,
		`${size.toFixed(0)} MB`,
		`${(cpu * 60).toFixed(0)} s (${(cpu * 100).toFixed(0)} % of a core)`,
	];
	return {
		title: '5. Executions that wait',
		promise:
			'A paused execution costs at most 1 % of the memory of a waiting one, and 1,000 of them less than a quarter of one core.',
		isKept:
			share <= MAX_SHARE_OF_MEMORY && paused.cpu * (1000 / paused.count) <= MAX_SHARE_OF_A_CORE,
		columns: [
			'',
			'executions',
			'resident memory for each',
			'of it heap',
			'rows of executions',
			'database grew by',
			"n8n's CPU time a minute",
		],
		rows: [
			['Pause the Execution', ...cells(paused)],
			['Wait in the Node', ...cells(waiting)],
		],
		notes: [
			`One item each, no task ready; after garbage collection. A paused execution holds ${(share * 100).toFixed(1)} % of the memory of a waiting one, for which n8n 2.41 keeps a virtual machine for expressions. Most of what a paused one holds is n8n's own list of executions, in which it and its two hidden ones stand like every execution that waits. What n8n takes after ${DONE_BEFORE} executions that are over is taken off. CPU time over ${CPU_MINUTES} minutes, which begin ${scale.beginningMs / 60_000} minutes after the last one was started.`,
		],
	};
}
