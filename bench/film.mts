/**
 * `npm run bench:film [-- trials [seed [first]]]`: random films held against what ffmpeg sees in them
 * and in what they were made of. Needs ffmpeg with x264, x265 and LAME; without it nothing is tried.
 */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeClips } from './film/clips.mts';
import { cutTrial } from './film/cuts.mts';
import { isInstalled } from './film/ffmpeg.mts';
import { joinTrial } from './film/joins.mts';
import { makeSongs, soundTrial } from './film/soundtracks.mts';
import { randomOf, type Random, type Trial } from './film/trials.mts';
import { say } from './results/table.mts';

const [count = '1000', seed = '1', first = '0'] = process.argv.slice(2);

/** Each of them takes ffmpeg two processes. */
const AT_ONCE = 2;

type Try = (random: Random, file: string) => Promise<Trial>;

async function tryAll(kind: string, trials: number, folder: string, tryOne: Try): Promise<number> {
	let next = Number(first);
	let failed = 0;
	const startedAt = Date.now();
	const work = async () => {
		for (let trial = next++; trial < Number(first) + trials; trial = next++) {
			const name = `${seed} ${kind} ${trial}`;
			const file = join(folder, `${kind}-${trial}.mp4`);
			const [tried] = await Promise.allSettled([tryOne(randomOf(name), file)]);
			const { what, differences } =
				tried.status === 'fulfilled'
					? tried.value
					: { what: 'thrown', differences: [String(tried.reason)] };
			if (differences.length > 0) {
				failed += 1;
				say(`${kind} ${trial}: ${what}\n  ${differences.join('\n  ')}`);
				if (process.env.KEEP) copyFileSync(file, join(process.env.KEEP, `${kind}-${trial}.mp4`));
			}
			rmSync(file, { force: true });
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, work));
	const took = ((Date.now() - startedAt) / 1000).toFixed(0);
	say(`${kind}: ${trials} tried, ${failed} not as they should be (${took} s)`);
	return failed;
}

async function main(): Promise<number> {
	if (!(await isInstalled())) {
		say('Nothing tried: ffmpeg is not installed.');
		return 0;
	}
	const folder = mkdtempSync(join(tmpdir(), 'film-bench-'));
	try {
		const made = await makeClips(folder, seed);
		const songs = await makeSongs(folder);
		const complaining = made.filter(({ seen }) => seen.complaints !== '');
		for (const { name, seen } of complaining) say(`${name}: ${seen.complaints}`);
		const clean = made.filter(({ seen }) => seen.complaints === '');
		say(`${clean.length} clips and ${songs.length} sounds made`);
		const trials = Number(count);
		const third = Math.ceil(trials / 3);
		return (
			(await tryAll('join', trials, folder, (random, file) => joinTrial(clean, random, file))) +
			(await tryAll('cut', third, folder, (random, file) => cutTrial(clean, random, file))) +
			(await tryAll('soundtrack', third, folder, (random, file) =>
				soundTrial({ made: clean, songs }, random, file),
			))
		);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

process.exitCode = (await main()) === 0 ? 0 : 1;
