import { fileOption } from '../domain/ownParameters';
import { fail, ok, type Result } from '../domain/result';
import { settingsOf, type Clip, type Pictures, type Sound } from './clip';
import { readParameterSets } from './parameterSets';
import { aacTypeOf, silenceFor } from './silence';

/** Why there will be no film, in the words of whoever wanted one. */
export interface FilmProblem {
	message: string;
	fix: string;
	/** The clip that it is about, by its place among the clips. */
	clip?: number;
}

/** What was found when clips were held against each other. */
export interface Fit {
	/** Whether clips bring settings of their encoder that the first one does not have. */
	differsInSettings: boolean;
	hints: string[];
}

const SAME_ORDER =
	'Order the clips with the same model, resolution, aspect ratio and frame rate, or convert this one first.';

/** Whether the clips can follow one another without a new encoding; what does not fit is named. */
export function checkFit(
	clips: readonly Clip[],
	options: { joinAnyway: boolean },
): Result<Fit, FilmProblem> {
	const [lead] = clips;
	if (lead === undefined) return refuse('There is no clip', 'Send the node at least one video.');
	const leadSound = clips.find(({ sound }) => sound !== undefined);
	let differsInSettings = false;
	const hints: string[] = [];
	for (const [index, clip] of clips.entries()) {
		const name = `Clip ${index + 1}`;
		const problem =
			problemOfPictures(name, clip, lead) ??
			problemOfSound(
				name,
				clip,
				leadSound && { ...leadSound, number: clips.indexOf(leadSound) + 1 },
			);
		if (problem !== undefined) return fail({ ...problem, clip: index });
		if (!hasSameSettings(clip.pictures, lead.pictures)) {
			const objection = objectionToSettings(name, clip, lead, options.joinAnyway);
			if (objection !== undefined) return fail({ ...objection, clip: index });
			differsInSettings = true;
		}
		if (isOtherRate(clip, lead)) {
			hints.push(
				`${name} has ${clip.pictures.frameRate} frames a second, the first one ${lead.pictures.frameRate}. The film plays right; some editors take only one frame rate.`,
			);
		}
	}
	return ok({ differsInSettings, hints });
}

const refuse = (message: string, fix: string) => fail({ message, fix });

const names: Readonly<Record<string, string>> = { avc: 'H.264', hevc: 'H.265', aac: 'AAC' };
const nameOf = (codec: string) => names[codec] ?? codec.toUpperCase();

const sizeOf = ({ shownWidth, shownHeight }: Pictures) => `${shownWidth}×${shownHeight}`;

/** Less than that are two ways to round the same rate. */
const RATE_TOLERANCE = 0.02;

const isOtherRate = (clip: Clip, lead: Clip) =>
	Math.abs(clip.pictures.frameRate - lead.pictures.frameRate) > RATE_TOLERANCE;

/** Less than half a picture of the fastest videos is rounding. */
const HIDDEN_SECONDS = 0.002;

function problemOfPictures(name: string, clip: Clip, lead: Clip): FilmProblem | undefined {
	const { pictures } = clip;
	const first = lead.pictures;
	if (clip.startSeconds < -HIDDEN_SECONDS) {
		const count = pictures.packets.filter(({ timestamp }) => timestamp < -HIDDEN_SECONDS).length;
		return {
			message: `${name} hides its first ${count} frames, which would show in the film`,
			fix: "It was cut without a new encoding. Cut it with this node's operation Cut first, which begins where a video can begin.",
		};
	}
	if (pictures.codec !== first.codec) {
		const message = `${name} is ${nameOf(pictures.codec)}, the first one ${nameOf(first.codec)}`;
		return { message, fix: SAME_ORDER };
	}
	const isSameSize = pictures.width === first.width && pictures.height === first.height;
	const isSameShown = sizeOf(pictures) === sizeOf(first);
	if (!isSameSize || !isSameShown) {
		const rate = `at ${pictures.frameRate} frames a second`;
		const message = `${name} is ${sizeOf(pictures)} ${rate}, the first one ${sizeOf(first)}`;
		return { message, fix: SAME_ORDER };
	}
	if (pictures.rotation === first.rotation) return undefined;
	return {
		message: `${name} is turned by ${pictures.rotation}°, the first one by ${first.rotation}°`,
		fix: SAME_ORDER,
	};
}

function problemOfSound(
	name: string,
	{ sound }: Clip,
	lead: (Clip & { number: number }) | undefined,
): FilmProblem | undefined {
	if (lead?.sound === undefined) return undefined;
	if (sound === undefined) {
		if (silenceFor(lead.sound) !== undefined) return undefined;
		return {
			message: `${name} has no sound, and silence cannot be put in between sound of this kind (${describeSound(lead.sound)})`,
			fix: 'Only AAC-LC in mono or stereo can be filled up. Order all clips with sound or all without.',
		};
	}
	if (isSameSound(sound, lead.sound)) return undefined;
	const whose = lead.number === 1 ? 'the first one' : `clip ${lead.number}`;
	return {
		message: `${name} has sound in ${describeSound(sound)}, ${whose} in ${describeSound(lead.sound)}`,
		fix: 'It would play at the wrong speed. Order the clips with the same model, or convert the sound of this one first.',
	};
}

function isSameSound(one: Sound, other: Sound): boolean {
	return (
		one.codec === other.codec &&
		aacTypeOf(one) === aacTypeOf(other) &&
		one.config.sampleRate === other.config.sampleRate &&
		one.config.numberOfChannels === other.config.numberOfChannels
	);
}

function describeSound({ codec, config }: Sound): string {
	const { sampleRate, numberOfChannels } = config;
	const channels = ['mono', 'stereo'][numberOfChannels - 1] ?? `${numberOfChannels} channels`;
	const type = codec === 'aac' ? ` (${config.codec})` : '';
	return `${nameOf(codec)}${type}, ${sampleRate} Hz, ${channels}`;
}

const hasSameSettings = (one: Pictures, other: Pictures) =>
	Buffer.compare(settingsOf(one.config), settingsOf(other.config)) === 0;

function objectionToSettings(
	name: string,
	{ pictures }: Clip,
	lead: Clip,
	joinAnyway: boolean,
): FilmProblem | undefined {
	const settings = `${name} was encoded with other settings (${pictures.config.codec}) than the first one (${lead.pictures.config.codec})`;
	if (!joinAnyway) {
		return {
			message: settings,
			fix: `Order the clips with the same model, or switch on the option '${fileOption.joinAnyway.label}': each clip then brings its settings along, which browsers and ffmpeg play and some players may not.`,
		};
	}
	const [own, first] = [pictures, lead.pictures].map(({ codec, config }) =>
		readParameterSets(codec, settingsOf(config)),
	);
	if (own !== undefined && own.lengthBytes === first?.lengthBytes) return undefined;
	return {
		message: `${settings}, and its settings cannot be brought along`,
		fix: 'Order the clips with the same model, or convert this one first.',
	};
}
