import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readClip } from '../../nodes/shared/film/clip.ts';
import { cutClip, joinClips, setSoundtrack, type Film } from '../../nodes/shared/film/film.ts';
import type { FilmProblem } from '../../nodes/shared/film/fit.ts';
import { readSoundFile } from '../../nodes/shared/film/soundFile.ts';
import type { Result } from '../../nodes/shared/domain/result.ts';
import { boxesOf, bytesOfFilm, fileOf } from '../../test/clips/clips.mts';
import { spoil } from './spoil.mts';
import { oneOf, randomOf, type Random } from './trials.mts';

export type End = 'refused' | 'not written' | 'whole film' | 'wrong';

export interface Ended {
	end: End;
	/** Why, where something is wrong. */
	reason?: string;
}

const SONG = /^song\./;
const CLIP = /\.(mp4|mov)$/;

/** Small videos and sounds, by name. */
export function readFiles(folder: string): ReadonlyMap<string, Buffer> {
	const names = readdirSync(folder).filter((name) => SONG.test(name) || CLIP.test(name));
	return new Map(names.map((name) => [name, readFileSync(path.join(folder, name))]));
}

/** Breaks one of the files and makes a film of it, as far as it goes. */
export async function tryBroken(
	files: ReadonlyMap<string, Buffer>,
	trial: string,
): Promise<Ended & { name: string }> {
	const random = randomOf(trial);
	const name = oneOf([...files.keys()], random);
	const bytes = spoil(
		files.get(name) ?? Buffer.alloc(0),
		oneOf([...files.values()], random),
		random,
	);
	const whole = files.get('a.mp4') ?? Buffer.alloc(0);
	const ended = SONG.test(name)
		? await soundOf(whole, bytes, random)
		: await filmOf(whole, bytes, random);
	return { name, ...ended };
}

const isSentence = (text: string) =>
	/^(is|holds|has|hides|begins|cannot be read|Clip \d|The |There |A )/.test(text);

const refused = (reason: string): Ended =>
	isSentence(reason) ? { end: 'refused' } : { end: 'wrong', reason: `refused: ${reason}` };

async function filmOf(whole: Buffer, bytes: Buffer, random: Random): Promise<Ended> {
	const clip = await readClip(fileOf(bytes, 1024 + random(8192)));
	if (!clip.ok) return refused(clip.error);
	const other = await readClip(fileOf(whole));
	if (!other.ok) return { end: 'wrong', reason: other.error };
	const clips = oneOf([[clip.value], [clip.value, clip.value], [other.value, clip.value]], random);
	const options = { joinAnyway: random(2) === 0, dropRepeatedFrame: random(2) === 0 };
	const from = random(1000) / 500;
	return random(4) === 0
		? await write(await cutClip(clip.value, from, from + random(1000) / 500))
		: await write(await joinClips(clips, options));
}

async function soundOf(whole: Buffer, bytes: Buffer, random: Random): Promise<Ended> {
	const file = fileOf(bytes, 1024 + random(8192));
	const sound = await readSoundFile(file);
	if (!sound.ok) return refused(sound.error);
	const clip = await readClip(fileOf(whole));
	if (!clip.ok) return { end: 'wrong', reason: clip.error };
	const [startSeconds, loop] = [random(900) / 1000, random(2) === 0];
	return await write(
		await setSoundtrack(clip.value, { file, sound: sound.value, startSeconds, loop }),
	);
}

async function write(film: Result<Film, FilmProblem>): Promise<Ended> {
	if (!film.ok) return refused(film.error.message);
	const [written] = await Promise.allSettled([bytesOfFilm(film.value)]);
	if (written.status === 'rejected') {
		const reason = String(written.reason);
		const isNamed = /^Error: (Clip \d+|The (video|soundtrack|film)) /.test(reason);
		return isNamed ? { end: 'not written' } : { end: 'wrong', reason: `thrown: ${reason}` };
	}
	return await judge(film.value, written.value);
}

/** A film that is put out can be read again, and holds what was planned. */
async function judge({ facts, plan }: Film, bytes: Buffer): Promise<Ended> {
	const boxes = boxesOf(bytes).join();
	if (boxes !== 'ftyp,moov,free,mdat') return { end: 'wrong', reason: `boxes ${boxes}` };
	if (bytes.length !== facts.bytes) return { end: 'wrong', reason: `${bytes.length} bytes` };
	const again = await readClip(fileOf(bytes, 65_536));
	if (!again.ok) return { end: 'wrong', reason: `the film ${again.error}` };
	const planned = plan.samples.filter(({ track }) => track === 'pictures').length;
	const { packets } = again.value.pictures;
	if (packets.length === planned) return { end: 'whole film' };
	return { end: 'wrong', reason: `${packets.length} of ${planned} pictures` };
}
