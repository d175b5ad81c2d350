import { video } from '../../../nodes/shared/domain/mediaFile';
import { readClip } from '../../../nodes/shared/film/clip';
import { joinClips } from '../../../nodes/shared/film/film';
import { readParameterSets } from '../../../nodes/shared/film/parameterSets';
import {
	boxesOf,
	bytesOfClip,
	bytesOfFilm,
	clipNamed,
	contentOf,
	fileNamed,
	fileOf,
} from '../../clips/clips.mts';

const plain = { joinAnyway: false, dropRepeatedFrame: false };

async function join(names: readonly string[], options = plain) {
	const clips = await Promise.all(names.map(clipNamed));
	const film = await joinClips(clips, options);
	if (!film.ok) throw new Error(film.error.message);
	const bytes = await bytesOfFilm(film.value);
	return { film: film.value, bytes, content: await contentOf(bytes) };
}

const contentsOf = async (names: readonly string[]) =>
	await Promise.all(names.map(async (name) => await contentOf(bytesOfClip(name))));

const SILENCE = { mono: 4, stereo: 6 };

describe.each([
	['plain', ['a.mp4', 'a.mp4', 'b-moov-last.mp4']],
	['with and without sound', ['a.mp4', 'silent.mp4', 'b-moov-last.mp4']],
	['silent first', ['silent.mp4', 'a.mp4']],
	['MP4 and MOV', ['a.mp4', 'a.mov']],
	['B-frames, fragmented and not', ['bframes.mp4', 'bframes-fragmented.mp4', 'bframes.mp4']],
	['H.265', ['hevc.mp4', 'hevc.mp4']],
	['MP3 in the clips', ['mp3sound.mp4', 'mp3sound.mp4']],
	['no sound at all', ['silent.mp4', 'silent.mp4']],
	['one clip', ['b-moov-last.mp4']],
])('%s', (_, names) => {
	test('every picture is in the film once, as it was, in order and without a gap', async () => {
		const { film, content } = await join(names);
		const inputs = await contentsOf(names);
		const before = inputs.flatMap(({ pictures }) => pictures.map(({ hash }) => hash));
		expect(content.pictures.map(({ hash }) => hash)).toEqual(before);
		const shown = content.pictures.map(({ timestamp }) => timestamp).toSorted((a, b) => a - b);
		for (const [index, timestamp] of shown.entries()) expect(timestamp).toBeCloseTo(index / 24, 4);
		expect(film.facts.durationSeconds).toBeCloseTo(before.length / 24, 3);
	});

	test('its sound is one run without a gap and ends with the pictures', async () => {
		const { film, content } = await join(names);
		expect(content.sounds.length > 0).toBe(film.facts.hasSound);
		const [first] = content.sounds;
		if (first === undefined) return;
		for (const [index, { timestamp }] of content.sounds.entries()) {
			expect(timestamp).toBeCloseTo(index * first.duration, 4);
		}
		const missing = film.facts.durationSeconds - content.sounds.length * first.duration;
		expect(missing).toBeGreaterThan(-0.002);
		expect(missing).toBeLessThan(first.duration);
	});

	test('it is whole, says its length and has its index in front', async () => {
		const { film, bytes } = await join(names);
		expect(boxesOf(bytes)).toEqual(['ftyp', 'moov', 'free', 'mdat']);
		const reader = video.readWhole();
		reader.read(bytes);
		expect(reader.end()).toBe('whole');
		expect(film.facts.bytes).toBe(bytes.length);
	});
});

test('a film can be joined again', async () => {
	const { bytes } = await join(['a.mp4', 'silent.mp4']);
	const again = await readClip(fileOf(bytes));
	if (!again.ok) throw new Error(again.error);
	const film = await joinClips([again.value, await clipNamed('a.mp4')], plain);
	expect(film).toMatchObject({ ok: true, value: { facts: { durationSeconds: 3.25 } } });
});

test('a clip whose rate changes has the length that its track says', async () => {
	const { film, content } = await join(['changing.mp4', 'changing.mp4']);
	expect(film.chapters).toEqual([
		{ startSeconds: 0, durationSeconds: expect.closeTo(1.583, 3) },
		{ startSeconds: expect.closeTo(1.583, 3), durationSeconds: expect.closeTo(1.583, 3) },
	]);
	const shown = content.pictures.map(({ timestamp }) => timestamp).toSorted((a, b) => a - b);
	expect(shown[shown.length / 2]).toBeCloseTo(1.5833, 3);
});

test('the chapters say where each clip begins', async () => {
	const { film } = await join(['a.mp4', 'silent.mp4', 'a.mp4']);
	expect(film.chapters).toEqual([
		{ startSeconds: 0, durationSeconds: 1 },
		{ startSeconds: 1, durationSeconds: 1.25 },
		{ startSeconds: 2.25, durationSeconds: 1 },
	]);
	expect(film.facts).toMatchObject({ width: 64, height: 64, frameRate: 24, hasSound: true });
});

test('a clip without sound is silent in the film, and nothing else is', async () => {
	const { content } = await join(['a.mp4', 'silent.mp4', 'a.mp4']);
	const silent = content.sounds.filter(({ bytes }) => bytes === SILENCE.stereo);
	const between = silent.filter(({ timestamp }) => timestamp > 0.98 && timestamp < 2.24);
	expect(between.length).toBe(54);
	// Where an encoder's last frame is shorter than a whole one, one frame may have to be added.
	expect(silent.length - between.length).toBeLessThanOrEqual(2);
});

test('what an encoder puts before the first sound is left out', async () => {
	const { content } = await join(['a.mp4']);
	const [input] = await contentsOf(['a.mp4']);
	expect(input?.sounds[0]?.timestamp).toBeLessThan(0);
	expect(content.sounds[0]?.hash).toBe(input?.sounds[1]?.hash);
});

describe('clips that do not fit are refused by name', () => {
	test.each([
		[
			['a.mp4', 'a.mp4', 'wide.mp4'],
			2,
			'Clip 3 is 128×64 at 24 frames a second, the first one 64×64',
		],
		[['a.mp4', 'hevc.mp4'], 1, 'Clip 2 is H.265, the first one H.264'],
		[
			['a.mp4', 'khz48.mp4'],
			1,
			'Clip 2 has sound in AAC (mp4a.40.2), 48000 Hz, stereo, the first one in AAC (mp4a.40.2), 44100 Hz, stereo',
		],
		[
			['silent.mp4', 'a.mp4', 'mono.mp4'],
			2,
			'Clip 3 has sound in AAC (mp4a.40.2), 44100 Hz, mono, clip 2 in AAC (mp4a.40.2), 44100 Hz, stereo',
		],
		[
			['a.mp4', 'mp3sound.mp4'],
			1,
			'Clip 2 has sound in MP3, 44100 Hz, stereo, the first one in AAC (mp4a.40.2), 44100 Hz, stereo',
		],
		[
			['mp3sound.mp4', 'silent.mp4'],
			1,
			'Clip 2 has no sound, and silence cannot be put in between sound of this kind (MP3, 44100 Hz, stereo)',
		],
		[
			['a.mp4', 'baseline.mp4'],
			1,
			'Clip 2 was encoded with other settings (avc1.42c00a) than the first one (avc1.64000a)',
		],
		[['a.mp4', 'hidden.mp4'], 1, 'Clip 2 hides its first 12 frames, which would show in the film'],
	])('%j', async (names, clip, message) => {
		const film = await joinClips(await Promise.all(names.map(clipNamed)), plain);
		expect(film).toMatchObject({ ok: false, error: { clip, message } });
		expect(!film.ok && film.error.fix).toMatch(/^[A-Z].+\.$/);
	});

	test.each([
		['encrypted.mp4', 'is encrypted'],
		['song.m4a', 'holds no pictures'],
		['song.mp3', 'is no MP4 or MOV file'],
		['song.wav', 'is no MP4 or MOV file'],
	])('%s', async (name, flaw) => {
		expect(await readClip(fileNamed(name))).toEqual({ ok: false, error: flaw });
	});

	test('an empty file', async () => {
		expect(await readClip(fileOf(new Uint8Array()))).toEqual({ ok: false, error: 'is empty' });
	});
});

test('another frame rate is a hint', async () => {
	const { film } = await join(['a.mp4', 'fps30.mp4'], { ...plain, joinAnyway: true });
	expect(film.hints).toEqual([
		expect.stringMatching(/^Clip 2 has 30 frames a second, the first one 24\./),
	]);
});

describe('Join Anyway', () => {
	const anyway = { ...plain, joinAnyway: true };

	test('puts each clip’s own settings in front of every picture that one can jump to', async () => {
		const names = ['a.mp4', 'baseline.mp4', 'bframes.mp4'];
		const { content } = await join(names, anyway);
		const inputs = await contentsOf(names);
		const pictures = inputs.flatMap((input, index) =>
			input.pictures.map((picture) => ({ ...picture, name: names[index] ?? '' })),
		);
		expect(content.pictures.length).toBe(pictures.length);
		for (const [index, { bytes, isKey, hash, name }] of pictures.entries()) {
			const { config, codec } = (await clipNamed(name)).pictures;
			const settings = Buffer.from(new Uint8Array(Buffer.from(config.description as Uint8Array)));
			const more = readParameterSets(codec, settings)?.inFront.length ?? 0;
			expect(content.pictures[index]?.bytes).toBe(isKey ? bytes + more : bytes);
			expect(content.pictures[index]?.hash === hash).toBe(!isKey);
		}
	});

	test('puts nothing in where the settings are the same', async () => {
		const { content } = await join(['a.mp4', 'a.mov'], anyway);
		const inputs = await contentsOf(['a.mp4', 'a.mov']);
		const before = inputs.flatMap(({ pictures }) => pictures.map(({ hash }) => hash));
		expect(content.pictures.map(({ hash }) => hash)).toEqual(before);
	});

	test('takes no clip of another size', async () => {
		const clips = await Promise.all(['a.mp4', 'wide.mp4'].map(clipNamed));
		expect((await joinClips(clips, anyway)).ok).toBe(false);
	});
});

describe('Drop Repeated Frame', () => {
	const drop = { ...plain, dropRepeatedFrame: true };

	test('leaves out the last frame of all clips but the last', async () => {
		const { film, content } = await join(['a.mp4', 'a.mp4', 'a.mp4'], drop);
		const [input] = await contentsOf(['a.mp4']);
		const all = (input?.pictures ?? []).map(({ hash }) => hash);
		const without = all.slice(0, -1);
		expect(content.pictures.map(({ hash }) => hash)).toEqual([...without, ...without, ...all]);
		expect(film.facts.durationSeconds).toBe(2.917);
		expect(film.hints).toEqual([]);
	});

	test('leaves a frame from which others are made, and says so', async () => {
		const { film, content } = await join(['bframes.mp4', 'bframes.mp4'], drop);
		expect(content.pictures.length).toBe(48);
		expect(film.hints).toEqual([expect.stringMatching(/^The last frame of clip 1 stays/)]);
	});
});
