import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectPostgres } from '../../lab/queueServices.mts';
import { openQueueStage, type QueueStage } from '../../test/queue/stage.mts';
import { say, seconds } from '../results/table.mts';
import { createLoad, ordersTwice, type Kind, type OutRow } from './load.mts';
import {
	databaseState,
	executionCounts,
	waitedInstead,
	watchProcesses,
	watchRest,
	type DatabaseState,
	type RestTimes,
} from './meters.mts';
import { shareOut, type Plan } from './plan.mts';

/** What a phase of a run took of the machine. */
export interface PhaseResult {
	name: string;
	seconds: number;
	/** CPU time of n8n's processes, as cores. */
	cores: { main: number; workers: number; processors: number };
	writesPerSecond: number;
	commitsPerSecond: number;
	mostConnections: number;
	looksPerSecond: number;
	rest: RestTimes;
}

export interface QueueResult {
	plan: Plan;
	finishedAt: string;
	/** The machine's load average before anything was started. */
	loadBefore: number;
	phases: PhaseResult[];
	/** Paused at the same time, before the first video was ready. */
	parked: number;
	/** From the first start to the last that is parked or waits. */
	parkedPerSecond: number;
	/** Seconds from the first video that is ready until so many of all rows were out; absent for never. */
	outAfter: { half?: number; nineTenths?: number; all?: number };
	/** Before anything was ordered, and at the end. */
	databaseMb: { before: number; after: number };
	executionRows: number;
	residentMb: { main: number; workers: number[]; processors: number[] };
	calls: number[];
	callbacks: number;
	orders: number;
	ordersTwice: number;
	rows: Record<
		Kind,
		{ expected: number; out: number; failed: number; twice: number; marked: number }
	>;
	/** What the rows without a video say. */
	problems: Record<string, number>;
	/** Executions without a row at the end, by mode and status. */
	left: Record<string, number>;
	/** Executions that were to pause and could not, by reason. */
	waitedInstead: Record<string, number>;
	/** Executions that ran in all workers when one of them was killed. */
	runningAtKill: number;
	secondsInAll: number;
}

/** Longer than a run; then the tasks are made so much older, and end as they were ordered. */
const HELD_MS = 60 * 60_000;
/**
 * As in docker-compose.yml: an execution for which no connection is free in time fails, and a ping for
 * which none is makes n8n close them all.
 */
const DATABASE_ENV = {
	DB_POSTGRESDB_POOL_SIZE: '10',
	DB_POSTGRESDB_CONNECTION_TIMEOUT: '60000',
	DB_PING_TIMEOUT_MS: '60000',
};
const IDLE_MS = 10_000;
const SHARE_FOR_PARKING = 0.6;
const RESTING_MS = 30_000;
const STARTING_AT_ONCE = 25;
/** No row for so long, and nothing paused: then the run is over. */
const STILL_MS = 60_000;
/** A young n8n delivers nothing into paused executions. */
const SETTLED_AFTER_MS = 62_000;

/** Notes which rows come out. */
async function startRows() {
	const rows: OutRow[] = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			rows.push({ ...JSON.parse(Buffer.concat(chunks).toString()), at: Date.now() });
			response.end('{}');
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}/`, rows, close: () => server.close() };
}

/** Measures queue mode with a plan's executions; everything is gone afterwards. */
export async function runQueue(plan: Plan): Promise<QueueResult> {
	const [loadBefore = NaN] = loadavg();
	const startedAt = Date.now();
	const deadline = startedAt + plan.minutes * 60_000;
	// On a machine that is too slow for the plan, those that are parked by then have to do.
	const parkedBy = startedAt + plan.minutes * 60_000 * SHARE_FOR_PARKING;
	const stage = await openQueueStage(HELD_MS, {
		workerCount: plan.workers,
		webhookProcessorCount: plan.processors,
		// One that waits in the node takes a place; n8n's usual ten are left for those that pause.
		workerConcurrency: Math.ceil(plan.waiting / plan.workers) + 10,
		env: DATABASE_ENV,
	});
	const readyAt = Date.now();
	const collected = await startRows();
	const database = await connectPostgres(process.cwd(), stage.n8n.database ?? '');
	const processes = watchProcesses(stage.n8n.pids());
	const rest = watchRest(stage.client);
	const phase = phases(stage, plan, { database, processes, rest });
	const count = async (kind: Kind) => (await parkedOrWaiting(database))[kind];
	try {
		say(`  ${plan.workers} workers and ${plan.processors} webhook processors are ready`);
		const loads = await createLoads(stage, plan, collected.url);
		await phase('nothing to do', async () => await sleep(IDLE_MS));

		const before = await databaseState(database);
		let started: Record<Kind, number> = { pause: 0, wait: 0 };
		const orderedAt = Date.now();
		await phase('ordering and parking', async () => {
			started = await startAll(stage, loads, parkedBy);
			await until(async () => (await count('pause')) >= plan.paused, parkedBy);
		});
		const parkedMs = Date.now() - orderedAt;
		const parked = await parkedOrWaiting(database);
		say(`  ${parked.pause} are parked and ${parked.wait} run after ${seconds(parkedMs)} s`);
		await phase('all of them waiting', async () => {
			await sleep(Math.max(RESTING_MS, readyAt + SETTLED_AFTER_MS - Date.now()));
		});
		const [mainMb = 0, ...helpersMb] = processes.residentMb();

		// As if the first were just ready: the others follow as they were ordered.
		const firstAt = Math.min(...stage.sandbox.tasks().map(({ createdAt }) => createdAt));
		stage.sandbox.age(HELD_MS - (Date.now() - firstAt));
		const releasedAt = Date.now();
		const expected = started.pause + started.wait;
		let runningAtKill = 0;
		await phase('videos coming in', async () => {
			const isOut = (share: number) => collected.rows.length >= expected * share;
			// What was in the worker that was killed does not come any more.
			const isStill = () => Date.now() - (collected.rows.at(-1)?.at ?? Infinity) > STILL_MS;
			const rowsOut = async (share: number) => await until(() => isOut(share), deadline, 100);
			if (plan.kills) {
				await rowsOut(1 / 3);
				runningAtKill = await killWorker(stage, count);
				await rowsOut(1 / 2);
				killProcessor(stage, plan);
			}
			await until(async () => isOut(1) || (isStill() && (await count('pause')) === 0), deadline);
		});
		// To see one too many.
		await sleep(5_000);
		const { rows } = collected;
		const state = await databaseState(database);
		const counts = await executionCounts(database);
		return {
			plan,
			finishedAt: new Date().toISOString(),
			loadBefore,
			phases: phase.results,
			parked: parked.pause,
			parkedPerSecond: ((parked.pause + parked.wait) * 1000) / parkedMs,
			outAfter: outAfter(rows, expected, releasedAt),
			databaseMb: { before: before.bytes / 2 ** 20, after: state.bytes / 2 ** 20 },
			executionRows: [...counts.values()].reduce((sum, one) => sum + one, 0),
			residentMb: {
				main: mainMb,
				workers: helpersMb.slice(0, plan.workers),
				processors: helpersMb.slice(plan.workers),
			},
			calls: stage.answered(),
			callbacks: stage.sandbox.callbacks().length,
			orders: stage.sandbox.tasks().length,
			ordersTwice: ordersTwice(stage.sandbox),
			rows: {
				pause: summary(rows, 'pause', started.pause),
				wait: summary(rows, 'wait', started.wait),
			},
			problems: problemsIn(rows),
			left: Object.fromEntries([...counts].filter(([name]) => !/ success$/.test(name))),
			waitedInstead: await waitedInstead(database),
			runningAtKill,
			secondsInAll: (Date.now() - startedAt) / 1000,
		};
	} finally {
		processes.stop();
		await rest.stop();
		await database.end();
		await stage.close();
		collected.close();
	}
}

function outAfter(rows: readonly OutRow[], expected: number, releasedAt: number) {
	const after = (share: number) => {
		const row = rows[Math.ceil(expected * share) - 1];
		return row === undefined ? undefined : (row.at - releasedAt) / 1000;
	};
	return { half: after(0.5), nineTenths: after(0.9), all: after(1) };
}

function problemsIn(rows: readonly OutRow[]): Record<string, number> {
	const problems: Record<string, number> = {};
	for (const { kind, status, error = 'no word' } of rows) {
		if (status === 'succeeded') continue;
		const problem = `${kind}: ${error}`;
		problems[problem] = (problems[problem] ?? 0) + 1;
	}
	return problems;
}

function summary(rows: readonly OutRow[], kind: Kind, expected: number) {
	const own = rows.filter((row) => row.kind === kind);
	const videos = own.filter(({ status }) => status === 'succeeded');
	const known = new Set(videos.map(({ taskId }) => taskId));
	return {
		expected,
		out: known.size,
		failed: own.length - videos.length,
		twice: videos.length - known.size,
		marked: videos.filter(({ mayBeRepeat }) => mayBeRepeat).length,
	};
}

interface Meters {
	database: Awaited<ReturnType<typeof connectPostgres>>;
	processes: ReturnType<typeof watchProcesses>;
	rest: ReturnType<typeof watchRest>;
}

/** Measures what is done in a phase, and keeps the results in order. */
function phases(stage: QueueStage, { workers }: Plan, { database, processes, rest }: Meters) {
	const results: PhaseResult[] = [];
	const looks = () =>
		stage.sandbox.requests.filter(({ operation }) => operation === 'status').length;
	const measure = async (name: string, work: () => Promise<void>): Promise<void> => {
		say(`  ${name} …`);
		rest.take();
		const [before, cpuBefore, looksBefore] = [
			await databaseState(database),
			processes.cpuSeconds(),
			looks(),
		];
		const connections = watchConnections(database);
		await work();
		const mostConnections = await connections.stop();
		const after = await databaseState(database);
		const spent = (after.at - before.at) / 1000;
		const perSecond = (of: 'writes' | 'commits') => (after[of] - before[of]) / spent;
		const cpu = processes.cpuSeconds().map((now, index) => now - (cpuBefore[index] ?? 0));
		const cores = (from: number, to?: number) =>
			cpu.slice(from, to).reduce((sum, one) => sum + one, 0) / spent;
		results.push({
			name,
			seconds: spent,
			cores: {
				main: cores(0, 1),
				workers: cores(1, 1 + workers),
				processors: cores(1 + workers),
			},
			writesPerSecond: perSecond('writes'),
			commitsPerSecond: perSecond('commits'),
			mostConnections,
			looksPerSecond: (looks() - looksBefore) / spent,
			rest: rest.take(),
		});
	};
	return Object.assign(measure, { results });
}

function watchConnections(database: Meters['database']) {
	let most = 0;
	let isOver = false;
	const watching = (async () => {
		while (!isOver) {
			const { connections }: DatabaseState = await databaseState(database);
			most = Math.max(most, connections);
			await sleep(1_000);
		}
	})();
	return {
		async stop(): Promise<number> {
			isOver = true;
			await watching;
			return most;
		},
	};
}

/** Started by a webhook call: those that are paused for good, and those that run. */
async function parkedOrWaiting(database: Meters['database']): Promise<Record<Kind, number>> {
	const counts = await executionCounts(database);
	return {
		pause: counts.get('webhook waiting') ?? 0,
		wait: counts.get('webhook running') ?? 0,
	};
}

interface Load {
	kind: Kind;
	path: string;
	count: number;
}

async function createLoads(stage: QueueStage, plan: Plan, reportUrl: string): Promise<Load[]> {
	const loads: Load[] = [];
	for (const [kind, total] of [
		['wait', plan.waiting],
		['pause', plan.paused],
	] as const) {
		for (const [vendor, count] of shareOut(total)) {
			if (count === 0) continue;
			loads.push({ kind, path: await createLoad(stage, vendor, kind, reportUrl), count });
		}
	}
	return loads;
}

/**
 * Starts every execution by a call of its own, some of them at once, all kinds and vendors mixed; gives
 * how many were started in time.
 */
async function startAll(
	{ client }: QueueStage,
	loads: readonly Load[],
	deadline: number,
): Promise<Record<Kind, number>> {
	const starts = loads.flatMap(({ kind, path, count }) =>
		Array.from({ length: count }, (_, index) => ({ kind, path, place: (index + 0.5) / count })),
	);
	const queue = starts.toSorted((one, other) => one.place - other.place).values();
	const started = { pause: 0, wait: 0 };
	const starting = Array.from({ length: STARTING_AT_ONCE }, async () => {
		for (const { kind, path } of queue) {
			if (Date.now() > deadline) return;
			await client.callWebhook(path);
			started[kind] += 1;
		}
	});
	await Promise.all(starting);
	return started;
}

async function until(
	isTrue: () => boolean | Promise<boolean>,
	deadline: number,
	gapMs = 500,
): Promise<void> {
	while (Date.now() < deadline && !(await isTrue())) await sleep(gapMs);
}

/** Kills the first worker; gives how many executions ran in all workers at that moment. */
async function killWorker(
	stage: QueueStage,
	count: (kind: Kind) => Promise<number>,
): Promise<number> {
	const running = await count('wait');
	const [, worker = NaN] = stage.n8n.pids();
	process.kill(-worker, 'SIGKILL');
	say(`  a worker is killed while ${running} executions run in all workers`);
	return running;
}

function killProcessor(stage: QueueStage, { workers, processors }: Plan): void {
	if (processors < 2) return;
	const processor = stage.n8n.pids()[1 + workers] ?? NaN;
	process.kill(-processor, 'SIGKILL');
	say('  a webhook processor is killed');
}
