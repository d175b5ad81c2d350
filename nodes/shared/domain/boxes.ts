/**
 * The boxes that MP4 and QuickTime files are made of (ISO/IEC 14496-12, 4.2). Files come from outside:
 * whatever they say, reading one takes bounded memory and time.
 */

/** A box whose bytes are at hand; its body is a view of them, not a copy. */
export interface Box {
	type: string;
	body: Buffer;
}

const SHORT_HEADER = 8;
/** With a size of 64 bits behind the type. */
const LONG_HEADER = 16;

/** More boxes in a row than hours of fragments have; nobody means to read on behind them. */
const MAX_BOXES = 100_000;

/** Within another one; an index has some dozens. */
const MAX_BOXES_WITHIN = 1_000;

const typeAt = (bytes: Buffer, at: number): string => bytes.toString('latin1', at + 4, at + 8);

/** How long the header at this place is; undefined while too little of it is there. */
function headerLengthAt(bytes: Buffer, at: number): number | undefined {
	if (at + SHORT_HEADER > bytes.length) return undefined;
	const length = bytes.readUInt32BE(at) === 1 ? LONG_HEADER : SHORT_HEADER;
	return at + length > bytes.length ? undefined : length;
}

/** Infinity for a box that leaves its size open and reaches to the end of the file. */
function sizeAt(bytes: Buffer, at: number): number {
	const size = bytes.readUInt32BE(at);
	if (size === 1) return Number(bytes.readBigUInt64BE(at + SHORT_HEADER));
	return size === 0 ? Infinity : size;
}

/** The boxes that stand side by side in a box's body, until one of them makes no sense. */
export function boxesIn(bytes: Buffer): Box[] {
	const boxes: Box[] = [];
	for (let at = 0; boxes.length < MAX_BOXES_WITHIN; ) {
		const headerLength = headerLengthAt(bytes, at);
		if (headerLength === undefined) break;
		const size = sizeAt(bytes, at);
		const end = size === Infinity ? bytes.length : at + size;
		if (size < headerLength || end > bytes.length) break;
		boxes.push({ type: typeAt(bytes, at), body: bytes.subarray(at + headerLength, end) });
		at = end;
	}
	return boxes;
}

/** What a walk over a file's own boxes found out. */
export interface BoxWalk {
	read(chunk: Buffer): void;
	/** Whether the file ended where its last box does, and whether that one told its size. */
	end(): 'whole' | 'open' | 'broken';
}

/**
 * Walks over a file's outermost boxes as its bytes pass by. `keep` says of how many bytes at most a
 * box of this type is wanted whole; `take` is given the body of such a one.
 */
export function walkBoxes(
	keep: (type: string) => number,
	take: (type: string, body: Buffer) => void,
): BoxWalk {
	let position = 0;
	let nextBoxAt = 0;
	let count = 0;
	let header: Buffer = Buffer.alloc(0);
	let kept: { type: string; missing: number; chunks: Buffer[] } | undefined;

	const enter = (bytes: Buffer, at: number, headerLength: number) => {
		const size = sizeAt(bytes, at);
		const type = typeAt(bytes, at);
		count += 1;
		// What tells less than its own header is no box: nothing behind it can be trusted.
		nextBoxAt = size < headerLength || count > MAX_BOXES ? NaN : nextBoxAt + size;
		const bodyLength = size - headerLength;
		kept = bodyLength <= keep(type) ? { type, missing: bodyLength, chunks: [] } : undefined;
	};

	const collect = (bytes: Buffer) => {
		if (kept === undefined) return;
		kept.chunks.push(bytes.subarray(0, kept.missing));
		kept.missing -= Math.min(kept.missing, bytes.length);
		if (kept.missing > 0) return;
		take(kept.type, Buffer.concat(kept.chunks));
		kept = undefined;
	};

	return {
		read(chunk) {
			const bytes = header.length === 0 ? chunk : Buffer.concat([header, chunk]);
			const start = position - header.length;
			position += chunk.length;
			header = Buffer.alloc(0);
			// Of a box that is kept, what was there before this chunk was collected before.
			collect(bytes);
			while (nextBoxAt < position) {
				const at = nextBoxAt - start;
				const headerLength = headerLengthAt(bytes, at);
				if (headerLength === undefined) {
					header = bytes.subarray(at);
					return;
				}
				enter(bytes, at, headerLength);
				collect(bytes.subarray(at + headerLength));
			}
		},
		end() {
			if (nextBoxAt === position && header.length === 0) return 'whole';
			return nextBoxAt === Infinity ? 'open' : 'broken';
		},
	};
}
