import { openFile, type StoredFile } from '../../../nodes/shared/film/storedFile';
import { randomFrom } from '../../clips/random.mts';

/** A file whose byte at a place can be told from the place. */
function bigFile(size: number, chunkBytes: number) {
	const seen = { opened: 0, closed: 0, readBytes: 0 };
	async function* chunks() {
		seen.opened++;
		try {
			for (let start = 0; start < size; start += chunkBytes) {
				const length = Math.min(chunkBytes, size - start);
				seen.readBytes += length;
				yield await Promise.resolve(
					new Uint8Array(length).map((_, index) => (start + index) % 251),
				);
			}
		} finally {
			seen.closed++;
		}
	}
	const file: StoredFile = {
		size,
		open: async () => await Promise.resolve(chunks()),
		rest: async () => await Promise.resolve(),
	};
	return { file, seen };
}

const expected = (start: number, end: number) =>
	Array.from({ length: end - start }, (_, index) => (start + index) % 251);

test('any place can be read, in any order', async () => {
	const { file, seen } = bigFile(300_000, 1_000);
	const reader = openFile(file);
	const random = randomFrom('places');
	for (let round = 0; round < 50; round++) {
		const start = random(file.size - 500);
		const end = start + 1 + random(400);
		expect([...(await reader.read(start, end))]).toEqual(expected(start, end));
	}
	await reader.close();
	expect(seen.closed).toBe(seen.opened);
});

test('two tracks that lie far apart are read in one run each', async () => {
	const size = 60 * 1024 * 1024;
	const { file, seen } = bigFile(size, 1024 * 1024);
	const reader = openFile(file);
	const half = size / 2;
	for (let at = 0; at < half; at += 512 * 1024) {
		await reader.read(at, at + 10);
		await reader.read(half + at, half + at + 10);
	}
	await reader.close();
	expect(seen.opened).toBe(2);
});

test('reads that are wanted at once come one after the other', async () => {
	const { file } = bigFile(50_000, 100);
	const reader = openFile(file);
	const places = [40_000, 10, 25_000, 39_990, 0];
	const read = await Promise.all(places.map(async (at) => await reader.read(at, at + 20)));
	expect(read.map((bytes) => [...bytes])).toEqual(places.map((at) => expected(at, at + 20)));
	await reader.close();
});

test('a failed read does not fail the next one', async () => {
	const { file } = bigFile(1000, 100);
	const reader = openFile({ ...file, size: 2000 });
	await expect(reader.read(1500, 1600)).rejects.toThrow('the file ends after 1000 of 2000 bytes');
	expect([...(await reader.read(0, 5))]).toEqual([0, 1, 2, 3, 4]);
	await reader.close();
});
