import { settingsOf, type Sound } from './clip';

/**
 * A frame of silence in AAC-LC, by the standard's syntax (ISO 14496-3, 4.4.2): one element without
 * any line of the spectrum, and the end. It is right for every sample rate.
 */
const frames: Readonly<Record<number, Uint8Array>> = {
	1: Uint8Array.from([0x00, 0x00, 0x00, 0x07]),
	2: Uint8Array.from([0x21, 0x00, 0x00, 0x00, 0x00, 0x1c]),
};

const AAC_LC = 2;

/** The first five bits of an AudioSpecificConfig; undefined for sound that is no AAC. */
export const aacTypeOf = ({ codec, config }: Pick<Sound, 'codec' | 'config'>) =>
	codec === 'aac' ? (settingsOf(config)[0] ?? 0) >> 3 : undefined;

/** A frame of silence in a film's own kind of sound; undefined where none can be made. */
export const silenceFor = (sound: Pick<Sound, 'codec' | 'config'>): Uint8Array | undefined =>
	aacTypeOf(sound) === AAC_LC ? frames[sound.config.numberOfChannels] : undefined;
