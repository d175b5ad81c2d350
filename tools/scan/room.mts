/** The middle one of some sizes; of an even number of them the larger one. */
export function middleOf(sizes: readonly number[]): number {
	return sizes.toSorted((a, b) => a - b)[Math.floor(sizes.length / 2)] ?? 0;
}

/** How many more of the middle size fit below a limit, which itself is too much. */
export function roomFor(
	sizes: readonly number[],
	{ used, limit }: { used: number; limit: number },
): number {
	const middle = middleOf(sizes);
	return middle <= 0 ? Infinity : Math.max(0, Math.ceil((limit - used) / middle) - 1);
}
