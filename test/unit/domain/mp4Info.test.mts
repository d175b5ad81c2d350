import { readMp4 } from '../../../nodes/shared/domain/mp4Info';
import { sampleVideo } from '../../../sandbox/media/embedded.mts';

const u32 = (...numbers: number[]) => {
	const bytes = Buffer.alloc(numbers.length * 4);
	numbers.forEach((number, index) => bytes.writeUInt32BE(number >>> 0, index * 4));
	return bytes;
};
const box = (type: string, ...content: Buffer[]) => {
	const body = Buffer.concat(content);
	return Buffer.concat([u32(8 + body.length), Buffer.from(type, 'latin1'), body]);
};
const ftyp = box('ftyp', Buffer.from('isom0000isom'));
const mdat = box('mdat', Buffer.alloc(50, 2));

/** The matrix of a track: upright, or turned by a quarter. */
const upright = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
const turned = u32(0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000);

interface TrackRules {
	id?: number;
	handler?: string;
	timeScale?: number;
	samples?: Array<[count: number, duration: number]>;
	matrix?: Buffer;
	coded?: [number, number];
}

function track({
	id = 1,
	handler = 'vide',
	timeScale = 24_000,
	samples = [[72, 1000]],
	matrix = upright,
	coded = [640, 360],
}: TrackRules = {}) {
	const entry = Buffer.alloc(70);
	entry.writeUInt16BE(coded[0], 24);
	entry.writeUInt16BE(coded[1], 26);
	const tkhd = [u32(0, 0, 0, id, 0, 3000, 0, 0, 0, 0), matrix, u32(320 << 16, 180 << 16)];
	return box(
		'trak',
		box('tkhd', ...tkhd),
		box(
			'mdia',
			box('mdhd', u32(0, 0, 0, timeScale, 0, 0)),
			box('hdlr', u32(0, 0), Buffer.from(handler), u32(0, 0, 0)),
			box(
				'minf',
				box(
					'stbl',
					box('stsd', u32(0, 1), box('avc1', entry)),
					box('stts', u32(0, samples.length), ...samples.map((run) => u32(...run))),
				),
			),
		),
	);
}

const mvhd = (duration = 3000, timeScale = 1000) =>
	box('mvhd', u32(0, 0, 0, timeScale, duration, 0));
const sound = track({ id: 2, handler: 'soun', timeScale: 48_000, samples: [[141, 1024]] });

function read(bytes: Buffer, pieceLength = bytes.length) {
	const reader = readMp4();
	for (let from = 0; from < bytes.length; from += pieceLength) {
		reader.read(bytes.subarray(from, from + pieceLength));
	}
	return { info: reader.info(), end: reader.end() };
}

const plain = { durationSeconds: 3, width: 640, height: 360, frameRate: 24, hasSound: false };

describe('what a video says of itself', () => {
	test.each<[string, Buffer[], object]>([
		['the sample', [sampleVideo], plain],
		['index in front', [ftyp, box('moov', mvhd(), track()), mdat], plain],
		['index at the end', [ftyp, mdat, box('moov', mvhd(), track())], plain],
		['with sound', [ftyp, box('moov', mvhd(), track(), sound), mdat], { ...plain, hasSound: true }],
		[
			'sound without a sample',
			[box('moov', mvhd(), track(), track({ id: 2, handler: 'soun', samples: [] })), mdat],
			plain,
		],
		[
			'29.97 pictures a second',
			[box('moov', mvhd(5005), track({ timeScale: 30_000, samples: [[150, 1001]] })), mdat],
			{ ...plain, durationSeconds: 5.005, frameRate: 29.97 },
		],
		[
			'a rate that changes',
			[box('moov', mvhd(), track({ samples: [[24, 1000], [24, 2000]] })), mdat], // prettier-ignore
			{ ...plain, frameRate: 16 },
		],
		[
			'turned by a quarter',
			[box('moov', mvhd(), track({ matrix: turned })), mdat],
			{ ...plain, width: 360, height: 640 },
		],
		[
			'sides as shown, where the coded ones are not told',
			[box('moov', mvhd(), track({ coded: [0, 0] })), mdat],
			{ ...plain, width: 320, height: 180 },
		],
		['a header that is too short', [box('moov', box('mvhd', u32(0)), track()), mdat], plain],
		[
			'a header that does not know how long it is',
			[box('moov', mvhd(0xffffffff), track()), mdat],
			plain,
		],
	])('%s', (_, boxes, expected) => {
		const bytes = Buffer.concat(boxes);
		for (const pieceLength of [1, 3, 16, 17, 1000, bytes.length]) {
			expect(read(bytes, pieceLength)).toEqual({ info: expected, end: 'whole' });
		}
	});

	test('in fragments: each one’s own times, the ones for all of it, and the track’s', () => {
		const mvex = box('mvex', box('trex', u32(0, 1, 1, 1000, 0, 0)));
		const moov = box('moov', mvhd(0), track({ samples: [] }), mvex);
		const moof = (tfhd: Buffer, trun: Buffer) => box('moof', box('traf', box('tfhd', tfhd), trun));
		const runs = [
			moof(u32(0, 1), box('trun', u32(0, 24))),
			moof(u32(0x08, 1, 2000), box('trun', u32(0x05, 12, 0, 0))),
			moof(u32(0x0b, 1, 0, 0, 9, 2000), box('trun', u32(0, 6))),
			moof(u32(0, 1), box('trun', u32(0x301, 3, 0, 3000, 9, 4000, 9, 5000, 9))),
			moof(u32(0, 7), box('trun', u32(0, 1000))),
		];
		const { info, end } = read(
			Buffer.concat([ftyp, moov, ...runs.flatMap((run) => [run, mdat])]),
			5,
		);
		expect(info).toEqual({ ...plain, durationSeconds: 3, frameRate: 15 });
		expect(end).toBe('whole');
	});
});

describe('a file that says nonsense', () => {
	test.each<[string, Buffer[]]>([
		['nothing', []],
		['no index', [ftyp, mdat]],
		['an index without a picture', [box('moov', mvhd(), sound), mdat]],
		['an empty index', [box('moov'), mdat]],
		['an index of noise', [box('moov', Buffer.alloc(300, 1)), mdat]],
		['a second index', [box('moov', sound), box('moov', mvhd(), track()), mdat]],
	])('%s: nothing is known', (_, boxes) => {
		expect(read(Buffer.concat(boxes)).info).toBeUndefined();
	});

	test('an index of noise never throws, wherever a bit is wrong', () => {
		const moov = box('moov', mvhd(), track(), sound);
		for (let at = 8; at < moov.length; at += 1) {
			for (const value of [0, 1, 0x7f, 0xff]) {
				const bytes = Buffer.concat([moov, mdat]);
				bytes[at] = value;
				expect(() => read(bytes)).not.toThrow();
			}
		}
	});

	test('an index of more than 16 MB is not held', () => {
		const { info, end } = read(
			Buffer.concat([box('moov', mvhd(), track(), box('free', Buffer.alloc(16 << 20))), mdat]),
		);
		expect({ info, end }).toEqual({ info: undefined, end: 'whole' });
	});

	test('millions of boxes: the walk ends, and takes no memory', () => {
		const many = Buffer.alloc(8 * 1_000_000);
		for (let at = 0; at < many.length; at += 8) {
			many.writeUInt32BE(8, at);
			many.writeUInt32BE(at, at + 4);
		}
		const reader = readMp4();
		// A whole video by itself: what stands behind it is what ends the walk.
		reader.read(Buffer.concat([ftyp, box('moov', mvhd(), track()), mdat]));
		expect(reader.end()).toBe('whole');
		const before = process.memoryUsage().heapUsed;
		for (let round = 0; round < 10; round += 1) reader.read(many);
		expect(process.memoryUsage().heapUsed - before).toBeLessThan(50e6);
		expect(reader.end()).toBe('broken');
	});
});
