import { oneOf, type Random } from './trials.mts';

/** Numbers at which readers of files go wrong. */
const numbers = [0, 1, 7, 8, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff];

const HEADER_BYTES = 8;
const indexes = new Set(['moov', 'moof', 'mfra', 'sidx']);

/** Where the outermost boxes lie that hold a file's index; the whole file, where there is none. */
function indexesOf(bytes: Buffer): Array<{ from: number; to: number }> {
	const found: Array<{ from: number; to: number }> = [];
	for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
		const size = bytes.readUInt32BE(at);
		if (size < HEADER_BYTES) break;
		const to = Math.min(at + size, bytes.length);
		if (indexes.has(bytes.toString('latin1', at + 4, at + HEADER_BYTES)))
			found.push({ from: at, to });
		at += size;
	}
	return found.length > 0 ? found : [{ from: 0, to: bytes.length }];
}

type Spoil = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

const within = ({ from, to }: { from: number; to: number }, random: Random, room: number) =>
	from + random(Math.max(1, to - from - room));

/** Another whole number somewhere in the index. */
const setNumber: Spoil = (bytes, random) => {
	const at = within(oneOf(indexesOf(bytes), random), random, 4);
	if (at + 4 > bytes.length) return bytes;
	const before = bytes.readUInt32BE(at);
	const near = [before + 1, before - 1, before * 2, bytes.length];
	bytes.writeUInt32BE(oneOf([...numbers, ...near], random) >>> 0, at);
	return bytes;
};

const setBytes: Spoil = (bytes, random) => {
	for (let left = 1 + random(8); left > 0; left--) bytes[random(bytes.length)] = random(256);
	return bytes;
};

const setIndexBytes: Spoil = (bytes, random) => {
	for (let left = 1 + random(6); left > 0; left--) {
		bytes[within(oneOf(indexesOf(bytes), random), random, 1)] = random(256);
	}
	return bytes;
};

const cutOff: Spoil = (bytes, random) => bytes.subarray(0, random(bytes.length));

const takeOut: Spoil = (bytes, random) => {
	const at = random(bytes.length);
	return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random(200))]);
};

const repeat: Spoil = (bytes, random) => {
	const at = random(bytes.length);
	return Buffer.concat([bytes.subarray(0, at + random(200)), bytes.subarray(at)]);
};

/** The beginning of one file and the end of another. */
const graft: Spoil = (bytes, random, other) =>
	Buffer.concat([bytes.subarray(0, random(bytes.length)), other.subarray(random(other.length))]);

const names = [
	'moov',
	'trak',
	'mdia',
	'stbl',
	'stsd',
	'stts',
	'ctts',
	'stss',
	'stsc',
	'stco',
	'co64',
];
const moreNames = [
	'elst',
	'edts',
	'avcC',
	'hvcC',
	'esds',
	'moof',
	'traf',
	'trun',
	'mdat',
	'free',
	'enca',
];

/** Another kind of box. */
const rename: Spoil = (bytes, random) => {
	const all = [...names, ...moreNames];
	const at = bytes.indexOf(oneOf(all, random), 0, 'latin1');
	if (at >= 0) bytes.write(oneOf(all, random), at, 'latin1');
	return bytes;
};

const ways: readonly Spoil[] = [
	...[setNumber, setNumber, setNumber, setIndexBytes, setIndexBytes],
	...[setBytes, cutOff, takeOut, repeat, graft, rename],
];

/** A file that is broken in one to three ways. */
export function spoil(bytes: Buffer, other: Buffer, random: Random): Buffer {
	let spoilt = Buffer.from(bytes);
	for (let left = 1 + random(3); left > 0; left--) {
		if (spoilt.length > 0) spoilt = Buffer.from(oneOf(ways, random)(spoilt, random, other));
	}
	return spoilt;
}
