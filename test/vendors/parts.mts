import fc from 'fast-check';
import type { ImageLimits } from './kit.mts';

const MEGABYTE = 1024 * 1024;

/** What ByteDance itself says of the images of a model, and others after it. */
export const makersImageLimits: ImageLimits = {
	maxBytes: 30 * MEGABYTE,
	size: { minSidePx: 300, maxSidePx: 6000, minRatio: 0.4, maxRatio: 2.5 },
};

/** What the market says of the images of the older models. */
export const marketImageLimits: ImageLimits = {
	maxBytes: 10 * MEGABYTE,
	mimeTypes: ['image/jpeg', 'image/png', 'image/webp'],
};

/** The check of contents of a vendor that has no words of its own for it: the maker's are passed on. */
export const makersContentCheck = { says: /may contain sensitive information/ };

/** The value, or anything in its place. */
export const maybe = (value: fc.Arbitrary<unknown>) =>
	fc.oneof({ weight: 4, arbitrary: value }, fc.jsonValue());

/** Words for the state of a task, of which one is nobody's. */
export const word = fc.constantFrom(
	...['success', 'completed', 'queued', 'pending', 'fail', 'error', 'new'],
);

export const url = fc.constantFrom('https://example.com/v.mp4', '');
