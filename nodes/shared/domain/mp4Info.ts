import { boxesIn, walkBoxes, type Box } from './boxes';
import { ascii, big } from './bytes';
import { withoutUndefined } from './json';

/** What a video says about itself in its own index. What it does not tell is not there. */
export interface VideoInfo {
	durationSeconds?: number;
	/** Pixels as shown, that is after a rotation that the file asks for. */
	width?: number;
	height?: number;
	/** Pictures per second, on average. */
	frameRate?: number;
	hasSound: boolean;
}

/** Reads an MP4 or QuickTime file whose bytes pass by, wherever in it the index stands. */
export interface Mp4Reader {
	read(chunk: Buffer): void;
	/** What the file says of itself, once it has passed by; undefined where its index says nothing. */
	info(): VideoInfo | undefined;
	/** Whether nothing is missing: `open` where the last box does not tell its size. */
	end(): 'whole' | 'open' | 'broken';
}

/** Hours of pictures and sounds take some megabytes; what is larger is not looked into. */
const maxBytes: ReadonlyMap<string, number> = new Map([
	['moov', 16 * 1024 * 1024],
	['moof', 1024 * 1024],
]);

/** Without its index (`moov`) or its pictures and sounds (`mdat`) an MP4 shows nothing. */
const neededBoxes = ['moov', 'mdat'];

interface Samples {
	count: number;
	/** In the track's own time scale. */
	duration: number;
}

interface Track extends Samples {
	id: number;
	handler: string;
	timeScale: number;
	/** Of samples in fragments, where those do not say. */
	defaultDuration: number;
	width?: number;
	height?: number;
}

/** Begins to read a file; memory stays below the size of its index. */
export function readMp4(): Mp4Reader {
	const needed = new Set(neededBoxes);
	let index: Index | undefined;
	const walk = walkBoxes(
		(type) => {
			needed.delete(type);
			return type === 'moov' && index !== undefined ? -1 : (maxBytes.get(type) ?? -1);
		},
		(type, body) => {
			if (type === 'moov') index = readIndex(body);
			else if (index !== undefined) addFragment(index, body);
		},
	);
	return {
		read: walk.read,
		info: () => index && infoOf(index),
		end: () => (needed.size === 0 ? walk.end() : 'broken'),
	};
}

interface Index {
	/** Of the whole presentation, 0 where it is not told. */
	durationSeconds: number;
	tracks: Track[];
	isFragmented: boolean;
}

function readIndex(moov: Buffer): Index {
	const boxes = boxesIn(moov);
	const header = bodyOf(boxes, 'mvhd');
	const movie = header && readTimes(header);
	const tracks = boxes
		.filter(({ type }) => type === 'trak')
		.slice(0, MAX_TRACKS)
		.map(({ body }) => readTrack(boxesIn(body)));
	const extension = bodyOf(boxes, 'mvex');
	for (const { type, body } of extension === undefined ? [] : boxesIn(extension)) {
		const track = type === 'trex' ? tracks.find(({ id }) => id === u32(body, 4)) : undefined;
		if (track !== undefined) track.defaultDuration = u32(body, 12);
	}
	const durationSeconds = movie === undefined ? 0 : secondsOf(movie);
	return { durationSeconds, tracks, isFragmented: extension !== undefined };
}

const MAX_TRACKS = 100;

function readTrack(boxes: readonly Box[]): Track {
	const media = boxesWithin(boxes, 'mdia');
	const tables = boxesWithin(boxesWithin(media, 'minf'), 'stbl');
	const header = bodyOf(boxes, 'tkhd');
	const times = bodyOf(media, 'mdhd');
	const timing = bodyOf(tables, 'stts');
	const handler = ascii(bodyOf(media, 'hdlr') ?? Buffer.alloc(0), 8, 12);
	return {
		id: header === undefined ? 0 : u32(header, isLong(header) ? 20 : 12),
		handler,
		timeScale: times === undefined ? 0 : readTimes(times).timeScale,
		defaultDuration: 0,
		...(timing === undefined ? { count: 0, duration: 0 } : sumOfTimes(timing)),
		...(handler === 'vide' && sidesOf(header, bodyOf(tables, 'stsd'))),
	};
}

/** As the pictures are coded, or where that is not told as they are shown. */
function sidesOf(
	header: Buffer | undefined,
	descriptions: Buffer | undefined,
): Pick<Track, 'width' | 'height'> {
	if (header === undefined) return {};
	const matrixAt = isLong(header) ? 52 : 40;
	const [entry] = descriptions === undefined ? [] : boxesIn(descriptions.subarray(8));
	const coded = entry && { width: u16(entry.body, 24), height: u16(entry.body, 26) };
	const shown = { width: u16(header, matrixAt + 36), height: u16(header, matrixAt + 40) };
	const { width, height } = coded !== undefined && coded.width > 0 ? coded : shown;
	if (!(width > 0 && height > 0)) return {};
	// A quarter turn: the picture's x axis becomes its y axis.
	const isTurned = u32(header, matrixAt) === 0 && u32(header, matrixAt + 4) !== 0;
	return isTurned ? { width: height, height: width } : { width, height };
}

interface Times {
	timeScale: number;
	duration: number;
}

/** Time scale and duration of a movie or a track, whose headers begin alike. */
function readTimes(header: Buffer): Times {
	const timesAt = isLong(header) ? 20 : 12;
	const duration = isLong(header) ? u64(header, timesAt + 4) : u32(header, timesAt + 4);
	const isUnknown = duration === 0xffffffff || duration > Number.MAX_SAFE_INTEGER;
	return { timeScale: u32(header, timesAt), duration: isUnknown ? 0 : duration };
}

/** Runs of samples with the same duration. */
function sumOfTimes(timing: Buffer): Samples {
	const sum = { count: 0, duration: 0 };
	const end = Math.min(timing.length, 8 + u32(timing, 4) * 8);
	for (let at = 8; at + 8 <= end; at += 8) {
		const count = u32(timing, at);
		sum.count += count;
		sum.duration += count * u32(timing, at + 4);
	}
	return sum;
}

/** Adds the samples of a fragment (`moof`) to its tracks. */
function addFragment({ tracks }: Index, moof: Buffer): void {
	for (const { type, body } of boxesIn(moof)) {
		if (type !== 'traf') continue;
		const boxes = boxesIn(body);
		const header = bodyOf(boxes, 'tfhd');
		const track = header && tracks.find(({ id }) => id === u32(header, 4));
		if (header === undefined || track === undefined) continue;
		const defaultDuration = defaultOf(header) ?? track.defaultDuration;
		for (const run of boxes.filter((box) => box.type === 'trun')) {
			const { count, duration } = sumOfRun(run.body, defaultDuration);
			track.count += count;
			track.duration += duration;
		}
	}
}

const flagsOf = (body: Buffer): number => u32(body, 0) & 0xffffff;

/** The duration of a fragment's samples, where it tells one for all of them. */
function defaultOf(header: Buffer): number | undefined {
	const flags = flagsOf(header);
	if ((flags & 0x08) === 0) return undefined;
	return u32(header, 8 + (flags & 0x01 ? 8 : 0) + (flags & 0x02 ? 4 : 0));
}

function sumOfRun(run: Buffer, defaultDuration: number): Samples {
	const flags = flagsOf(run);
	const count = u32(run, 4);
	if ((flags & 0x100) === 0) return { count, duration: count * defaultDuration };
	const perSample = [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag).length * 4;
	const start = 8 + (flags & 0x01 ? 4 : 0) + (flags & 0x04 ? 4 : 0);
	const end = Math.min(run.length, start + count * perSample);
	let duration = 0;
	for (let at = start; at + perSample <= end; at += perSample) duration += u32(run, at);
	return { count, duration };
}

function infoOf({ durationSeconds, tracks, isFragmented }: Index): VideoInfo | undefined {
	const pictures = tracks.find(({ handler, count }) => handler === 'vide' && count > 0);
	const sounds = tracks.filter(({ handler, count }) => handler === 'soun' && count > 0);
	if (pictures === undefined) return undefined;
	const { width, height, count } = pictures;
	const shownSeconds = secondsOf(pictures);
	// The movie's own header knows nothing of fragments that were written after it.
	const longest = Math.max(...[pictures, ...sounds].map(secondsOf));
	const seconds = !isFragmented && durationSeconds > 0 ? durationSeconds : longest;
	return withoutUndefined({
		durationSeconds: seconds > 0 ? rounded(seconds) : undefined,
		width,
		height,
		frameRate: shownSeconds > 0 ? rounded(count / shownSeconds) : undefined,
		hasSound: sounds.length > 0,
	});
}

const secondsOf = ({ duration, timeScale }: Times): number =>
	timeScale > 0 ? duration / timeScale : 0;

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

const bodyOf = (boxes: readonly Box[], type: string): Buffer | undefined =>
	boxes.find((box) => box.type === type)?.body;

const boxesWithin = (boxes: readonly Box[], type: string): Box[] => {
	const body = bodyOf(boxes, type);
	return body === undefined ? [] : boxesIn(body);
};

/** Whether a box is of version 1, which has times of 64 bits. */
const isLong = (body: Buffer): boolean => body[0] === 1;

// NaN where the box ends before; whatever is counted with it is not known then.
const u16 = (bytes: Buffer, at: number): number => big(bytes, at, 2);
const u32 = (bytes: Buffer, at: number): number => big(bytes, at, 4);
const u64 = (bytes: Buffer, at: number): number => u32(bytes, at) * 2 ** 32 + u32(bytes, at + 4);
