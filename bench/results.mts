/**
 * `npm run bench:results`: figures of speed, ours beside n8n's ordinary way, and the table of them in
 * `bench/RESULTS.md` (figure 7 comes from `bench/queue.mts`). `BENCH_ONLY=1,6` measures some and leaves the others in the file as they
 * are; `BENCH_SCALE=small` tries them quickly and only prints; `BENCH_PEER` names the folder of a public
 * peer's package, where no registry has it (`bench/results/peer.mts`).
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureBatch } from './results/batch.mts';
import { measureDelay } from './results/delay.mts';
import { measureDownloads } from './results/downloads.mts';
import { measureFilms } from './results/films.mts';
import { measureItems } from './results/items.mts';
import { measureLoading } from './results/loading.mts';
import { scale } from './results/scale.mts';
import {
	inMarkdown,
	say,
	seconds,
	withFigure,
	type FailedFigure,
	type Figure,
} from './results/table.mts';
import { measureWaiting } from './results/waiting.mts';

const figures: Array<[number: string, what: string, measure: () => Promise<Figure>]> = [
	['1', 'a batch', measureBatch],
	['2', 'the delay', measureDelay],
	['3', 'downloads', measureDownloads],
	['4', 'CPU time for an item', measureItems],
	['5', 'executions that wait', measureWaiting],
	['6', 'loading', measureLoading],
	['8', 'films (needs ffmpeg)', measureFilms],
];

const only = process.env.BENCH_ONLY?.split(',');
const chosen = figures.filter(([number]) => only?.includes(number) ?? true);

async function measure([number, what, run]: (typeof figures)[number]) {
	const startedAt = Date.now();
	say(`Figure ${number}: ${what}`);
	try {
		return await run();
	} catch (error) {
		// One that fails is not to take the others along; the table says so.
		const failure = error instanceof Error ? error.message : String(error);
		say(`  failed: ${failure}`);
		return { title: `${number}. ${what}`, failure: failure.split('\n')[0] ?? '' };
	} finally {
		say(`  ${seconds(Date.now() - startedAt)} s`);
	}
}

const FILE = join(process.cwd(), 'bench', 'RESULTS.md');

const measured: Array<Figure | FailedFigure> = [];
for (const figure of chosen) {
	const result = await measure(figure);
	measured.push(result);
	say(inMarkdown(result));
	if (scale.isSmall || 'failure' in result) continue;
	writeFileSync(FILE, withFigure(existsSync(FILE) ? readFileSync(FILE, 'utf8') : '', result));
	say('Written: bench/RESULTS.md');
}

const missed = measured.filter((figure) => 'failure' in figure || figure.isKept === false);
for (const { title } of missed) say(`Not kept or not measured: ${title}`);
process.exit(measured.some((figure) => 'failure' in figure) ? 1 : 0);
