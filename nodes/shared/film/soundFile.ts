import { reasonOf } from '../domain/json';
import { fail, ok, type Result } from '../domain/result';
import { flawInBoxes } from './boxes';
import { readSound, type Sound } from './clip';
import { isOthersTurn, MAX_SAMPLES, TOO_MANY_SAMPLES } from './limits';
import { ADTS, EncodedPacketSink, Input, MP3, MP4, QTFF, type InputAudioTrack } from './mediabunny';
import { openFile, sourceOf, type FileReader, type StoredFile } from './storedFile';

const CONVERT = 'which has to be converted to AAC or MP3 first';

/** Files by their first bytes that have to be decoded before they fit into an MP4. */
const otherKinds: ReadonlyArray<readonly [string, string]> = [
	['RIFF', 'WAV'],
	['OggS', 'Ogg'],
	['fLaC', 'FLAC'],
	['FORM', 'AIFF'],
	['\x1aE\xdf\xa3', 'WebM or Matroska'],
];

/** Kinds of sound that every player of MP4 files takes. */
const takenCodecs: ReadonlySet<string> = new Set(['aac', 'mp3']);

/** Reads a file of music or speech; a flaw reads as the end of a sentence that begins with its name. */
export async function readSoundFile(file: StoredFile): Promise<Result<Sound, string>> {
	if (file.size === 0) return fail('is empty');
	const reader = openFile(file);
	const input = new Input({ formats: [MP4, QTFF, MP3, ADTS], source: sourceOf(reader) });
	try {
		const kind = await kindOf(reader);
		if (kind !== undefined) return fail(`is a ${kind} file, ${CONVERT}`);
		const flaw = (await isMp4(reader))
			? await flawInBoxes(reader)
			: await flawInFrames(reader, file.rest);
		if (flaw !== undefined) return fail(flaw);
		if (!(await input.canRead())) return fail('is no AAC, M4A, MP3 or MP4 file');
		const track = await input.getPrimaryAudioTrack();
		const sound = track === null ? ok(undefined) : await readSound(track, file);
		if (!sound.ok) return sound;
		if (track === null || sound.value === undefined) return fail('holds no sound');
		const { codec, config } = sound.value;
		if (!takenCodecs.has(codec)) return fail(`holds ${codec.toUpperCase()}, ${CONVERT}`);
		const isAdts = codec === 'aac' && config.description === undefined;
		return isAdts ? await withoutHeaders(track, sound.value) : ok(sound.value);
	} catch (error) {
		return fail(`cannot be read: ${reasonOf(error)}`);
	} finally {
		input.dispose();
		await reader.close();
	}
}

async function kindOf({ read, size }: FileReader): Promise<string | undefined> {
	const head = Buffer.from(await read(0, Math.min(4, size))).toString('latin1');
	return otherKinds.find(([start]) => head === start)?.[1];
}

const isMp4 = async ({ read, size }: FileReader) =>
	size >= 8 && Buffer.from(await read(4, 8)).toString('latin1') === 'ftyp';

const ID3_BYTES = 10;
const FRAME_HEADER_BYTES = 7;

/**
 * The library reads an ADTS file (`.aac`) frame by frame, and would stay for ever at one that says it
 * has no length.
 */
async function flawInFrames(
	{ read, size }: FileReader,
	rest: StoredFile['rest'],
): Promise<string | undefined> {
	let position = 0;
	for (let frames = 1; frames <= MAX_SAMPLES; frames++) {
		if (isOthersTurn(frames)) await rest();
		const header = Buffer.from(await read(position, Math.min(position + ID3_BYTES, size)));
		if (header.length < FRAME_HEADER_BYTES) return undefined;
		const bytes = header.toString('latin1', 0, 3) === 'ID3' ? tagBytes(header) : frameBytes(header);
		if (bytes === undefined) return undefined;
		if (bytes < FRAME_HEADER_BYTES) return 'is broken: one of its frames has no length';
		position += bytes;
		if (position >= size) return undefined;
	}
	return TOO_MANY_SAMPLES;
}

/** Length of an ID3v2 tag with its header; each byte of it counts seven bits. */
const tagBytes = (header: Buffer): number =>
	[6, 7, 8, 9].reduce((sum, at) => sum * 128 + ((header[at] ?? 0) & 0x7f), 0) + ID3_BYTES;

/** Length of a frame of ADTS (ISO 14496-3, 1.A.2.2); undefined for what is none. */
const frameBytes = (header: Buffer): number | undefined =>
	(header.readUInt16BE(0) & 0xfff6) === 0xfff0
		? (header.readUIntBE(3, 3) >> 5) & 0x1fff
		: undefined;

/** What an ADTS file (`.aac`) tells before every frame, an MP4 tells once (ISO 14496-3, 1.A.2.2). */
async function withoutHeaders(
	track: InputAudioTrack,
	sound: Sound,
): Promise<Result<Sound, string>> {
	const first = await new EncodedPacketSink(track).getFirstPacket();
	const [, flags, profile, channels] = first?.data ?? [];
	if (flags === undefined || profile === undefined || channels === undefined) {
		return fail('is broken: its first frame is too short');
	}
	const type = (profile >> 6) + 1;
	const rate = (profile >> 2) & 0xf;
	const layout = ((profile & 1) << 2) | (channels >> 6);
	const description = Uint8Array.from([
		(type << 3) | (rate >> 1),
		((rate & 1) << 7) | (layout << 3),
	]);
	const hasChecksum = (flags & 1) === 0;
	return ok({
		...sound,
		config: { ...sound.config, description },
		headerBytes: hasChecksum ? 9 : 7,
	});
}
