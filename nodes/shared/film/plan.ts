import { settingsOf, spanOf, usualSecondsOf, type Clip, type Packet, type Sound } from './clip';
import { readParameterSets } from './parameterSets';
import { silenceFor } from './silence';

/** A part of a film: some pictures of one clip, in the order in which they are decoded. */
export interface Piece {
	clip: Clip;
	/** Which of the clip's pictures, by their place in the file. */
	pictures: readonly number[];
}

/** A picture or a piece of sound at its place in the film. */
export interface Sample {
	track: 'pictures' | 'sound';
	timestamp: number;
	duration: number;
	isKey: boolean;
	/** Length in the film: without a header that an MP4 does not have, with settings in front. */
	byteLength: number;
	origin: Origin | { bytes: Uint8Array };
	/** Settings of its encoder that go in front of a picture. */
	inFront?: Uint8Array;
}

/** Where a sample lies: the file by its place in `Plan.inputs`, and the sample by its number there. */
export interface Origin {
	input: number;
	index: number;
	/** Which of several runs through the same file. */
	round: number;
}

/** A file of which samples are taken, and how the user knows it. */
export interface PlannedInput {
	name: string;
	file: Clip['file'];
	track: 'both' | 'sound';
	sound?: Sound;
}

/** A whole film before any of it is written. */
export interface Plan {
	inputs: readonly PlannedInput[];
	lead: Clip;
	/** The film's kind of sound; undefined for a silent one. */
	sound?: Sound;
	samples: readonly Sample[];
	durationSeconds: number;
	chapters: readonly Chapter[];
}

/** Where a clip stands in the film. */
export interface Chapter {
	startSeconds: number;
	durationSeconds: number;
}

export interface Soundtrack {
	file: Clip['file'];
	sound: Sound;
	/** Second of the film at which it begins. */
	startSeconds: number;
	/** Begins again until the film ends. */
	loop: boolean;
}

/** All pictures of a clip. */
export const wholeClip = (clip: Clip): Piece => ({
	clip,
	pictures: [...clip.pictures.packets.keys()],
});

/** Puts pieces behind each other; `bringsSettings` puts each clip's own settings into the film. */
export function planFilm(
	pieces: readonly [Piece, ...Piece[]],
	{ bringsSettings, soundtrack }: { bringsSettings: boolean; soundtrack?: Soundtrack },
): Plan {
	const lead = pieces[0].clip;
	const slots = slotsOf(pieces);
	const durationSeconds = slots.at(-1)?.endSeconds ?? 0;
	const pictures = slots.flatMap((slot, input) => picturesOf(slot, input, bringsSettings));
	const own = pieces.find(({ clip }) => clip.sound !== undefined)?.clip.sound;
	const sound = soundtrack?.sound ?? own;
	const sounds =
		soundtrack !== undefined
			? soundtrackOf(soundtrack, pieces.length, durationSeconds)
			: own === undefined
				? []
				: ownSoundOf(slots, own);
	const inputs = pieces.map(
		({ clip }, index): PlannedInput => ({
			name: pieces.length === 1 ? 'The video' : `Clip ${index + 1}`,
			file: clip.file,
			track: 'both',
		}),
	);
	const track: PlannedInput[] =
		soundtrack === undefined
			? []
			: [
					{
						name: 'The soundtrack',
						track: 'sound',
						file: soundtrack.file,
						sound: soundtrack.sound,
					},
				];
	return {
		inputs: [...inputs, ...track],
		lead,
		sound: sounds.length === 0 ? undefined : sound,
		samples: inStep(pictures, sounds),
		durationSeconds,
		chapters: slots.map(({ fromSeconds, endSeconds }) => ({
			startSeconds: fromSeconds,
			durationSeconds: endSeconds - fromSeconds,
		})),
	};
}

/** How many frames of sound it takes to fill a film; none, where it has no sound. */
export function soundFramesIn(pieces: readonly Piece[], soundtrack?: Soundtrack): number {
	const own = pieces.find(({ clip }) => clip.sound !== undefined)?.clip.sound;
	const sound = soundtrack?.sound ?? own;
	const seconds = slotsOf(pieces).at(-1)?.endSeconds ?? 0;
	return sound === undefined ? 0 : seconds / frameSecondsOf(sound);
}

/** A piece and the time that it has in the film, which is that of its pictures. */
interface Slot extends Piece {
	fromSeconds: number;
	endSeconds: number;
	/** What the clip's own clock shows at `fromSeconds`. */
	clockSeconds: number;
}

function slotsOf(pieces: readonly Piece[]): Slot[] {
	let fromSeconds = 0;
	return pieces.map((piece) => {
		const span = spanOf(packetsOf(piece));
		const clockSeconds = span.startSeconds;
		const endSeconds = fromSeconds + span.endSeconds - clockSeconds;
		const slot = { ...piece, fromSeconds, endSeconds, clockSeconds };
		fromSeconds = endSeconds;
		return slot;
	});
}

const packetsOf = ({ clip, pictures }: Piece): Packet[] =>
	pictures.flatMap((index) => clip.pictures.packets[index] ?? []);

function picturesOf(slot: Slot, input: number, bringsSettings: boolean): Sample[] {
	const { codec, config, packets } = slot.clip.pictures;
	const sets = bringsSettings ? readParameterSets(codec, settingsOf(config)) : undefined;
	return slot.pictures.flatMap((index) => {
		const packet = packets[index];
		if (packet === undefined) return [];
		const { timestamp, duration, isKey, byteLength } = packet;
		// Before every picture that one may jump to: else a jump backwards finds the wrong settings.
		const inFront = isKey ? sets?.inFront : undefined;
		return {
			track: 'pictures',
			timestamp: slot.fromSeconds + timestamp - slot.clockSeconds,
			duration,
			isKey,
			byteLength: byteLength + (inFront?.length ?? 0),
			origin: { input, index, round: 0 },
			inFront,
		};
	});
}

/** Rounding of times, far below a sample of sound. */
const EPSILON = 1e-6;

/** Samples of sound in a frame, which all frames of a file but the first and last have. */
function frameSecondsOf({ packets, config }: Sound): number {
	const usual = usualSecondsOf(packets);
	return Math.max(1, Math.round(usual * config.sampleRate)) / config.sampleRate;
}

/**
 * The clips' own sound as one unbroken run of frames. Pictures and frames of sound have different
 * lengths, so a clip gets as many frames as bring the whole film nearest to its pictures: never more
 * than half a frame off, at whichever clip. What is missing is silence, what is too much is left out.
 */
function ownSoundOf(slots: readonly Slot[], lead: Sound): Sample[] {
	const frameSeconds = frameSecondsOf(lead);
	const silence = silenceFor(lead);
	return slots.flatMap((slot, input) => {
		const isLast = input === slots.length - 1;
		const first = Math.round(slot.fromSeconds / frameSeconds);
		// Sound that lasts longer than the pictures makes players tell a wrong length.
		const end = isLast
			? Math.floor(slot.endSeconds / frameSeconds + EPSILON)
			: Math.round(slot.endSeconds / frameSeconds);
		return framesOf(slot, input, { first, end, frameSeconds, silence });
	});
}

/** How far ahead of its time sound may lie, in frames: no further than it may lie behind. */
const STARTING_FRAMES = 0.5;

/** What runs already goes on where its own frames are not of quite the same length. */
const RUNNING_FRAMES = 0.75;

interface FrameRange {
	/** The first frame of the film that belongs to the clip, and the one behind its last. */
	first: number;
	end: number;
	frameSeconds: number;
	silence?: Uint8Array;
}

function framesOf(
	{ clip, fromSeconds, clockSeconds }: Slot,
	input: number,
	{ first, end, frameSeconds, silence }: FrameRange,
): Sample[] {
	const packets = clip.sound?.packets ?? [];
	const clockAt = (frame: number) => frame * frameSeconds - fromSeconds + clockSeconds;
	// What an encoder puts before the first sound belongs to no picture.
	let index = packets.findIndex(({ timestamp }) => timestamp >= clockAt(first) - frameSeconds / 2);
	if (index === -1) index = packets.length;
	const samples: Sample[] = [];
	let isRunning = false;
	for (let frame = first; frame < end; frame++) {
		const packet = packets[index];
		const ahead: number = frameSeconds * (isRunning ? RUNNING_FRAMES : STARTING_FRAMES);
		const isDue = packet !== undefined && packet.timestamp < clockAt(frame) + ahead;
		isRunning = isDue;
		const place = { track: 'sound' as const, isKey: true, duration: frameSeconds };
		const timestamp = frame * frameSeconds;
		if (isDue) {
			const { byteLength } = packet;
			samples.push({ ...place, timestamp, byteLength, origin: { input, index, round: 0 } });
			index++;
		} else if (silence !== undefined) {
			const byteLength = silence.length;
			samples.push({ ...place, timestamp, byteLength, origin: { bytes: silence } });
		}
	}
	return samples;
}

/** A file's sound from a second of the film on, cut or repeated to the film's end. */
function soundtrackOf(
	{ sound, startSeconds, loop }: Soundtrack,
	input: number,
	filmSeconds: number,
): Sample[] {
	const frameSeconds = frameSecondsOf(sound);
	const start = Math.max(0, startSeconds);
	const count = Math.floor((filmSeconds - start) / frameSeconds + EPSILON);
	// What an encoder puts before the first sound is heard nowhere.
	const heard = [...sound.packets.entries()].filter(
		([, { timestamp }]) => timestamp >= -frameSeconds / 2,
	);
	const frames = loop ? count : Math.min(count, heard.length);
	return Array.from({ length: Math.max(0, frames) }, (_, frame) => {
		const [index, packet] = heard[frame % heard.length] ?? [];
		if (index === undefined || packet === undefined) return [];
		const round = Math.floor(frame / heard.length);
		return {
			track: 'sound' as const,
			timestamp: start + frame * frameSeconds,
			duration: frameSeconds,
			isKey: true,
			byteLength: packet.byteLength - sound.headerBytes,
			origin: { input, index, round },
		};
	}).flat();
}

/** Both tracks as they are to lie in the film, so that a player has the sound of what it shows. */
function inStep(pictures: readonly Sample[], sounds: readonly Sample[]): Sample[] {
	const samples: Sample[] = [];
	let next = 0;
	for (const picture of pictures) {
		for (;;) {
			const sound = sounds[next];
			if (sound === undefined || sound.timestamp > picture.timestamp) break;
			samples.push(sound);
			next++;
		}
		samples.push(picture);
	}
	return [...samples, ...sounds.slice(next)];
}
