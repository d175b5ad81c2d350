import { CustomSource } from './mediabunny';

/** A file that can only be read from its beginning on, as often as needed. */
export interface StoredFile {
	size: number;
	open(): Promise<AsyncIterable<Uint8Array>>;
	/** Lets everything else in n8n have its turn; long work asks for it again and again. */
	rest(): Promise<void>;
}

/** Reads at any place, where the file lies behind each other at the least cost. */
export interface FileReader {
	size: number;
	read(start: number, end: number): Promise<Uint8Array>;
	close(): Promise<void>;
}

/** How much of what was read stays for reads that lie a little further back. */
const KEPT_BYTES = 4 * 1024 * 1024;

/** So far a place reads on to where it is needed, before another place is opened. */
const NEAR_BYTES = 16 * 1024 * 1024;

/** For the pictures, the sounds and an index that lies elsewhere. */
const MAX_PLACES = 3;

/** A place where a file is being read. */
interface Place {
	chunks: AsyncIterator<Uint8Array>;
	kept: Uint8Array[];
	/** What `kept` holds, in bytes of the file. */
	from: number;
	to: number;
}

export function openFile({ size, open }: StoredFile): FileReader {
	let places: Place[] = [];
	let last: Promise<unknown> = Promise.resolve();

	const closePlaces = async (closing: readonly Place[]) => {
		for (const { chunks } of closing) await chunks.return?.();
	};
	const openPlace = async (): Promise<Place> => {
		const oldest = places.slice(MAX_PLACES - 1);
		places = places.slice(0, MAX_PLACES - 1);
		await closePlaces(oldest);
		const chunks = (await open())[Symbol.asyncIterator]();
		return { chunks, kept: [], from: 0, to: 0 };
	};
	const placeFor = async (start: number): Promise<Place> => {
		const fitting = places.filter(({ from, to }) => from <= start && start <= to + NEAR_BYTES);
		const nearest = fitting.toSorted((one, other) => other.to - one.to)[0];
		const place = nearest ?? (await openPlace());
		// The one that was used last stands first.
		places = [place, ...places.filter((other) => other !== place)];
		return place;
	};
	const readNext = async (start: number, end: number) => {
		const place = await placeFor(start);
		while (place.to < end) await readOn(place, start, size);
		return cutOut(place, start, end);
	};

	return {
		size,
		// One after the other: two reads would pull at the same stream.
		async read(start, end) {
			const next = last.then(async () => await readNext(start, end));
			last = next.catch(() => undefined);
			return await next;
		},
		async close() {
			await last;
			await closePlaces(places);
			places = [];
		},
	};
}

/** Reads the next chunk, and forgets what lies too far back of what is needed. */
async function readOn(place: Place, needed: number, size: number): Promise<void> {
	const { done, value } = await place.chunks.next();
	if (done === true) throw new Error(`the file ends after ${place.to} of ${size} bytes`);
	place.kept.push(value);
	place.to += value.length;
	for (;;) {
		const [oldest] = place.kept;
		const end = place.from + (oldest?.length ?? 0);
		if (oldest === undefined || end > needed || place.to - end < KEPT_BYTES) return;
		place.kept.shift();
		place.from = end;
	}
}

function cutOut({ kept, from }: Place, start: number, end: number): Uint8Array {
	const bytes = new Uint8Array(end - start);
	let position = from;
	for (const chunk of kept) {
		const first = Math.max(start, position);
		const last = Math.min(end, position + chunk.length);
		if (first < last) bytes.set(chunk.subarray(first - position, last - position), first - start);
		position += chunk.length;
	}
	return bytes;
}

/** The file as the library reads it. */
export const sourceOf = (reader: FileReader): CustomSource =>
	new CustomSource({
		getSize: () => reader.size,
		read: async (start, end) => await reader.read(start, end),
		maxCacheSize: KEPT_BYTES,
		// In blocks: of an MP3 it would keep every frame by itself, and put them together for each next one.
		prefetchProfile: 'fileSystem',
		// Whoever needs these bytes asks for them again and is told then.
		handleUnhandledError: () => undefined,
	});
