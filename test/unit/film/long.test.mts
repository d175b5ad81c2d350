import { readClip } from '../../../nodes/shared/film/clip';
import { joinClips } from '../../../nodes/shared/film/film';
import { MAX_SAMPLES } from '../../../nodes/shared/film/limits';
import { readSoundFile } from '../../../nodes/shared/film/soundFile';
import type { StoredFile } from '../../../nodes/shared/film/storedFile';
import { bytesOfClip, bytesOfFilm, fileOf } from '../../clips/clips.mts';

const tooMany = {
	ok: false,
	error:
		'has more than 450000 pictures or pieces of sound, which is more than two hours of video take',
};
const untrue = { ok: false, error: 'is broken: its index does not fit its content' };

const numbers = (...given: number[]) => {
	const bytes = Buffer.alloc(given.length * 4);
	for (const [index, number] of given.entries()) bytes.writeUInt32BE(number, index * 4);
	return bytes;
};
const box = (name: string, ...content: Buffer[]) => {
	const length = content.reduce((sum, bytes) => sum + bytes.length, 8);
	return Buffer.concat([numbers(length), Buffer.from(name, 'latin1'), ...content]);
};
const parents = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);

/** The same boxes, some of them with other content. */
function withBoxes(content: Buffer, others: Readonly<Record<string, Buffer>>): Buffer {
	const boxes: Buffer[] = [];
	for (let at = 0; at < content.length; at += content.readUInt32BE(at)) {
		const name = content.toString('latin1', at + 4, at + 8);
		const old = content.subarray(at + 8, at + content.readUInt32BE(at));
		const inside = parents.has(name) ? withBoxes(old, others) : old;
		boxes.push(box(name, others[name] ?? inside));
	}
	return Buffer.concat(boxes);
}

/** A clip of so many pictures of one byte each, all in one piece unless told otherwise. */
const clipOf = (pictures: number, others: Readonly<Record<string, Buffer>> = {}) =>
	withBoxes(bytesOfClip('silent.mp4'), {
		mdat: Buffer.alloc(pictures),
		stts: numbers(0, 1, pictures, 1),
		stss: numbers(0, 1, 1),
		stsz: numbers(0, 1, pictures),
		stsc: numbers(0, 1, 1, pictures, 1),
		stco: numbers(0, 1, 64),
		...others,
	});

const ofTen = numbers(0, 1, 1, 10, 1);

/** How often work let others have their turn. */
function restingFile(bytes: Buffer) {
	const seen = { rests: 0 };
	const given = fileOf(bytes, 1024 * 1024);
	const rest = async () => {
		seen.rests += 1;
		await given.rest();
	};
	const file: StoredFile = { ...given, rest };
	return { file, seen };
}

test.each([
	['one size for all', {}],
	['a run of times', { stsz: numbers(0, 1, 10), stsc: ofTen }],
	['a run of times, and no sizes', { stsz: numbers(0, 0, 0), stsc: ofTen }],
	['sizes alone', { stts: numbers(0, 1, 10, 1) }],
])('a million pictures are refused before one is looked at: %s', async (_, others) => {
	const { file, seen } = restingFile(clipOf(1_000_000, others));
	expect(await readClip(file)).toEqual(tooMany);
	expect(seen.rests).toBe(0);
});

test('more than are taken by one, and as many as are', async () => {
	const none = (pictures: number) => clipOf(pictures, { stts: numbers(0, 1, 10, 1000) });
	expect(await readClip(fileOf(none(MAX_SAMPLES + 1)))).toEqual(tooMany);
	expect(await readClip(fileOf(none(MAX_SAMPLES)))).toMatchObject({ ok: true });
});

test('names of codecs count in either case', async () => {
	const clip = clipOf(1_000_000);
	clip.write('AVC1', clip.indexOf('avc1', clip.indexOf('stsd')), 'latin1');
	const { file, seen } = restingFile(clip);
	expect(await readClip(file)).toEqual(tooMany);
	expect(seen.rests).toBe(0);
});

test('what the tables of an index hide is counted while it is read', async () => {
	const silent = bytesOfClip('silent.mp4');
	const list = silent.indexOf('stsd');
	const entry = silent.subarray(list + 12, list - 4 + silent.readUInt32BE(list - 4));
	const stsd = Buffer.concat([numbers(0, 2), box('none', Buffer.alloc(78)), entry]);
	const { file, seen } = restingFile(clipOf(MAX_SAMPLES + 1, { stsd }));
	expect(await readClip(file)).toEqual(tooMany);
	expect(seen.rests).toBe(450);
});

test('a long clip lets others have their turn, while it is read, laid out and written', async () => {
	const { file, seen } = restingFile(clipOf(5000));
	const clip = await readClip(file);
	if (!clip.ok) throw new Error(clip.error);
	expect([clip.value.pictures.packets.length, seen.rests]).toEqual([5000, 5]);
	const film = await joinClips([clip.value], { joinAnyway: false, dropRepeatedFrame: false });
	if (!film.ok) throw new Error(film.error.message);
	expect(seen.rests).toBe(10);
	await bytesOfFilm(film.value);
	expect(seen.rests).toBe(15);
});

test('fragments count together', async () => {
	const run = box('trun', numbers(0, MAX_SAMPLES));
	const fragment = box('moof', box('mfhd', numbers(0, 1)), box('traf', run));
	const clip = (fragments: number) =>
		Buffer.concat([clipOf(MAX_SAMPLES), ...Array.from({ length: fragments }, () => fragment)]);
	expect(await readClip(fileOf(clip(3)))).toEqual(tooMany);
});

test('a piece of very many samples, each of its own size, is refused', async () => {
	const sizes = numbers(0, 0, 30_000, ...Array.from({ length: 30_000 }, () => 1));
	expect(await readClip(fileOf(clipOf(30_000, { stsz: sizes })))).toEqual(untrue);
	const endless = numbers(0, 2, 1, 30_000, 1, 2, 0xffffffff, 1);
	expect(await readClip(fileOf(clipOf(30_000, { stsz: sizes, stsc: endless })))).toEqual(untrue);
});

test('frames of an .aac are counted, and others have their turn', async () => {
	const song = bytesOfClip('song.aac').subarray(0, 7);
	// A frame of a header alone: its length is seven bytes.
	song[3] = ((song[3] ?? 0) & 0xfc) | 0;
	song[4] = 0;
	song[5] = (7 << 5) | 0x1f;
	const frames = (count: number) => restingFile(Buffer.concat(Array(count).fill(song)));
	const long = frames(MAX_SAMPLES + 10);
	expect(await readSoundFile(long.file)).toEqual(tooMany);
	expect(long.seen.rests).toBe(450);
});

test('no film has more pictures than a file', async () => {
	const clip = await readClip(fileOf(clipOf(100)));
	if (!clip.ok) throw new Error(clip.error);
	const [packet] = clip.value.pictures.packets;
	if (packet === undefined) throw new Error('No pictures');
	const packets = Array.from({ length: MAX_SAMPLES / 2 + 1 }, () => packet);
	const half = { ...clip.value, pictures: { ...clip.value.pictures, packets } };
	expect(
		await joinClips([half, half], { joinAnyway: false, dropRepeatedFrame: false }),
	).toMatchObject({
		ok: false,
		error: { message: 'The film would have more than 450000 pictures' },
	});
});
