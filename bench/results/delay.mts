import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxTask } from '../../sandbox/index.mts';
import { openStage, seedanceNode, type SharedStage, type VendorId } from '../../test/e2e/stage.mts';
import { createTriggerWorkflow, textModels, until } from '../../test/e2e/workflows.mts';
import { createPeer, fetchPeer, hasPeer, PEER } from './peer.mts';
import { scale, SETTLING_MS } from './scale.mts';
import { median, say, seconds, type Figure } from './table.mts';
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
	/** Whether it is this package that has to be in time. */
	isOurs?: true;
	hasCallback?: true;
}

/** The longest delay that is promised for a task, from "ready" to "row out". */
const promiseMs = ({ hasCallback }: Mode, taskMs: number): number =>
	hasCallback ? 1_000 : Math.max(2_500, taskMs * 0.005);

/** On average over all tasks below ten minutes. */
const MEAN_PROMISE_MS = 1_300;
const TEN_MINUTES_MS = 600_000;

/** Not all at the very same moment: nobody's delay is to be the others' load. */
const START_GAP_MS = 700;

/** Short tasks start closer together, so that as many are in flight as the cell says. */
const startGapMs = ({ taskMs, inFlight }: Pick<Cell, 'taskMs' | 'inFlight'>): number =>
	Math.min(START_GAP_MS, taskMs / inFlight);

async function createOurs(
	stage: SharedStage,
	vendor: VendorId,
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
	(vendor: VendorId, areCallbacksLost = false): Mode['create'] =>
	async (stage, reportUrl, label) => {
		if (areCallbacksLost) {
			stage.sandbox.addFault({ vendor, operation: 'callback', effect: { kind: 'reset' } });
		}
		const { url } = await createTriggerWorkflow(stage, vendor, reportNode(reportUrl));
		// The row of the order itself goes nowhere, only the trigger's counts.
		const parameters = { completion: 'notify', callbackUrl: url };
		return await createOurs(stage, vendor, `${reportUrl}order`, label, parameters);
	};

const ourModes: Mode[] = [
	{
		name: 'Wait in the Node',
		label: '(wait)',
		create: async (stage, url, label) => await createOurs(stage, 'aimlapi', url, label, {}),
		isOurs: true,
	},
	{
		// Of the vendors that call nobody, one documents a rate below what ten tasks take, and the other
		// one has the tasks of the first mode.
		name: 'Pause the Execution, callback lost',
		label: '(pause)',
		create: async (stage, url, label) => {
			stage.sandbox.addFault({ vendor: 'fal', operation: 'callback', effect: { kind: 'reset' } });
			return await createOurs(stage, 'fal', url, label, { completion: 'pause' });
		},
		isOurs: true,
	},
	{
		name: 'Pause the Execution, callback',
		label: '(pause, called)',
		create: async (stage, url, label) =>
			await createOurs(stage, 'apikley', url, label, { completion: 'pause' }),
		isOurs: true,
		hasCallback: true,
	},
	{
		name: 'Notify a Trigger, callback lost',
		label: '(notify)',
		create: notified('replicate', true),
		isOurs: true,
	},
	{
		name: 'Notify a Trigger, callback',
		label: '(notify, called)',
		create: notified('kie'),
		isOurs: true,
		hasCallback: true,
	},
];

const ordinaryMode: Mode = {
	name: 'the ordinary way',
	label: '(ordinary)',
	create: async (stage, url, label) => await createOrdinary(stage, 1, url, label),
};

const peerMode: Mode = {
	name: `${PEER.name}, a public peer`,
	label: '(peer)',
	create: createPeer,
};

/** The tasks that a mode's workflow has ordered, known by their prompt. */
const tasksOf = ({ sandbox }: SharedStage, { label }: Mode): SandboxTask[] =>
	sandbox
		.tasks()
		.filter(({ input, createBody }) =>
			[input, createBody].some((body) => JSON.stringify(body).includes(label)),
		);

const callsFor = ({ sandbox }: SharedStage, taskId: string): number =>
	sandbox.requests.filter(
		({ operation, path }) =>
			operation === 'status' &&
			(path.includes(encodeURIComponent(taskId)) || path.includes(taskId)),
	).length;

interface Cell {
	mode: Mode;
	taskMs: number;
	/** How many of its tasks are in the works at once. */
	inFlight: number;
	bench: SharedStage;
	workflow: BenchWorkflow;
}

interface Measured extends Pick<Cell, 'mode' | 'taskMs' | 'inFlight'> {
	/** Of each task that came out. */
	delaysMs: number[];
	callsEach: number;
}

/** Waits for the rows of a cell, in vain for some time after they should have been there. */
async function measureCell(cell: Cell, clock: RowClock): Promise<Measured> {
	const { mode, taskMs, inFlight, bench } = cell;
	const outAt = (task: SandboxTask) => clock.reported.find(({ row }) => isRowOf(row, task))?.at;
	const tasks = () => tasksOf(bench, mode);
	const isOut = () =>
		tasks().length >= inFlight && tasks().every((task) => outAt(task) !== undefined);
	try {
		await until(isOut, mode.name, taskMs + LATE_MS, 100);
	} catch {
		say(`  ${mode.name}, ${taskMs / 1000} s: not all rows came out`);
	}
	const delaysMs = tasks().flatMap((task) => {
		const at = outAt(task);
		return at === undefined ? [] : [at - task.finishesAt];
	});
	const calls = tasks().map(({ taskId }) => callsFor(bench, taskId));
	const callsEach = Math.round(mean(calls));
	say(
		`  ${mode.name}, ${inFlight} of ${taskMs / 1000} s: ${cellText({ inFlight, delaysMs, callsEach })}`,
	);
	return { mode, taskMs, inFlight, delaysMs, callsEach };
}

/** A row names its task; a peer's may only have the video's address, in which the sandbox names it. */
const isRowOf = (row: Record<string, unknown>, { taskId }: SandboxTask): boolean =>
	row.taskId === taskId
		? /^(succeeded|completed)$/.test(String(row.status))
		: typeof row.url === 'string' &&
			(row.url.includes(encodeURIComponent(taskId)) || row.url.includes(taskId));

const mean = (values: readonly number[]) =>
	values.reduce((sum, value) => sum + value, 0) / values.length;

function cellText({
	inFlight,
	delaysMs,
	callsEach,
}: Pick<Measured, 'inFlight' | 'delaysMs' | 'callsEach'>) {
	if (delaysMs.length === 0) return 'no row';
	const calls = `${callsEach} calls`;
	if (inFlight === 1) return `${seconds(delaysMs[0] ?? NaN)} s, ${calls}`;
	const missing = delaysMs.length < inFlight ? `, ${inFlight - delaysMs.length} without a row` : '';
	return `${seconds(median(delaysMs))} s (mean ${seconds(mean(delaysMs))}, most ${seconds(Math.max(...delaysMs))}), ${calls} each${missing}`;
}

/** A task that came later than promised, or not at all. */
const isLate = ({ mode, taskMs, inFlight, delaysMs }: Measured): boolean =>
	delaysMs.length < inFlight || Math.max(...delaysMs) > promiseMs(mode, taskMs);

/** After this time nobody's row is waited for any longer. */
const LATE_MS = 120_000;

/** So long after a group's last task should be out, the next group begins. */
const CLEAR_MS = 8_000;

type RowClock = Awaited<ReturnType<typeof startRowClock>>;

/** Cells that start together, so that no task of theirs ends while another one starts. */
function groupsOf(cells: readonly Cell[]): Cell[][] {
	const startingMs = cells.reduce((sum, cell) => sum + cell.inFlight * startGapMs(cell), 0);
	const areLong = cells.every(({ taskMs }) => taskMs >= startingMs);
	return areLong ? [[...cells]] : cells.map((cell) => [cell]);
}

/** Begins cells one after the other; resolves with their measures to come when all tasks are ordered. */
async function beginCells(cells: readonly Cell[], clock: RowClock) {
	const measures: Array<Promise<Measured>> = [];
	for (const cell of cells) {
		for (let started = 0; started < cell.inFlight; started++) {
			await cell.workflow.start();
			await sleep(startGapMs(cell));
		}
		measures.push(measureCell(cell, clock));
	}
	return measures;
}

/**
 * The longest tasks are in the works all the time; the others come and go meanwhile, a group at a time,
 * and none while the longest ones end.
 */
async function measureCells(byLength: readonly Cell[][], clock: RowClock): Promise<Measured[]> {
	const [longest = [], ...shorter] = byLength;
	const longestMs = longest[0]?.taskMs ?? 0;
	const startedAt = Date.now();
	const measures = await beginCells(longest, clock);
	const endMs = Date.now() + longestMs + CLEAR_MS;
	for (const group of shorter.flatMap(groupsOf)) {
		const groupMs = group.reduce(
			(sum, cell) => sum + cell.inFlight * startGapMs(cell),
			(group[0]?.taskMs ?? 0) + CLEAR_MS,
		);
		if (Date.now() < endMs && Date.now() + groupMs > startedAt + longestMs) {
			await sleep(endMs - Date.now());
		}
		const begun = await beginCells(group, clock);
		const clear = sleep((group[0]?.taskMs ?? 0) + CLEAR_MS);
		await Promise.race([Promise.all(begun), clear]);
		measures.push(...begun);
	}
	return await Promise.all(measures);
}

/**
 * Figure 2: from "ready at the vendor" to "row out", for a task alone and for several of one credential
 * in flight. All lengths and modes in one n8n; each has a credential of its own.
 */
export async function measureDelay(): Promise<Figure> {
	const peer = fetchPeer();
	if (!peer.ok) say(`  without a peer: ${peer.error}`);
	const stage = await openStage({ peerDirs: peer.ok ? [peer.value.folder] : [] });
	const isPeerThere = peer.ok && (await hasPeer(stage));
	const modes = [...ourModes, ordinaryMode, ...(isPeerThere ? [peerMode] : [])];
	const clock = await startRowClock();
	const opened = Date.now();
	const benches: SharedStage[] = [];
	try {
		const byLength: Cell[][] = [];
		for (const taskSeconds of scale.taskSeconds.toReversed()) {
			const cells: Cell[] = [];
			for (const inFlight of [1, scale.inFlight]) {
				const taskMs = taskSeconds * 1000;
				const bench = await withSandbox(stage, taskMs);
				benches.push(bench);
				for (const mode of modes) {
					const workflow = await mode.create(bench, clock.url, mode.label);
					cells.push({ mode, taskMs, inFlight, bench, workflow });
				}
			}
			byLength.push(cells);
		}
		await sleep(Math.max(0, opened + SETTLING_MS - Date.now()));
		say(
			`  ${byLength.flat().length} workflows; the longest task takes ${scale.taskSeconds.at(-1)} s`,
		);
		const measured = await measureCells(byLength, clock);
		return delayFigure(modes, measured, whyNoPeer(peer, isPeerThere));
	} finally {
		for (const bench of benches) await bench.close();
		await stage.close();
		clock.close();
	}
}

const whyNoPeer = (peer: ReturnType<typeof fetchPeer>, isPeerThere: boolean): string[] =>
	isPeerThere
		? []
		: [
				`${PEER.name}, a public peer's node, could not be had beside it: ${peer.ok ? 'this n8n does not load it' : peer.error}.`,
			];

function delayFigure(
	modes: readonly Mode[],
	measured: readonly Measured[],
	notes: readonly string[],
): Figure {
	const ours = measured.filter(({ mode }) => mode.isOurs);
	const late = ours.filter(isLate);
	const short = ours.filter(({ taskMs }) => taskMs < TEN_MINUTES_MS);
	const meanMs = mean(short.flatMap(({ delaysMs }) => delaysMs));
	const textOf = (mode: Mode, inFlight: number, length: number) => {
		const cell = measured.find(
			(other) =>
				other.mode === mode && other.inFlight === inFlight && other.taskMs === length * 1000,
		);
		return cell === undefined ? '–' : cellText(cell);
	};
	const rows = modes.flatMap((mode) =>
		[1, scale.inFlight].map((inFlight) => [
			`${mode.name}, ${inFlight === 1 ? 'alone' : `${inFlight} in flight`}`,
			...scale.taskSeconds.map((length) => textOf(mode, inFlight, length)),
		]),
	);
	return {
		title: '2. Delay from "ready at the vendor" to "row out", and status calls',
		promise:
			'At most 2.5 s and on average at most 1.3 s in every Completion, with or without a callback (from ten minutes on at most half a percent of the task), and 1 s with one.',
		isKept: late.length === 0 && meanMs <= MEAN_PROMISE_MS,
		columns: ['', ...scale.taskSeconds.map((length) => `${length} s`)],
		rows,
		notes: [
			`All in one n8n; the longest tasks are in the works all the time, of the shorter ones one group after the other (those of a minute and more together, the others cell by cell), started ${START_GAP_MS / 1000} s apart or closer; medians where several are in flight. On average over all tasks below ten minutes ${seconds(meanMs)} s. The limit is 0 s and one call.`,
			...notes,
			...(late.length === 0
				? []
				: [
						`Later than promised: ${late.map(({ mode, taskMs, inFlight }) => `${mode.name}, ${inFlight} of ${taskMs / 1000} s`).join('; ')}.`,
					]),
		],
	};
}
