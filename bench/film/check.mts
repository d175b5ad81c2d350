import { writeFileSync } from 'node:fs';
import type { Film } from '../../nodes/shared/film/film.ts';
import { boxesOf, bytesOfFilm } from '../../test/clips/clips.mts';
import { endOf, ffprobe } from './ffmpeg.mts';
import { look, type Seen } from './seen.mts';

/** What a film has to show, by what ffmpeg saw in what it was made of. */
export interface Expected {
	pictures: Seen['pictures'];
	durationSeconds: number;
	hasSound: boolean;
	beeps: number[];
	/** How far a beep may be off. */
	beepSeconds: number;
	/** How much earlier than the pictures the sound may end; undefined where it ends anywhere. */
	soundEndSeconds?: number;
	rotation?: number;
}

const PICTURE_SECONDS = 0.0006;
const LENGTH_SECONDS = 0.002;

const isNear = (one: number, other: number, tolerance: number) =>
	Math.abs(one - other) <= tolerance;

/**
 * H.265 with B-frames behind H.265 without (Join Anyway): what stands at the film's head is true of
 * its first clip only, and ffmpeg tells its makers about it; every picture is as it was.
 */
const expectedComplaints = [
	/video_delay is larger in decoder than demuxer/,
	/^If you want to help, upload a sample/,
	/^ +Last message repeated/,
];

const isExpected = (line: string) => expectedComplaints.some((pattern) => pattern.test(line));

/** Writes a film and holds it against what was expected; each difference is a sentence. */
export async function differences(film: Film, expected: Expected, file: string): Promise<string[]> {
	const bytes = await bytesOfFilm(film);
	writeFileSync(file, bytes);
	const found: string[] = [];
	const check = (isRight: boolean, what: string) => void (isRight || found.push(what));
	check(boxesOf(bytes).join() === 'ftyp,moov,free,mdat', `boxes ${boxesOf(bytes).join()}`);
	check(film.facts.bytes === bytes.length, `${bytes.length} bytes, row ${film.facts.bytes}`);
	check(film.facts.hasSound === expected.hasSound, `hasSound ${film.facts.hasSound}`);

	const seen = await look(file, expected.hasSound);
	const complaints = seen.complaints
		.split('\n')
		.filter((line) => !isExpected(line))
		.join('\n');
	check(complaints === '', `ffmpeg: ${complaints.slice(0, 500)}`);
	const wanted = expected.pictures.map(({ hash }) => hash);
	const got = seen.pictures.map(({ hash }) => hash);
	const differing = wanted.findIndex((hash, index) => hash !== got[index]);
	check(wanted.length === got.length, `${got.length} instead of ${wanted.length} pictures`);
	check(differing === -1, `picture ${differing} is another one`);
	for (const [index, { seconds }] of expected.pictures.entries()) {
		const at = seen.pictures[index]?.seconds ?? NaN;
		if (isNear(at, seconds, PICTURE_SECONDS)) continue;
		found.push(`picture ${index} at ${at} instead of ${seconds}`);
		break;
	}

	const { format, streams, packets } = await ffprobe(file);
	const { durationSeconds } = expected;
	const told = [film.facts.durationSeconds, Number(format.duration)];
	const isLong = told.every((seconds) => isNear(seconds, durationSeconds, LENGTH_SECONDS));
	check(isLong, `length ${told.join(', ')} instead of ${durationSeconds}`);
	const frames = streams.find(({ codec_type }) => codec_type === 'video');
	check(Number(frames?.nb_frames) === wanted.length, `ffprobe: ${frames?.nb_frames} frames`);
	const turned = Math.abs(frames?.side_data_list?.find(({ rotation }) => rotation)?.rotation ?? 0);
	check(turned === (expected.rotation ?? 0), `turned by ${turned}`);

	checkBeeps(seen.beeps, expected, check);
	const ends = packets
		.filter(({ codec_type }) => codec_type === 'audio')
		.map((packet) => endOf(packet));
	const end = Math.max(...ends, 0);
	if (!expected.hasSound) return found;
	check(end <= durationSeconds + LENGTH_SECONDS, `sound to ${end}, pictures to ${durationSeconds}`);
	const missing = durationSeconds - end;
	const mayMiss = expected.soundEndSeconds ?? Infinity;
	check(missing <= mayMiss + LENGTH_SECONDS, `sound ends ${missing} s before the pictures`);
	return found;
}

function checkBeeps(
	beeps: readonly number[],
	{ beeps: wanted, beepSeconds }: Expected,
	check: (isRight: boolean, what: string) => void,
): void {
	check(beeps.length === wanted.length, `${beeps.length} instead of ${wanted.length} beeps`);
	for (const [index, seconds] of wanted.entries()) {
		const off = (beeps[index] ?? NaN) - seconds;
		check(Math.abs(off) <= beepSeconds, `beep ${index} is ${(off * 1000).toFixed(1)} ms off`);
	}
}
