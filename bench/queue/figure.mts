import type { Figure } from '../results/table.mts';
import type { PhaseResult, QueueResult } from './run.mts';

const round = (value: number, digits = 0) => value.toFixed(digits);

const phaseCell = ({ rest, ...phase }: PhaseResult) =>
	[
		`${round(phase.seconds)} s`,
		`cores: main ${round(phase.cores.main, 2)}, workers ${round(phase.cores.workers, 2)}, processors ${round(phase.cores.processors, 2)}`,
		`${round(phase.writesPerSecond)} rows and ${round(phase.commitsPerSecond)} commits a second`,
		`${phase.mostConnections} connections`,
		`${round(phase.looksPerSecond, 1)} looks a second`,
		`REST ${rest.medianMs} ms, p95 ${rest.p95Ms} ms${rest.failures > 0 ? `, ${rest.failures} failed` : ''}`,
	].join('; ');

const rowsCell = (rows: QueueResult['rows']['pause']) =>
	`${rows.out} of ${rows.expected}; ${rows.failed} with an error, ${rows.twice} twice, ${rows.marked} marked as a repeat`;

const cells: Array<[name: string, cell: (run: QueueResult) => string]> = [
	["the machine's load average before", (run) => round(run.loadBefore, 1)],
	['paused at the same time', (run) => String(run.parked)],
	['parked or waiting, a second', (run) => round(run.parkedPerSecond, 1)],
	['rows out after the first video was ready', ({ outAfter }) => outCell(outAfter)],
	['videos of paused executions', ({ rows }) => rowsCell(rows.pause)],
	['videos of waiting executions', ({ rows }) => rowsCell(rows.wait)],
	['rows without a video', ({ problems }) => countsCell(problems)],
	['orders, of them twice', (run) => `${run.orders}, ${run.ordersTwice}`],
	[
		'executions in the database',
		(run) =>
			`${run.executionRows}; ${round(run.databaseMb.before)} MB before, ${round(run.databaseMb.after)} MB after`,
	],
	[
		'resident memory while all wait',
		({ residentMb: { main, workers, processors } }) =>
			`main ${main} MB, workers ${workers.join(', ')} MB, processors ${processors.join(', ')} MB`,
	],
	['calls to each processor', (run) => `${run.calls.join(', ')} (${run.callbacks} callbacks)`],
	['waited in the node instead of pausing', ({ waitedInstead }) => countsCell(waitedInstead)],
	['running when a worker was killed', (run) => String(run.runningAtKill)],
	['not ended well, or not yet, at the end', ({ left }) => countsCell(left)],
	['the whole run', (run) => `${round(run.secondsInAll)} s`],
];

const countsCell = (counts: Record<string, number>) =>
	Object.entries(counts)
		.map(([name, count]) => `${count} ${name}`)
		.join(', ') || 'none';

function outCell({ half, nineTenths, all }: QueueResult['outAfter']) {
	const after = (time: number | undefined) =>
		time === undefined ? 'not in time' : `${round(time)} s`;
	return `half ${after(half)}, nine tenths ${after(nineTenths)}, all ${after(all)}`;
}

const isKept = ({ rows, ordersTwice, outAfter }: QueueResult) =>
	rows.pause.twice - rows.pause.marked + rows.wait.twice + ordersTwice <= 0 &&
	outAfter.nineTenths !== undefined;

/** Figure 7: runs of one size side by side. */
export function queueFigure(runs: readonly QueueResult[]): Figure {
	const [first] = runs;
	if (first === undefined) throw new Error('No run');
	const { paused, waiting, workers, processors, kills } = first.plan;
	const phaseRows = first.phases.map(({ name }, index) => [
		name,
		...runs.map(({ phases }) => {
			const phase = phases[index];
			return phase === undefined ? '–' : phaseCell(phase);
		}),
	]);
	return {
		title: `7. Queue mode: ${paused} paused and ${waiting} waiting executions over all vendors`,
		promise:
			'Nine tenths of the rows come out in the time of the run, none twice without saying so, and nothing is ordered twice.',
		isKept: runs.every(isKept),
		columns: ['', ...runs.map((_, index) => `run ${index + 1}`)],
		rows: [...phaseRows, ...cells.map(([name, cell]) => [name, ...runs.map(cell)])],
		notes: [
			`Made by \`npm run bench:queue\`. A main process, ${workers} workers, ${processors} webhook processors, Redis, PostgreSQL, the vendors' stand-in and the measure itself, all on the same two cores.${kills ? ' When a third of the videos are out, one worker is killed (`kill -9`), and when half are out, one webhook processor; neither comes back.' : ''} Each execution has one item, and nothing is downloaded. REST is the editor's list of executions, asked twice a second.`,
		],
	};
}
