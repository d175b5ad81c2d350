import type { Clip } from '../../../nodes/shared/film/clip';
import { cutOut } from '../../../nodes/shared/film/cut';
import { cutClip } from '../../../nodes/shared/film/film';
import { bytesOfClip, bytesOfFilm, clipNamed, contentOf } from '../../clips/clips.mts';

/** Pictures by the order in which they are shown. */
async function shown(bytes: Uint8Array) {
	const { pictures } = await contentOf(bytes);
	return pictures.toSorted((one, other) => one.timestamp - other.timestamp);
}

async function cut(name: string, from: number, to: number) {
	const film = await cutClip(await clipNamed(name), from, to);
	if (!film.ok) throw new Error(film.error.message);
	const before = (await shown(bytesOfClip(name))).map(({ hash }) => hash);
	const after = (await shown(await bytesOfFilm(film.value))).map(({ hash }) => hash);
	return { film: film.value, before, after };
}

test.each([
	['bframes-fragmented.mp4', 0.7, 1.2, 0.5, 12],
	['bframes-fragmented.mp4', 1, 2, 1, 24],
	['bframes-fragmented.mp4', 0, 0.3, 0, 0],
	['bframes.mp4', 0.5, 0.6, 0, 0],
	['a.mp4', 0, 0.5, 0, 0],
])('%s from %d to %d', async (name, from, to, begins, first) => {
	const { film, before, after } = await cut(name, from, to);
	expect(film.fromSeconds).toBeCloseTo(begins, 3);
	expect(film.toSeconds).toBeGreaterThanOrEqual(to - 0.001);
	// One run of the pictures as they were, none missing in between.
	expect(after).toEqual(before.slice(first, first + after.length));
	expect(film.facts.durationSeconds).toBeCloseTo(after.length / 24, 3);
	expect(film.toSeconds - film.fromSeconds).toBeCloseTo(after.length / 24, 3);
});

test('without B-frames the end is where it was wanted', async () => {
	const { film, after } = await cut('a.mp4', 0, 0.5);
	expect([film.toSeconds, after.length, film.hints]).toEqual([0.5, 12, []]);
});

test('says where the cut really lies', async () => {
	const { film } = await cut('bframes-fragmented.mp4', 0.7, 1.2);
	expect(film.hints).toEqual([
		expect.stringMatching(/^The part reaches from second 0\.5 to 1\.208/),
	]);
});

test.each([
	[1, 1],
	[0.8, 0.2],
	[1.5, 3],
])('nothing from %d to %d', async (from, to) => {
	const film = await cutClip(await clipNamed('a.mp4'), from, to);
	expect(film).toMatchObject({
		ok: false,
		error: { message: `There is nothing from second ${from} to ${to}: the video has 1 seconds` },
	});
});

/** A second key picture, with one behind it that is shown before or after it. */
const withKeyAt = (behind: number) =>
	({
		startSeconds: 0,
		durationSeconds: 2,
		pictures: {
			packets: [
				{ isKey: true, timestamp: 0, duration: 0.5 },
				{ isKey: false, timestamp: 0.5, duration: 0.5 },
				{ isKey: true, timestamp: 1, duration: 0.5 },
				{ isKey: false, timestamp: behind, duration: 0.5 },
			],
		},
	}) as unknown as Clip;

test.each([
	['of its own', 1.5, 1],
	['that needs pictures before it (an open group)', 0.75, 0],
])('a key picture with one behind it %s: the cut begins where it can', (_, behind, begins) => {
	expect(cutOut(withKeyAt(behind), 1.1, 1.4)?.fromSeconds).toBe(begins);
});
