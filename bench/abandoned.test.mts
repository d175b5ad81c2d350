import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowNode } from '../lab/n8nClient.mts';
import { openStage } from '../test/e2e/stage.mts';
import { until } from '../test/e2e/workflows.mts';
import { closeDatabase, hiddenExecutions } from './database.mts';
import {
	createPausedWorkflow,
	createsAt,
	LEFT_TIMEOUT_MS,
	onHeldScene,
	print,
	restart,
	startCollector,
	untilNoneLeft,
	type Scene,
} from './waits.mts';

const GENERATION_MS = 15_000;
const MINUTE_MS = 60_000;

/** The shortest wait there is; n8n's own timer comes twenty minutes after its end. */
const TIMEOUT_MINUTES = 0.5;
const UNCOLLECTED_TIMEOUT_MS = 24 * MINUTE_MS;
const STILL_WAITING_MS = 7 * MINUTE_MS;
const REPEATS_AT_MS = [MINUTE_MS, 3 * MINUTE_MS, 5 * MINUTE_MS];
const FINISH_TIMEOUT_MS = 600_000;

/** One n8n for all: each of them is mostly waiting. */
let opened: Promise<Scene>;

const open = async (): Promise<Scene> => ({
	stage: await openStage({ sandbox: { generationMs: GENERATION_MS } }),
	collector: await startCollector(),
});
const scene = async (): Promise<Scene> => await (opened ??= open());

afterAll(async () => {
	const { stage, collector } = await scene();
	closeDatabase(stage);
	await stage.close();
	collector.close();
});

/** Starts a run and gives its ID as soon as it is parked, with its two pollers. */
async function startParked(
	{ stage, collector }: Scene,
	run: Parameters<typeof createPausedWorkflow>[1],
	after: WorkflowNode[] = [],
) {
	const workflow = await createPausedWorkflow({ stage, collector }, run, after);
	await workflow.start(1);
	const pollersOf = async (id: string) =>
		(await hiddenExecutions(stage)).filter(({ ringsAt }) => ringsAt === id);
	const isParked = async () => {
		const [id = ''] = await workflow.runs();
		const pollers = await pollersOf(id);
		return pollers.length === 2 && pollers.every(({ status }) => status === 'waiting');
	};
	await until(isParked, 'the run is parked', 60_000, 200);
	const [id = ''] = await workflow.runs();
	return { id, pollers: await pollersOf(id) };
}

const rowsOf = ({ collector }: Scene, id: string) =>
	collector.rows.filter(({ executionId }) => executionId === id);

const taskOf = ({ stage }: Scene, label: string) =>
	stage.sandbox.tasks().find(({ input }) => String(input.prompt).endsWith(label));

test.concurrent(
	'both hidden executions are stopped and n8n is killed: the rows say so when the time is up',
	async () =>
		await onHeldScene(async (all) => {
			const { stage, collector } = all;
			const { pollers } = await startParked(all, {
				vendor: 'modellix',
				itemCount: 3,
				parameters: { options: { timeout: TIMEOUT_MINUTES } },
			});
			const parkedAt = Date.now();
			for (const poller of pollers) await stage.client.stopExecution(poller.id);
			await restart(all);
			await until(
				() => collector.rows.length >= 3,
				'the wait is handed on',
				UNCOLLECTED_TIMEOUT_MS,
				1000,
			);
			const { rows } = collector;
			const minutes = ((Date.now() - parkedAt) / MINUTE_MS).toFixed(1);
			print(
				`both pollers stopped, n8n killed: ${rows.length} rows with an error after ${minutes} min`,
			);
			expect(rows.map(({ taskId }) => taskId).sort()).toEqual(
				stage.sandbox
					.tasks()
					.map(({ taskId }) => taskId)
					.sort(),
			);
			for (const row of rows) {
				expect(row.error).toMatch(/^The video was not collected/);
				expect(row.status).not.toBe('succeeded');
				expect(row).not.toHaveProperty('videoUrl');
				expect(row.fileName).toBeUndefined();
			}
		}),
	UNCOLLECTED_TIMEOUT_MS + 300_000,
);

test.concurrent(
	'both are stopped while n8n lives: the process that looks brings the video',
	async () => {
		const all = await scene();
		const { id, pollers } = await startParked(all, {
			vendor: 'modellix',
			itemCount: 1,
			promptSuffix: ' (without both)',
		});
		for (const poller of pollers) await all.stage.client.stopExecution(poller.id);
		await until(() => rowsOf(all, id).length > 0, 'the video comes', FINISH_TIMEOUT_MS, 500);
		const { taskId } = taskOf(all, '(without both)') ?? {};
		expect(rowsOf(all, id)).toMatchObject([{ taskId, status: 'succeeded' }]);
	},
	FINISH_TIMEOUT_MS + 300_000,
);

test.concurrent(
	'one of them is stopped and n8n is killed: the other one goes on',
	async () =>
		await onHeldScene(async (all) => {
			const parked: Array<{ stopped: string; id: string }> = [];
			for (const stopped of ['close', 'wide']) {
				const { id, pollers } = await startParked(all, { vendor: 'modellix', itemCount: 1 });
				for (const poller of pollers) {
					if (poller.rhythm === stopped) await all.stage.client.stopExecution(poller.id);
				}
				parked.push({ stopped, id });
			}
			await restart(all);
			const upAt = Date.now();
			await Promise.all(
				parked.map(async ({ stopped, id }) => {
					const isReported = () => rowsOf(all, id).length > 0;
					await until(isReported, 'the video comes', FINISH_TIMEOUT_MS, 500);
					const seconds = Math.round((Date.now() - upAt) / 1000);
					print(`the ${stopped} poller stopped, n8n killed: video ${seconds} s after it was up`);
					expect(rowsOf(all, id)).toMatchObject([{ status: 'succeeded' }]);
				}),
			);
			expect(new Set(all.collector.rows.map(({ taskId }) => taskId)).size).toBe(2);
		}),
	FINISH_TIMEOUT_MS + 300_000,
);

test.concurrent(
	'pause, then a Wait for approval: nothing of this package gives the approval',
	async () => {
		const all = await scene();
		const wait: WorkflowNode = {
			name: 'Approval',
			type: 'n8n-nodes-base.wait',
			typeVersion: 1.1,
			position: [900, 0],
			parameters: { resume: 'webhook', httpMethod: 'POST' },
			webhookId: 'approval-of-the-video',
		};
		const run = { vendor: 'apikley', itemCount: 1, promptSuffix: ' (approval)' } as const;
		const { id } = await startParked(all, run, [wait]);
		const isAtWait = async () => {
			const { data } = await all.stage.client.execution(id);
			return data.resultData.lastNodeExecuted === 'Approval';
		};
		await until(isAtWait, 'the run waits for the approval', FINISH_TIMEOUT_MS, 500);
		const waitingSince = Date.now();
		const task = taskOf(all, '(approval)');
		const answers: number[] = [];
		for (const atMs of REPEATS_AT_MS) {
			await sleep(waitingSince + atMs - Date.now());
			const body = JSON.stringify({ code: 200, data: { taskId: task?.taskId, state: 'success' } });
			const headers = { 'content-type': 'application/json' };
			const response = await fetch(task?.callbackUrl ?? '', { method: 'POST', headers, body });
			answers.push(response.status);
		}
		await sleep(waitingSince + STILL_WAITING_MS - Date.now());
		const execution = await all.stage.client.execution(id);
		const minutes = ((Date.now() - waitingSince) / MINUTE_MS).toFixed(1);
		print(
			`pause, then Wait for webhook: ${execution.status} after ${minutes} min, ` +
				`three repeated callbacks answered ${answers.join(', ')}`,
		);
		expect(execution.status).toBe('waiting');
		expect(rowsOf(all, id)).toEqual([]);
		expect(answers).toEqual([404, 404, 404]);
		expect((await hiddenExecutions(all.stage)).filter(({ ringsAt }) => ringsAt === id)).toEqual([]);
	},
	STILL_WAITING_MS + FINISH_TIMEOUT_MS + 300_000,
);

// Jest runs it when the others are over.
test(
	'nothing is left, and nothing was paid twice',
	async () => {
		const { stage } = await scene();
		await untilNoneLeft(stage);
		expect(createsAt(stage)).toBe(stage.sandbox.tasks().length);
	},
	LEFT_TIMEOUT_MS + 10_000,
);
