import fc from 'fast-check';

/** The value, or anything in its place. */
export const maybe = (value: fc.Arbitrary<unknown>) =>
	fc.oneof({ weight: 4, arbitrary: value }, fc.jsonValue());

/** Words for the state of a task, of which one is nobody's. */
export const word = fc.constantFrom(
	...['success', 'completed', 'queued', 'pending', 'fail', 'error', 'new'],
);

export const url = fc.constantFrom('https://example.com/v.mp4', '');
