import { expect } from '@jest/globals';

/** Files are compared as a whole: Jest goes through them byte by byte, which takes a second for a video. */
expect.addEqualityTesters([
	(a: unknown, b: unknown) =>
		a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) === 0 : undefined,
]);
