import type { Fault } from '../domain/fault';
import type { WireInput } from '../domain/model';
import { fail } from '../domain/result';
import type { Price } from '../domain/vendor';

/**
 * The most pixels that a picture of a resolution has by any ratio, worked out from the prices a second
 * that vendors' pages name for Seedance 2.5; earlier models have some two in a hundred less.
 */
const MOST_PIXELS: Readonly<Record<string, number>> = {
	'480p': 440_000,
	'720p': 943_500,
	'1080p': 2_123_000,
	'4k': 8_490_000,
};

const FRAMES_PER_SECOND = 24;

/** How much of something there is to be paid for. */
export interface Quantity {
	seconds: number;
	tokens: number;
}

/**
 * How long a video will be, and how many tokens it takes at most: width × height × frames / 1024, as
 * vendors document it. Undefined where the model chooses the length or the size, and with a
 * given video, whose seconds count as well.
 */
export function quantityOf(input: WireInput): Quantity | undefined {
	const seconds = Number(input.duration ?? NaN);
	const resolution = String(input.resolution).toLowerCase();
	const pixels = Object.hasOwn(MOST_PIXELS, resolution) ? MOST_PIXELS[resolution] : undefined;
	if (pixels === undefined || !(seconds > 0) || hasVideo(input)) return undefined;
	const tokens = Math.ceil((pixels * (seconds * FRAMES_PER_SECOND + 1)) / 1024);
	return { seconds, tokens };
}

const hasVideo = (input: WireInput): boolean =>
	Object.entries(input).some(
		([name, value]) =>
			value !== undefined &&
			[value].flat().length > 0 &&
			(/video/i.test(name) || (typeof value === 'object' && /video/i.test(JSON.stringify(value)))),
	);

/** To a millionth, without what a computer adds to sums. */
export const rounded = (amount: number): number => Math.round(amount * 1e6) / 1e6;

export const estimate = (amount: number, currency: string, how: string): Price => ({
	amount: rounded(amount),
	currency,
	basis: 'estimate',
	how,
});

/** The vendor tells no price of this very video. */
export const priceUnknown = (message: string) =>
	fail<Fault>({ kind: 'priceUnknown', message, certainlyNotTaken: true });

export const UNKNOWN_SIZE =
	'The price is worked out from resolution and duration, and one of them is left to the model, or a given video counts as well';
