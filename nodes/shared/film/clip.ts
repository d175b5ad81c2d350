import { reasonOf } from '../domain/json';
import { fail, ok, type Result } from '../domain/result';
import { flawInBoxes } from './boxes';
import { isOthersTurn, MAX_SAMPLES, TOO_MANY_SAMPLES } from './limits';
import {
	EncodedPacketSink,
	Input,
	MP4,
	QTFF,
	type AudioCodec,
	type InputAudioTrack,
	type InputTrack,
	type InputVideoTrack,
	type Rotation,
	type VideoCodec,
} from './mediabunny';
import { openFile, sourceOf, type StoredFile } from './storedFile';

/** A picture or a piece of sound as a file's index tells it, in seconds. */
export interface Packet {
	timestamp: number;
	duration: number;
	isKey: boolean;
	byteLength: number;
}

export interface Pictures {
	codec: VideoCodec;
	/** Holds a copy of the encoder's settings, not a view into the whole file. */
	config: VideoDecoderConfig;
	width: number;
	height: number;
	rotation: Rotation;
	/** Width and height as shown. */
	shownWidth: number;
	shownHeight: number;
	frameRate: number;
	/** In the order in which they are decoded. */
	packets: readonly Packet[];
}

export interface Sound {
	codec: AudioCodec;
	config: AudioDecoderConfig;
	packets: readonly Packet[];
	/** Bytes in front of each packet that an MP4 does not have. */
	headerBytes: number;
}

/** What a video file holds, from its index. */
export interface Clip {
	file: StoredFile;
	pictures: Pictures;
	sound?: Sound;
	/** From the first picture to the end of the last one. */
	startSeconds: number;
	durationSeconds: number;
}

/** Reads a video's index. A flaw reads as the end of a sentence that begins with the clip's name. */
export async function readClip(file: StoredFile): Promise<Result<Clip, string>> {
	const reader = openFile(file);
	const input = new Input({ formats: [MP4, QTFF], source: sourceOf(reader) });
	try {
		const flaw = await flawInBoxes(reader);
		return flaw === undefined ? await readTracks(file, input) : fail(flaw);
	} catch (error) {
		return fail(`cannot be read: ${reasonOf(error)}`);
	} finally {
		input.dispose();
		await reader.close();
	}
}

/** No picture is shown for less. */
export const LEAST_SECONDS = 0.001;

async function readTracks(file: StoredFile, input: Input): Promise<Result<Clip, string>> {
	const video = await input.getPrimaryVideoTrack();
	if (video === null) return fail('holds no pictures');
	const audio = await input.getPrimaryAudioTrack();
	const pictures = await readPictures(video, file);
	if (!pictures.ok) return pictures;
	const sound = audio === null ? ok(undefined) : await readSound(audio, file);
	if (!sound.ok) return sound;
	const { packets } = pictures.value;
	const { startSeconds, endSeconds } = spanOf(packets);
	const durationSeconds = endSeconds - startSeconds;
	if (!(durationSeconds >= LEAST_SECONDS)) return fail('is broken: its pictures take no time');
	const clip = { file, pictures: pictures.value, startSeconds, durationSeconds };
	return ok(sound.value === undefined ? clip : { ...clip, sound: sound.value });
}

/** What an MP4 holds as it is, without a look into the pictures and sounds themselves. */
const takenPictures: ReadonlySet<VideoCodec> = new Set<VideoCodec>(['avc', 'hevc', 'av1', 'vp9']);
const takenSounds: ReadonlySet<AudioCodec> = new Set<AudioCodec>(['aac', 'mp3', 'opus', 'flac']);

async function readPictures(
	track: InputVideoTrack,
	file: StoredFile,
): Promise<Result<Pictures, string>> {
	const codec = await track.getCodec();
	const config = await track.getDecoderConfig();
	if (codec === null || config === null) {
		return fail(`holds pictures of a kind that is not known here (${await entryOf(track)})`);
	}
	const needsSettings = codec === 'avc' || codec === 'hevc';
	if (!takenPictures.has(codec) || (needsSettings && config.description === undefined)) {
		return fail(`holds pictures of a kind that cannot be copied (${config.codec})`);
	}
	const read = await readPackets(track, file);
	if (!read.ok) return read;
	const packets = endingAt(read.value, (await track.getDurationFromMetadata()) ?? Infinity);
	const [first] = packets;
	if (first === undefined) return fail('holds no pictures');
	if (!first.isKey) return fail('begins with a picture that needs another one before it');
	const [width, height] = [await track.getCodedWidth(), await track.getCodedHeight()];
	if (width === 0 || height === 0) return fail('is broken: its pictures have no size');
	return ok({
		codec,
		config: { ...config, description: copyOf(config.description) },
		width,
		height,
		rotation: await track.getRotation(),
		shownWidth: await track.getDisplayWidth(),
		shownHeight: await track.getDisplayHeight(),
		frameRate: frameRateOf(packets),
		packets,
	});
}

/**
 * Where pictures are decoded in another order and their rate changes, the one that is shown last tells
 * how long another one lasts; the length of the track then says how long it is shown itself.
 */
function endingAt(packets: readonly Packet[], endSeconds: number): readonly Packet[] {
	const lastShown = packets.reduce((max, { timestamp }) => Math.max(max, timestamp), -Infinity);
	const left = endSeconds - lastShown;
	return packets.map((packet) => {
		const isTooLong = packet.timestamp === lastShown && left > 0 && left < packet.duration;
		return isTooLong ? { ...packet, duration: left } : packet;
	});
}

/** Reads a track of sound, of a video or of a file of its own. */
export async function readSound(
	track: InputAudioTrack,
	file: StoredFile,
): Promise<Result<Sound | undefined, string>> {
	const codec = await track.getCodec();
	const config = await track.getDecoderConfig();
	if (codec === null || config === null) {
		return fail(`holds sound of a kind that is not known here (${await entryOf(track)})`);
	}
	if (!takenSounds.has(codec)) {
		return fail(`holds sound of a kind that cannot be copied (${config.codec})`);
	}
	const packets = await readPackets(track, file);
	if (!packets.ok) return packets;
	if (packets.value.length === 0) return ok(undefined);
	if (usualSecondsOf(packets.value) * config.sampleRate < LEAST_SOUND_SAMPLES) {
		return fail('is broken: its sounds take no time');
	}
	const description = copyOf(config.description);
	return ok({ codec, config: { ...config, description }, packets: packets.value, headerBytes: 0 });
}

/** No codec has shorter frames; silence in still shorter ones would fill all memory. */
const LEAST_SOUND_SAMPLES = 100;

/** How long most packets last: those at the ends may be shorter. */
export function usualSecondsOf(packets: readonly Packet[]): number {
	const durations = packets.map(({ duration }) => duration).toSorted((one, other) => one - other);
	return durations[Math.floor(durations.length / 2)] ?? 0;
}

const entryOf = async (track: InputTrack) => String(await track.getInternalCodecId());

/** From the first one shown to the end of the last one. */
export function spanOf(packets: readonly Packet[]): { startSeconds: number; endSeconds: number } {
	let startSeconds = Infinity;
	let endSeconds = -Infinity;
	for (const { timestamp, duration } of packets) {
		startSeconds = Math.min(startSeconds, timestamp);
		endSeconds = Math.max(endSeconds, timestamp + duration);
	}
	return { startSeconds, endSeconds };
}

const onlyIndex = { metadataOnly: true };

/** Only what the index says. A broken one may tell more than the file could ever hold. */
async function readPackets(
	track: InputTrack,
	{ size, rest }: StoredFile,
): Promise<Result<Packet[], string>> {
	const sink = new EncodedPacketSink(track);
	const packets: Packet[] = [];
	let bytes = 0;
	let seen = 0;
	// Not `packets()`, which remembers a second of its time and searches it for each of them.
	let packet = await sink.getFirstPacket(onlyIndex);
	for (; packet !== null; packet = await sink.getNextPacket(packet, onlyIndex)) {
		const { timestamp, duration, type, byteLength } = packet;
		seen += 1;
		if (seen > MAX_SAMPLES) return fail(TOO_MANY_SAMPLES);
		if (isOthersTurn(seen)) await rest();
		bytes += byteLength;
		if (byteLength === 0) continue;
		packets.push({ timestamp, duration, isKey: type === 'key', byteLength });
		if (bytes > size || !isFinitePlace(packet)) {
			return fail('is broken: its index does not fit its content');
		}
	}
	return ok(packets);
}

/** No film is longer than a week. */
const MAX_SECONDS = 7 * 24 * 3600;

const isFinitePlace = ({ timestamp, duration }: { timestamp: number; duration: number }) =>
	Math.abs(timestamp) < MAX_SECONDS && duration >= 0 && duration < MAX_SECONDS;

/** Pictures a second over the whole length, to three places: 23.976. */
function frameRateOf(packets: readonly Packet[]): number {
	const seconds = packets.reduce((sum, { duration }) => sum + duration, 0);
	return seconds > 0 ? Math.round((packets.length / seconds) * 1000) / 1000 : 0;
}

type Described = Pick<VideoDecoderConfig, 'description'>;

/** A view would keep the whole file in memory. */
function copyOf(bytes: Described['description']): Uint8Array<ArrayBuffer> | undefined {
	if (bytes === undefined) return undefined;
	const view = ArrayBuffer.isView(bytes)
		? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
		: new Uint8Array(bytes);
	return new Uint8Array(view);
}

/** The encoder's settings as they stand in a file: `avcC`, `hvcC` or an AudioSpecificConfig. */
export const settingsOf = ({ description }: Described): Uint8Array =>
	copyOf(description) ?? new Uint8Array(0);
