/**
 * `npm run bench:queue -- --paused 1000 --waiting 200`: n8n in queue mode at size, with a worker and a
 * webhook processor killed in the middle. Needs Redis and PostgreSQL on their standard ports. Further
 * words: `--workers 3 --processors 2 --minutes 8 --no-kills`. The last two runs of the largest size
 * are figure 7 of `bench/RESULTS.md`; every run stands in `bench/results/queue.json`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPlan } from './queue/plan.mts';
import { runQueue, type QueueResult } from './queue/run.mts';
import { queueFigure } from './queue/figure.mts';
import { inMarkdown, say, seconds, withFigure } from './results/table.mts';

const FOLDER = join(process.cwd(), 'bench');
const RUNS = join(FOLDER, 'results', 'queue.json');
const PAGE = join(FOLDER, 'RESULTS.md');

/** So many runs of a size are kept, the newest. */
const KEPT = 2;

const sizeOf = ({ plan }: QueueResult) =>
	[plan.paused, plan.waiting, plan.workers, plan.processors, plan.kills].join(' ');

function withRun(run: QueueResult): QueueResult[] {
	const known: QueueResult[] = existsSync(RUNS) ? JSON.parse(readFileSync(RUNS, 'utf8')) : [];
	const same = known.filter((other) => sizeOf(other) === sizeOf(run)).slice(1 - KEPT);
	const others = known.filter((other) => sizeOf(other) !== sizeOf(run));
	return [...others, ...same, run].toSorted((one, other) => one.plan.paused - other.plan.paused);
}

// Ended from outside, it takes n8n's processes along.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

const plan = readPlan(process.argv.slice(2));
const startedAt = Date.now();
say(`Queue mode: ${plan.paused} paused, ${plan.waiting} waiting`);
const run = await runQueue(plan);
say(`  ${seconds(Date.now() - startedAt)} s`);

const runs = withRun(run);
writeFileSync(RUNS, `${JSON.stringify(runs, null, '\t')}\n`);
const largest = runs.at(-1) ?? run;
const shown = runs.filter((other) => sizeOf(other) === sizeOf(largest));
const figure = queueFigure(shown);
writeFileSync(PAGE, withFigure(readFileSync(PAGE, 'utf8'), figure));
say(inMarkdown(queueFigure([run])));
say('Written: bench/results/queue.json and bench/RESULTS.md');
process.exit(0);
