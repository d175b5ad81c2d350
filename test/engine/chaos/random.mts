export interface Random {
	(): number;
	/** From 0, below `count`. */
	below(count: number): number;
	chance(probability: number): boolean;
	pick<T>(list: readonly [T, ...T[]]): T;
}

/** mulberry32: the same numbers for the same seed. */
export function randomOf(seed: number): Random {
	let state = seed >>> 0;
	const next = () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	const below = (count: number) => Math.floor(next() * count);
	return Object.assign(next, {
		below,
		chance: (probability: number) => next() < probability,
		pick: <T,>(list: readonly [T, ...T[]]): T => list[below(list.length)] ?? list[0],
	});
}
