import { randomFrom } from '../../test/clips/random.mts';

export type Random = (below: number) => number;

/** What was tried, and what of it was not as it should be. */
export interface Trial {
	what: string;
	differences: string[];
}

/** Neighbouring names begin with nearly the same numbers. */
const ALIKE = 8;

/** The same numbers for the same trial, at every run. */
export function randomOf(name: string): Random {
	const random = randomFrom(name);
	for (let left = ALIKE; left > 0; left--) random(2);
	return random;
}

export function oneOf<T>(list: readonly T[], random: Random): T {
	for (const one of list.slice(random(list.length))) return one;
	throw new Error('Nothing to choose from');
}
