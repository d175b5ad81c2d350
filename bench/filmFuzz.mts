/**
 * `npm run bench:film:fuzz [-- files [seed [first]]]`: broken videos and sounds. Each is refused in
 * words, or makes a whole film. A process of its own tries them, so that one that hangs can be ended.
 */
import { fork, type ChildProcess, type StdioOptions } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readFiles, tryBroken, type End, type Ended } from './film/broken.mts';
import { say } from './results/table.mts';

const [count = '100000', seed = '1', first = '0'] = process.argv.slice(2);
const last = Number(first) + Number(count);
const CHILD = 'FILM_FUZZ_CHILD';

/** As much as one file may take on a busy machine, before it counts as hanging. */
const HANGING_MS = 60_000;
const LOOK_MS = 1_000;
const MEMORY = '--max-old-space-size=768';

interface Told extends Ended {
	trial: number;
	name: string;
	ms: number;
}

async function tryInChild(from: number): Promise<void> {
	const files = readFiles(fileURLToPath(new URL('../test/clips', import.meta.url)));
	let trial = from;
	const tell = (told: Omit<Told, 'trial'>) => process.send?.({ trial, ...told });
	const fail = (reason: unknown) =>
		tell({ name: '', end: 'wrong', reason: `later: ${reason}`, ms: 0 });
	process.on('unhandledRejection', fail);
	process.on('uncaughtException', fail);
	for (; trial < last; trial++) {
		const startedAt = performance.now();
		const [tried] = await Promise.allSettled([tryBroken(files, `${seed} fuzz ${trial}`)]);
		const ended =
			tried.status === 'fulfilled'
				? tried.value
				: { name: '', end: 'wrong' as const, reason: `thrown: ${String(tried.reason)}` };
		tell({ ...ended, ms: performance.now() - startedAt });
	}
	process.disconnect();
}

class Counts {
	readonly ends: Record<End, number> = { refused: 0, 'not written': 0, 'whole film': 0, wrong: 0 };
	longestMs = 0;
	hung = 0;
	crashed = 0;
	next = Number(first);

	take({ trial, name, end, reason, ms }: Told): void {
		this.next = Math.max(this.next, trial + 1);
		this.ends[end] += 1;
		if (end === 'wrong') say(`${trial} (${name}): ${reason}`);
		if (ms > this.longestMs) {
			this.longestMs = ms;
			if (ms > LOOK_MS) say(`${trial} (${name}) took ${ms.toFixed(0)} ms`);
		}
	}
}

/** Runs a process until it is through, hangs or crashes. */
async function watch(child: ChildProcess, counts: Counts): Promise<void> {
	let toldAt = Date.now();
	let isOver = false;
	child.on('message', (told: Told) => {
		toldAt = Date.now();
		counts.take(told);
	});
	child.on('exit', () => {
		isOver = true;
	});
	while (!isOver) {
		await sleep(LOOK_MS);
		if (isOver || Date.now() - toldAt < HANGING_MS) continue;
		say(`${counts.next} hangs`);
		counts.hung += 1;
		counts.next += 1;
		child.kill('SIGKILL');
		return;
	}
	if (counts.next >= last) return;
	say(`${counts.next} crashed: ${child.exitCode ?? child.signalCode}`);
	counts.crashed += 1;
	counts.next += 1;
}

async function main(): Promise<void> {
	const counts = new Counts();
	while (counts.next < last) {
		const env = { ...process.env, [CHILD]: String(counts.next) };
		const execArgv = ['--import', 'tsx', MEMORY];
		const script = fileURLToPath(import.meta.url);
		// The library's own complaints, which the build takes out.
		const stdio: StdioOptions = ['ignore', 'ignore', 'ignore', 'ipc'];
		await watch(fork(script, process.argv.slice(2), { env, execArgv, stdio }), counts);
	}
	const { ends, hung, crashed, longestMs } = counts;
	say(
		`${count} files: ${JSON.stringify({ ...ends, hung, crashed, longestMs: Math.round(longestMs) })}`,
	);
	process.exitCode = ends.wrong + hung + crashed > 0 ? 1 : 0;
}

const from = process.env[CHILD];
await (from === undefined ? main() : tryInChild(Number(from)));
