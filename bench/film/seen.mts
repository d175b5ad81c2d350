import { readFileSync, rmSync } from 'node:fs';
import { ffmpeg } from './ffmpeg.mts';

/** What somebody sees and hears who plays a file. */
export interface Seen {
	/** What ffmpeg had to say about it; nothing is as it should be. */
	complaints: string;
	pictures: Array<{ seconds: number; hash: string }>;
	/** When beeps begin. */
	beeps: number[];
}

export const HERTZ = 16_000;

/**
 * Decodes a file. Gaps in the sound become silence, so that its samples tell the time, which is that of
 * the file itself.
 */
export async function look(file: string, hasSound: boolean): Promise<Seen> {
	const [hashes, samples] = [`${file}.md5`, `${file}.pcm`];
	const pictures = [
		'-map',
		'0:v:0',
		'-fps_mode',
		'passthrough',
		'-enc_time_base',
		'-1',
		'-f',
		'framemd5',
		hashes,
	];
	const filled = `aresample=${HERTZ}:async=1:first_pts=0:min_hard_comp=0.01`;
	const sound = ['-map', '0:a:0', '-af', filled, '-ac', '1', '-f', 's16le', samples];
	const complaints = await ffmpeg(
		...['-copyts', '-noautorotate', '-i', file, ...pictures, ...(hasSound ? sound : [])],
	);
	try {
		const beeps = hasSound ? beepsIn(readFileSync(samples)) : [];
		return { complaints, pictures: picturesIn(readFileSync(hashes, 'utf8')), beeps };
	} finally {
		for (const made of [hashes, samples]) rmSync(made, { force: true });
	}
}

function picturesIn(text: string): Seen['pictures'] {
	const [, ticks = '1', perSecond = '1'] = /^#tb 0: (\d+)\/(\d+)$/m.exec(text) ?? [];
	const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
	return lines.map((line) => {
		const fields = line.split(',').map((field) => field.trim());
		const seconds = (Number(fields[2]) * Number(ticks)) / Number(perSecond);
		return { seconds, hash: fields[5] ?? '' };
	});
}

const LOUD = 3_000;
const QUIET_SECONDS = 0.03;

function beepsIn(pcm: Buffer): number[] {
	const beeps: number[] = [];
	let lastLoud = -Infinity;
	for (let sample = 0; sample * 2 + 1 < pcm.length; sample++) {
		if (Math.abs(pcm.readInt16LE(sample * 2)) < LOUD) continue;
		if ((sample - lastLoud) / HERTZ > QUIET_SECONDS) beeps.push(sample / HERTZ);
		lastLoud = sample;
	}
	return beeps;
}
