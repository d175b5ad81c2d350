import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { N8nClient } from '../../lab/n8nClient.mts';
import type { PostgresClient } from '../../lab/queueServices.mts';
import { cpuSecondsOf } from '../inspector.mts';

/** What the database has done up to now, and holds now. */
export interface DatabaseState {
	at: number;
	connections: number;
	commits: number;
	/** Rows inserted, updated or deleted. */
	writes: number;
	bytes: number;
}

const STATE = `
	SELECT numbackends AS connections, xact_commit AS commits,
		tup_inserted + tup_updated + tup_deleted AS writes, pg_database_size(datname) AS bytes
	FROM pg_stat_database WHERE datname = current_database()`;

export async function databaseState(database: PostgresClient): Promise<DatabaseState> {
	const [row = {}] = (await database.query(STATE)).rows;
	const number = (name: string) => Number(row[name]);
	return {
		at: Date.now(),
		// This one is the measure's own.
		connections: number('connections') - 1,
		commits: number('commits'),
		writes: number('writes'),
		bytes: number('bytes'),
	};
}

/** Executions by mode and status, e.g. `integrated waiting`. */
export async function executionCounts(database: PostgresClient): Promise<Map<string, number>> {
	const { rows } = await database.query(
		'SELECT mode, status, count(*) AS count FROM execution_entity GROUP BY mode, status',
	);
	return new Map(
		rows.map(({ mode, status, count }) => [`${String(mode)} ${String(status)}`, Number(count)]),
	);
}

/** Executions that were to pause, and waited in the node, by the reason that their hint says. */
export async function waitedInstead(database: PostgresClient): Promise<Record<string, number>> {
	const { rows } = await database.query(`
		SELECT substring(data from 'instead of pausing the execution. ([^.]*)') AS reason, count(*) AS count
		FROM execution_data GROUP BY reason`);
	return Object.fromEntries(
		rows.flatMap(({ reason, count }) =>
			typeof reason === 'string' ? [[reason, Number(count)] as const] : [],
		),
	);
}

export interface RestTimes {
	requests: number;
	medianMs: number;
	p95Ms: number;
	failures: number;
}

/** Asks n8n's own REST API what its editor asks, twice a second, until it is stopped. */
export function watchRest(client: N8nClient) {
	let times: number[] = [];
	let failures = 0;
	let isOver = false;
	const watching = (async () => {
		while (!isOver) {
			const askedAt = performance.now();
			try {
				await client.executions();
				times.push(performance.now() - askedAt);
			} catch {
				failures += 1;
			}
			await sleep(500);
		}
	})();
	return {
		/** The times since it was last asked. */
		take(): RestTimes {
			const sorted = times.toSorted((a, b) => a - b);
			const at = (share: number) => Math.round(sorted[Math.floor(sorted.length * share)] ?? NaN);
			const taken = { requests: sorted.length, medianMs: at(0.5), p95Ms: at(0.95), failures };
			times = [];
			failures = 0;
			return taken;
		},
		async stop() {
			isOver = true;
			await watching;
		},
	};
}

/** CPU time and resident memory of processes, also of those that are killed meanwhile. */
export function watchProcesses(pids: readonly number[]) {
	const cpuSeconds = new Map<number, number>();
	const look = () => {
		for (const pid of pids) {
			try {
				cpuSeconds.set(pid, cpuSecondsOf(pid));
			} catch {
				// Killed: what it had taken is known.
			}
		}
	};
	look();
	const timer = setInterval(look, 1000);
	return {
		/** CPU seconds of each up to now. */
		cpuSeconds(): number[] {
			look();
			return pids.map((pid) => cpuSeconds.get(pid) ?? 0);
		},
		residentMb: () => pids.map(residentMbOf),
		stop: () => clearInterval(timer),
	};
}

function residentMbOf(pid: number): number {
	try {
		const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
		return Math.round(Number(kilobytes) / 1024);
	} catch {
		return 0;
	}
}
