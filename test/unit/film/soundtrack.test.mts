import { setSoundtrack } from '../../../nodes/shared/film/film';
import { readSoundFile } from '../../../nodes/shared/film/soundFile';
import {
	bytesOfClip,
	bytesOfFilm,
	clipNamed,
	contentOf,
	fileNamed,
	fileOf,
} from '../../clips/clips.mts';

async function withSound(
	name: string,
	soundName: string,
	{ startSeconds = 0, loop = false }: { startSeconds?: number; loop?: boolean } = {},
) {
	const file = fileNamed(soundName);
	const sound = await readSoundFile(file);
	if (!sound.ok) throw new Error(sound.error);
	const clip = await clipNamed(name);
	const film = await setSoundtrack(clip, { file, sound: sound.value, startSeconds, loop });
	if (!film.ok) throw new Error(film.error.message);
	const content = await contentOf(await bytesOfFilm(film.value));
	return { film: film.value, content };
}

const endOf = (packets: ReadonlyArray<{ timestamp: number; duration: number }>) => {
	const last = packets.at(-1);
	return last === undefined ? 0 : last.timestamp + last.duration;
};

test.each(['song.m4a', 'song.mp3', 'song.aac'])('%s takes the place of the sound', async (song) => {
	const { film, content } = await withSound('b-moov-last.mp4', song);
	const before = await contentOf(bytesOfClip('b-moov-last.mp4'));
	expect(content.pictures.map(({ hash }) => hash)).toEqual(before.pictures.map(({ hash }) => hash));
	const own = before.sounds.map(({ hash }) => hash);
	expect(content.sounds.filter(({ hash }) => own.includes(hash))).toEqual([]);
	expect(film.facts).toMatchObject({ durationSeconds: 1, hasSound: true });
	// Cut at the end of the film, never beyond it.
	expect(endOf(content.sounds)).toBeLessThanOrEqual(1.001);
	expect(endOf(content.sounds)).toBeGreaterThan(0.96);
});

test('an .aac file loses the header of each of its frames', async () => {
	const { content } = await withSound('silent.mp4', 'song.aac');
	// 0xfff is what each frame of such a file begins with, and raw AAC does not.
	const raw = bytesOfClip('song.aac');
	expect(raw.readUInt16BE(0) >> 4).toBe(0xfff);
	const frameBytes = ((raw.readUIntBE(3, 3) >> 5) & 0x1fff) - 7;
	expect(content.sounds[0]?.bytes).toBe(frameBytes);
});

test('a short sound ends before the film, or begins again', async () => {
	const once = await withSound('bframes-fragmented.mp4', 'song.mp3');
	const looped = await withSound('bframes-fragmented.mp4', 'song.mp3', { loop: true });
	expect(endOf(once.content.sounds)).toBeLessThan(1.7);
	expect(endOf(looped.content.sounds)).toBeGreaterThan(1.96);
	expect(endOf(looped.content.sounds)).toBeLessThanOrEqual(2.001);
	const hashes = looped.content.sounds.map(({ hash }) => hash);
	const length = once.content.sounds.length;
	expect(hashes.slice(length)).toEqual(hashes.slice(0, hashes.length - length));
});

test('a sound may begin later', async () => {
	const { content } = await withSound('silent.mp4', 'song.m4a', { startSeconds: 0.5 });
	expect(content.sounds[0]?.timestamp).toBeCloseTo(0.5, 3);
	expect(endOf(content.sounds)).toBeLessThanOrEqual(1.251);
	expect(endOf(content.sounds)).toBeGreaterThan(1.2);
});

test('but not after the end', async () => {
	const file = fileNamed('song.mp3');
	const sound = await readSoundFile(file);
	if (!sound.ok) throw new Error(sound.error);
	const late = { file, sound: sound.value, startSeconds: 1, loop: false };
	expect(await setSoundtrack(await clipNamed('a.mp4'), late)).toMatchObject({
		ok: false,
		error: { message: 'The sound would begin at second 1, and the video ends at 1' },
	});
});

test.each([
	['song.wav', 'is a WAV file, which has to be converted to AAC or MP3 first'],
	['silent.mp4', 'holds no sound'],
	['encrypted.mp4', 'is encrypted'],
])('%s is refused', async (name, flaw) => {
	expect(await readSoundFile(fileNamed(name))).toEqual({ ok: false, error: flaw });
});

test.each(['', 'nothing of this kind', '\xff\xfb', 'OggS00000000'])(
	'%j is refused',
	async (text) => {
		const read = await readSoundFile(fileOf(Buffer.from(text, 'latin1')));
		expect(read).toMatchObject({
			ok: false,
			error: expect.stringMatching(/^(is|holds|cannot be read)/),
		});
	},
);

test('a frame of AAC that says it has no length does not keep n8n busy for ever', async () => {
	const bytes = bytesOfClip('song.aac');
	const frameBytes = (bytes.readUIntBE(3, 3) >> 5) & 0x1fff;
	// The length of the second frame.
	bytes.writeUIntBE(bytes.readUIntBE(frameBytes + 3, 3) & ~(0x1fff << 5), frameBytes + 3, 3);
	const tag = Buffer.from('ID3\x04\0\0\0\0\0\x02??', 'latin1');
	for (const broken of [bytes, Buffer.concat([tag, bytes])]) {
		expect(await readSoundFile(fileOf(broken))).toEqual({
			ok: false,
			error: 'is broken: one of its frames has no length',
		});
	}
	expect(await readSoundFile(fileOf(Buffer.concat([tag, bytesOfClip('song.aac')])))).toMatchObject({
		ok: true,
	});
});
