import { readClip } from '../../../nodes/shared/film/clip';
import { joinClips } from '../../../nodes/shared/film/film';
import { boxesOf, bytesOfClip, bytesOfFilm, clipNamed, fileOf } from '../../clips/clips.mts';
import { randomFrom } from '../../clips/random.mts';

const plain = { joinAnyway: true, dropRepeatedFrame: false };

/** A film, or in whose words there is none. */
async function tryFilm(bytes: Uint8Array): Promise<Buffer | string> {
	const clip = await readClip(fileOf(bytes));
	if (!clip.ok) return clip.error;
	const film = await joinClips([clip.value, clip.value], plain);
	if (!film.ok) return film.error.message;
	try {
		return await bytesOfFilm(film.value);
	} catch (error) {
		return String(error);
	}
}

const isWhole = (film: Buffer) => boxesOf(film).join() === 'ftyp,moov,free,mdat';

test.each(['a.mp4', 'b-moov-last.mp4', 'bframes-fragmented.mp4'])(
	'%s is refused at whatever place it is cut off',
	async (name) => {
		const bytes = bytesOfClip(name);
		for (let length = 0; length < bytes.length; length += 97) {
			const tried = await tryFilm(bytes.subarray(0, length));
			// A fragmented file that ends between two fragments is a whole one.
			if (name.includes('fragmented') && typeof tried !== 'string') {
				expect(isWhole(tried)).toBe(true);
				continue;
			}
			expect([length, tried]).toEqual([
				length,
				expect.stringMatching(
					/^(is empty|is broken|is no MP4 or MOV file|holds no|cannot be read)/,
				),
			]);
		}
	},
);

test.each(['a.mp4', 'b-moov-last.mp4', 'bframes-fragmented.mp4', 'a.mov', 'hevc.mp4'])(
	'%s with wrong bytes makes a whole film or none',
	async (name) => {
		const random = randomFrom(name);
		for (let round = 0; round < 60; round++) {
			const bytes = Buffer.from(bytesOfClip(name));
			for (let count = 1 + random(8); count > 0; count--) {
				bytes[random(bytes.length)] = random(256);
			}
			const tried = await tryFilm(bytes);
			if (typeof tried !== 'string') expect(isWhole(tried)).toBe(true);
		}
	},
);

test('a file that ends sooner than n8n said is named', async () => {
	const bytes = bytesOfClip('a.mp4');
	const clip = await readClip(fileOf(bytes));
	if (!clip.ok) throw new Error(clip.error);
	const short = { ...clip.value, file: { ...fileOf(bytes.subarray(0, 6000)), size: bytes.length } };
	const film = await joinClips([await clipNamed('a.mp4'), short], plain);
	if (!film.ok) throw new Error(film.error.message);
	await expect(bytesOfFilm(film.value)).rejects.toThrow(
		/^Clip 2 cannot be read: the file ends after 6000 of \d+ bytes$/,
	);
});

test('a file that has changed since it was looked at is named', async () => {
	const clip = await clipNamed('a.mp4');
	const changed = { ...clip, file: fileOf(bytesOfClip('b-moov-last.mp4')) };
	const film = await joinClips([changed], plain);
	if (!film.ok) throw new Error(film.error.message);
	await expect(bytesOfFilm(film.value)).rejects.toThrow(/^The video is not as its index says$/);
});

test('a film can be stopped', async () => {
	const film = await joinClips([await clipNamed('a.mp4')], plain);
	if (!film.ok) throw new Error(film.error.message);
	const { chunksOf } = await import('../../../nodes/shared/film/film');
	const stop = new AbortController();
	const chunks = chunksOf(film.value, stop.signal);
	await chunks.next();
	stop.abort();
	await expect(chunks.next()).rejects.toThrow(/abort/i);
});

test('a clip that claims to last for days is refused before silence is made for it', async () => {
	const clip = await clipNamed('a.mp4');
	const [last] = clip.pictures.packets.slice(-1);
	if (last === undefined) throw new Error('No pictures');
	const packets = [...clip.pictures.packets.slice(0, -1), { ...last, duration: 3 * 24 * 3600 }];
	const endless = { ...clip, pictures: { ...clip.pictures, packets } };
	expect(await joinClips([clip, endless], plain)).toMatchObject({
		ok: false,
		error: { message: 'The film would have more sound than two hours take' },
	});
});

test('pictures without a size, and a film without a length, are refused', async () => {
	const bytes = bytesOfClip('a.mp4');
	// Width and height stand 24 bytes behind the name of the sample's description (ISO 14496-12, 12.1.3).
	const sized = bytes.indexOf('avc1', bytes.indexOf('stsd')) + 28;
	bytes.writeUInt16BE(0, sized);
	expect(await readClip(fileOf(bytes))).toEqual({
		ok: false,
		error: 'is broken: its pictures have no size',
	});
	const clip = await clipNamed('a.mp4');
	const packets = clip.pictures.packets.map((packet) => ({ ...packet, timestamp: 0, duration: 0 }));
	const timeless = { ...clip, pictures: { ...clip.pictures, packets } };
	expect(await joinClips([timeless], plain)).toMatchObject({
		ok: false,
		error: { message: 'The film would have no length' },
	});
});

test('an index without one of its tables is refused', async () => {
	for (const table of ['stsz', 'stco', 'stsc']) {
		const bytes = bytesOfClip('a.mp4');
		bytes.write('xxxx', bytes.lastIndexOf(table), 'latin1');
		expect(await readClip(fileOf(bytes))).toEqual({
			ok: false,
			error: 'is broken: its index does not fit its content',
		});
	}
});

test('sounds that take no time are refused before silence is made of them', async () => {
	const bytes = bytesOfClip('a.mp4');
	// How long most frames of sound last: 1024 samples, in the last table of durations.
	bytes.writeUInt32BE(1, bytes.lastIndexOf('stts') + 16);
	expect(await readClip(fileOf(bytes))).toEqual({
		ok: false,
		error: 'is broken: its sounds take no time',
	});
});
