import { reasonOf } from '../domain/json';
import {
	EncodedAudioPacketSource,
	EncodedPacket,
	EncodedVideoPacketSource,
	Mp4OutputFormat,
	NullTarget,
	Output,
	StreamTarget,
	type Target,
} from './mediabunny';
import { isOthersTurn } from './limits';
import type { Plan, Sample } from './plan';
import { openInputs, type OpenInputs } from './samples';

/** A film that is ready to be written. */
export interface Layout {
	/** Everything before the pictures: they follow in the order of the plan. */
	head: Buffer;
	bytes: number;
}

const BOX_HEADER_BYTES = 8;
const LONG_BOX_HEADER_BYTES = 16;

/**
 * Lets the muxer run over the plan with nothing in it, which yields the index that stands in front of
 * a film, and its length. The same run with the pictures in it puts them where the index says.
 */
export async function layOut(plan: Plan): Promise<Layout> {
	let end = 0;
	const boxes: Buffer[] = [];
	const target = new NullTarget();
	target.on('write', (written) => {
		end = Math.max(end, written.end);
	});
	const keep = (data: Uint8Array) => boxes.push(Buffer.from(data));
	const muxer = await made(openMuxer(plan, target, { onFtyp: keep, onMoov: keep }));
	const largest = plan.samples.reduce((max, { byteLength }) => Math.max(max, byteLength), 0);
	const nothing = new Uint8Array(largest);
	for (const [index, sample] of plan.samples.entries()) {
		if (isOthersTurn(index)) await plan.lead.file.rest();
		const data = nothing.subarray(0, sample.byteLength);
		const [added] = await Promise.allSettled([muxer.add(sample, data)]);
		if (added.status === 'rejected') {
			throw new Error(`${nameOf(plan, sample)} is broken: ${reasonOf(added.reason)}`);
		}
	}
	await made(muxer.finish());
	const contentBytes = plan.samples.reduce((sum, { byteLength }) => sum + byteLength, 0);
	return { head: headOf(boxes, end - contentBytes, contentBytes), bytes: end };
}

/** Says of an error that no sample is to blame for what it is about. */
async function made<T>(work: Promise<T>): Promise<T> {
	const [done] = await Promise.allSettled([work]);
	if (done.status === 'fulfilled') return done.value;
	throw new Error(`The film cannot be made: ${reasonOf(done.reason)}`);
}

/** Kind of file, index, the room that the index did not need, and the box that holds the pictures. */
function headOf(boxes: readonly Buffer[], headBytes: number, contentBytes: number): Buffer {
	const known = Buffer.concat(boxes);
	const room = headBytes - known.length - LONG_BOX_HEADER_BYTES;
	if (room < BOX_HEADER_BYTES) throw new Error('The index of the film does not fit before it');
	const free = Buffer.alloc(room);
	free.writeUInt32BE(room, 0);
	free.write('free', 4, 'latin1');
	const content = Buffer.alloc(LONG_BOX_HEADER_BYTES);
	content.writeUInt32BE(1, 0);
	content.write('mdat', 4, 'latin1');
	content.writeBigUInt64BE(BigInt(contentBytes + LONG_BOX_HEADER_BYTES), BOX_HEADER_BYTES);
	return Buffer.concat([known, free, content]);
}

/**
 * The film's bytes, from its first to its last; no more than a few megabytes of it are in memory at
 * any time.
 * @throws Error that names the file in which something was not as its index said.
 */
export async function* writeFilm(
	plan: Plan,
	{ head, bytes }: Layout,
	stopSignal?: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
	yield head;
	let position = head.length;
	const ready: Buffer[] = [];
	const target = new StreamTarget(
		new WritableStream({
			write({ data, position: at }) {
				if (at + data.length <= head.length) return;
				const content = Buffer.from(data.buffer, data.byteOffset, data.length);
				const behindHead = content.subarray(Math.max(0, head.length - at));
				if (Math.max(at, head.length) !== position) throw new Error('The film has a gap');
				ready.push(behindHead);
				position += behindHead.length;
			},
		}),
	);
	const inputs = openInputs(plan.inputs);
	try {
		const muxer = await openMuxer(plan, target);
		for (const [index, sample] of plan.samples.entries()) {
			if (isOthersTurn(index)) await plan.lead.file.rest();
			stopSignal?.throwIfAborted();
			await muxer.add(sample, await readSample(plan, inputs, sample));
			yield* ready.splice(0);
		}
		await muxer.finish();
		yield* ready.splice(0);
	} finally {
		await inputs.close();
	}
	if (position !== bytes) throw new Error(`The film has ${position} instead of ${bytes} bytes`);
}

async function readSample(plan: Plan, inputs: OpenInputs, sample: Sample): Promise<Uint8Array> {
	const { origin, inFront, byteLength } = sample;
	if ('bytes' in origin) return origin.bytes;
	const name = nameOf(plan, sample);
	const [read] = await Promise.allSettled([inputs.read(sample.track, origin)]);
	if (read.status === 'rejected') {
		throw new Error(`${name} cannot be read: ${reasonOf(read.reason)}`);
	}
	const bytes = read.value;
	if (bytes.length + (inFront?.length ?? 0) !== byteLength) {
		throw new Error(`${name} is not as its index says`);
	}
	return inFront === undefined ? bytes : Buffer.concat([inFront, bytes]);
}

const nameOf = ({ inputs }: Plan, { origin }: Sample): string =>
	('input' in origin ? inputs[origin.input]?.name : undefined) ?? 'The film';

interface Muxer {
	add(sample: Sample, data: Uint8Array): Promise<void>;
	finish(): Promise<void>;
}

type BoxListeners = Pick<
	NonNullable<ConstructorParameters<typeof Mp4OutputFormat>[0]>,
	'onFtyp' | 'onMoov'
>;

async function openMuxer(
	{ lead, sound, samples }: Plan,
	target: Target,
	listeners: BoxListeners = {},
): Promise<Muxer> {
	const format = new Mp4OutputFormat({ fastStart: 'reserve', ...listeners });
	const output = new Output({ format, target });
	const { codec, config, rotation } = lead.pictures;
	const countOf = (track: Sample['track']) =>
		samples.filter((sample) => sample.track === track).length;

	const pictures = new EncodedVideoPacketSource(codec);
	const maximumPacketCount = countOf('pictures');
	output.addVideoTrack(pictures, { rotation, maximumPacketCount, decoderConfig: config });
	const sounds = sound && new EncodedAudioPacketSource(sound.codec);
	if (sound !== undefined && sounds !== undefined) {
		output.addAudioTrack(sounds, {
			maximumPacketCount: countOf('sound'),
			decoderConfig: sound.config,
		});
	}
	await output.start();

	return {
		async add({ track, timestamp, duration, isKey }, data) {
			const packet = new EncodedPacket(data, isKey ? 'key' : 'delta', timestamp, duration);
			if (track === 'pictures') await pictures.add(packet, { decoderConfig: config });
			else await sounds?.add(packet, { decoderConfig: sound?.config });
		},
		finish: async () => await output.finalize(),
	};
}
