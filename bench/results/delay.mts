import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxTask } from '../../sandbox/index.mts';
import { openStage, seedanceNode, type SharedStage, type Vendor } from '../../test/e2e/stage.mts';
import { createTriggerWorkflow, textModels, until } from '../../test/e2e/workflows.mts';
import { scale, SETTLING_MS } from './scale.mts';
import { say, seconds, type Figure } from './table.mts';
import {
	createOrdinary,
	createWorkflow,
	reportNode,
	startRowClock,
	withSandbox,
	type BenchWorkflow,
} from './workflows.mts';

interface Mode {
	name: string;
	label: string;
	create(stage: SharedStage, reportUrl: string, label: string): Promise<BenchWorkflow>;
	/** The longest delay that the schedule promises for a task of so many milliseconds. */
	promiseMs(taskMs: number): number;
}

/** A row still has to pass n8n and its Report node. */
const ROW_MS = 700;
const CALLBACK_MS = 1_000;
/** Looks come two seconds apart, from ten minutes on a three-hundredth of the elapsed time. */
const lookMs = (taskMs: number) => Math.max(2_500, taskMs * 0.005) + ROW_MS;

async function createOurs(
	stage: SharedStage,
	vendor: Vendor,
	reportUrl: string,
	label: string,
	parameters: Record<string, unknown>,
): Promise<BenchWorkflow> {
	const node = seedanceNode(stage, vendor, {
		model: textModels[vendor],
		prompt: `={{ $json.prompts }} ${label}`,
		downloadVideo: false,
		...parameters,
	});
	return await createWorkflow(stage, `${label} ${vendor}`, 1, reportUrl, node);
}

const notified =
	(vendor: Vendor, areCallbacksLost = false): Mode['create'] =>
	async (stage, reportUrl, label) => {
		if (areCallbacksLost) {
			stage.sandbox.addFault({ vendor, operation: 'callback', effect: { kind: 'reset' } });
		}
		const { url } = await createTriggerWorkflow(stage, vendor, reportNode(reportUrl));
		// The row of the order itself goes nowhere, only the trigger's counts.
		const parameters = { completion: 'notify', callbackUrl: url };
		return await createOurs(stage, vendor, `${reportUrl}order`, label, parameters);
	};

const modes: Mode[] = [
	{
		name: 'Wait in the Node',
		label: '(wait)',
		create: async (stage, url, label) => await createOurs(stage, 'aimlapi', url, label, {}),
		promiseMs: lookMs,
	},
	{
		name: 'Pause the Execution, no callback',
		label: '(pause)',
		create: async (stage, url, label) =>
			await createOurs(stage, 'modellix', url, label, { completion: 'pause' }),
		promiseMs: lookMs,
	},
	{
		name: 'Pause the Execution, callback',
		label: '(pause, called)',
		create: async (stage, url, label) =>
			await createOurs(stage, 'apikley', url, label, { completion: 'pause' }),
		promiseMs: () => CALLBACK_MS,
	},
	{
		name: 'Notify a Trigger, callback lost',
		label: '(notify)',
		create: notified('replicate', true),
		promiseMs: lookMs,
	},
	{
		name: 'Notify a Trigger, callback',
		label: '(notify, called)',
		create: notified('kie'),
		promiseMs: () => CALLBACK_MS,
	},
	{
		name: 'the ordinary way',
		label: '(ordinary)',
		create: async (stage, url, label) => await createOrdinary(stage, 1, url, label),
		promiseMs: () => Infinity,
	},
];

/** The task that a mode's workflow has ordered, known by its prompt. */
const taskOf = ({ sandbox }: SharedStage, { label }: Mode): SandboxTask | undefined =>
	sandbox
		.tasks()
		.find(({ input, createBody }) =>
			[input, createBody].some((body) => JSON.stringify(body).includes(label)),
		);

const callsFor = ({ sandbox }: SharedStage, taskId: string): number =>
	sandbox.requests.filter(
		({ operation, path }) =>
			operation === 'status' &&
			(path.includes(encodeURIComponent(taskId)) || path.includes(taskId)),
	).length;

/** Figure 2: from "ready at the vendor" to "row out". All lengths and modes side by side. */
export async function measureDelay(): Promise<Figure> {
	const stage = await openStage();
	const clock = await startRowClock();
	const opened = Date.now();
	const lengths = await Promise.all(
		scale.taskSeconds.map(async (taskSeconds) => ({
			taskMs: taskSeconds * 1000,
			bench: await withSandbox(stage, taskSeconds * 1000),
		})),
	);
	try {
		const cells = [];
		for (const { taskMs, bench } of lengths) {
			for (const mode of modes) {
				const workflow = await mode.create(bench, clock.url, mode.label);
				cells.push({ taskMs, bench, mode, workflow });
			}
		}
		await sleep(Math.max(0, opened + SETTLING_MS - Date.now()));
		say(`  ${cells.length} workflows start; the longest task takes ${scale.taskSeconds.at(-1)} s`);
		// Not all at the very same moment: nobody's delay is to be the others' load.
		for (const { workflow } of cells) {
			await workflow.start();
			await sleep(250);
		}
		const out = (taskId: string) =>
			clock.reported.filter(
				({ row }) => row.taskId === taskId && /^(succeeded|completed)$/.test(String(row.status)),
			)[0];
		const measured = await Promise.all(
			cells.map(async ({ taskMs, bench, mode }) => {
				const reported = () => out(taskOf(bench, mode)?.taskId ?? '');
				const timeoutMs = taskMs + 480_000;
				try {
					await until(() => reported() !== undefined, mode.name, timeoutMs, 100);
				} catch {
					return { taskMs, mode };
				}
				const task = taskOf(bench, mode);
				const delayMs = (reported()?.at ?? NaN) - (task?.finishesAt ?? NaN);
				const calls = callsFor(bench, task?.taskId ?? '');
				say(`  ${mode.name}, ${taskMs / 1000} s: ${seconds(delayMs)} s late, ${calls} calls`);
				return { taskMs, mode, delayMs, calls };
			}),
		);
		const late = measured.filter(
			({ taskMs, mode, delayMs }) => !(delayMs !== undefined && delayMs <= mode.promiseMs(taskMs)),
		);
		const ours = late.filter(({ mode }) => mode.label !== '(ordinary)');
		const rows = modes.map((mode) => [
			mode.name,
			...measured
				.filter((cell) => cell.mode === mode)
				.map(({ delayMs, calls }) =>
					delayMs === undefined ? 'no row' : `${seconds(delayMs)} s, ${calls} calls`,
				),
		]);
		return {
			title: '2. Delay from "ready at the vendor" to "row out", and status calls',
			promise:
				'At most 2.5 s in every Completion, with or without a callback (beyond ten minutes half a percent of the task), and 1 s with one.',
			isKept: ours.length === 0,
			columns: ['', ...scale.taskSeconds.map((length) => `${length} s`)],
			rows,
			notes: [
				'One task a cell, all in one n8n, side by side. The limit is 0 s and one call.',
				...(ours.length === 0
					? []
					: [
							`Later than promised: ${ours.map(({ mode, taskMs }) => `${mode.name}, ${taskMs / 1000} s`).join('; ')}.`,
						]),
			],
		};
	} finally {
		for (const { bench } of lengths) await bench.close();
		await stage.close();
		clock.close();
	}
}
