import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setSoundtrack } from '../../nodes/shared/film/film.ts';
import { readSoundFile } from '../../nodes/shared/film/soundFile.ts';
import type { Sound } from '../../nodes/shared/film/clip.ts';
import { fileOf } from '../../test/clips/clips.mts';
import type { Made } from './clips.mts';
import { differences } from './check.mts';
import { ffmpeg } from './ffmpeg.mts';
import { look } from './seen.mts';
import { oneOf, type Random, type Trial } from './trials.mts';

interface Song {
	name: string;
	bytes: Buffer;
	sound: Sound;
	/** When its first beep begins, as a player of music plays it. */
	beep: number;
	seconds: number;
}

const kinds: Array<[name: string, encoding: string]> = [
	['song.m4a', '-c:a aac -b:a 64k -ar 44100 -ac 2'],
	['mono48.m4a', '-c:a aac -b:a 48k -ar 48000 -ac 1'],
	['song.mp3', '-c:a libmp3lame -b:a 64k -ar 44100 -ac 2'],
	['changing.mp3', '-c:a libmp3lame -q:a 4 -ar 48000 -ac 1'],
	['slow.mp3', '-c:a libmp3lame -b:a 32k -ar 22050 -ac 1'],
	['plain.mp3', '-c:a libmp3lame -b:a 64k -ar 44100 -ac 2 -write_xing 0 -id3v2_version 0'],
	['song.aac', '-c:a aac -b:a 64k -ar 44100 -ac 2'],
	['front.m4a', '-c:a aac -b:a 64k -ar 44100 -ac 2 -movflags +faststart'],
	['parts.mp4', '-c:a aac -b:a 64k -ar 44100 -ac 2 -movflags +frag_keyframe+empty_moov'],
];
const lengths = [0.9, 5];

export async function makeSongs(folder: string): Promise<Song[]> {
	const songs: Song[] = [];
	for (const [name, encoding] of kinds) {
		for (const seconds of lengths) {
			const file = join(folder, `${seconds}-${name}`);
			const beep = '0.6*sin(2*PI*900*t)*between(t,0.3,0.36)';
			const input = ['-f', 'lavfi', '-i', `aevalsrc='${beep}|${beep}':s=48000:d=${seconds}`];
			await ffmpeg(...input, ...encoding.split(' '), file);
			const bytes = readFileSync(file);
			const sound = await readSoundFile(fileOf(bytes, 65_536));
			if (!sound.ok) throw new Error(`${name} ${sound.error}`);
			songs.push({
				name: `${name} of ${seconds} s`,
				bytes,
				sound: sound.value,
				beep: 0.3,
				seconds,
			});
		}
	}
	return songs;
}

/** An encoder puts as much silence first; files of MP3, ADTS and fragments do not say so. */
const LEAD_SAMPLES = 1105;
const FRAME_SAMPLES = 1152;
const BEEP_LENGTH = 0.1;

/** A random clip with another sound. */
export async function soundTrial(
	{ made, songs }: { made: readonly Made[]; songs: readonly Song[] },
	random: Random,
	file: string,
): Promise<Trial> {
	const chosen = oneOf(made, random);
	const song = oneOf(songs, random);
	const startSeconds = random(2) === 0 ? 0 : (random(900) / 1000) * chosen.seconds;
	const loop = random(2) === 0;
	const what = `${chosen.name} with ${song.name}, ${JSON.stringify({ startSeconds, loop })}`;
	const soundtrack = { file: fileOf(song.bytes, 65_536), sound: song.sound, startSeconds, loop };
	const film = await setSoundtrack(chosen.clip, soundtrack);
	if (!film.ok) return { what, differences: [film.error.message] };

	const zero = chosen.seen.pictures[0]?.seconds ?? 0;
	const found = await differences(
		film.value,
		{
			pictures: chosen.seen.pictures.map((picture) => ({
				...picture,
				seconds: picture.seconds - zero,
			})),
			durationSeconds: chosen.seconds,
			hasSound: film.value.facts.hasSound,
			beeps: [],
			beepSeconds: Infinity,
			// A frame of MP3 at 22 kHz; a sound that is over sooner is over.
			soundEndSeconds: loop ? 0.053 : undefined,
			rotation: chosen.family.rotation,
		},
		file,
	);
	const others = found.filter((one) => !/beeps/.test(one));
	const room = chosen.seconds - startSeconds;
	if (room < song.beep + BEEP_LENGTH) return { what, differences: others };
	const [first = NaN] = (await look(file, true)).beeps;
	const off = first - startSeconds - song.beep;
	const samples = FRAME_SAMPLES / 2 + LEAD_SAMPLES;
	const isOff = !(Math.abs(off) <= samples / song.sound.config.sampleRate + 0.005);
	const late = isOff ? [`the beep is ${(off * 1000).toFixed(1)} ms off`] : [];
	return { what, differences: [...others, ...late] };
}
