import { spanOf, type Clip, type Packet } from './clip';
import type { Piece } from './plan';

/** A part of a clip that can be taken out without a new encoding, and where it really lies. */
export interface CutOut {
	piece: Piece;
	fromSeconds: number;
	toSeconds: number;
}

/** Rounding of times, far below a picture. */
const EPSILON = 1e-4;

/**
 * The smallest part that holds everything from `fromSeconds` to `toSeconds`: it begins with the last
 * picture before it that needs no other one, and ends where no picture is left out in between.
 * Seconds count from the first picture. Undefined where there is nothing between the two.
 */
export function cutOut(clip: Clip, fromSeconds: number, toSeconds: number): CutOut | undefined {
	const { packets } = clip.pictures;
	const zero = Math.max(0, clip.startSeconds);
	const from = zero + fromSeconds;
	const to = zero + toSeconds;
	if (!(to > from) || from >= clip.startSeconds + clip.durationSeconds) return undefined;
	const first = firstFor(packets, from + EPSILON, zero);
	const begin = packets[first];
	if (begin === undefined) return undefined;
	// Pictures that come after it, but are shown before it, need those that are cut off.
	const isShown = (index: number) =>
		index >= first && (packets[index]?.timestamp ?? -1) >= begin.timestamp - EPSILON;
	const shown = [...packets.keys()].filter(isShown);
	const pictures = shown.slice(0, lengthFor(shown, packets, to - EPSILON));
	const end = spanOf(pictures.flatMap((index) => packets[index] ?? [])).endSeconds;
	return {
		piece: { clip, pictures },
		fromSeconds: begin.timestamp - zero,
		toSeconds: end - zero,
	};
}

/**
 * Place of the last picture up to `from` at which decoding can begin; of the first one, if there is
 * none. A clip with pictures that are shown before the one they are decoded behind (open groups) is
 * whole from its first picture only: what is cut off in front, a decoder of H.264 stumbles over later.
 */
function firstFor(packets: readonly Packet[], from: number, zero: number): number {
	const starts = [...packets.entries()].filter(
		([, { isKey, timestamp }]) => isKey && timestamp >= zero - EPSILON,
	);
	const [first = -1] = starts[0] ?? [];
	if (hasOpenGroups(packets)) return first;
	const before = starts.findLast(([, { timestamp }]) => timestamp <= from);
	return before?.[0] ?? first;
}

function hasOpenGroups(packets: readonly Packet[]): boolean {
	const earliestBehind = earliestBehindEach(packets);
	return packets.some(
		({ isKey, timestamp }, index) =>
			isKey && (earliestBehind[index] ?? Infinity) < timestamp - EPSILON,
	);
}

/** Of all pictures that are decoded later than each one, when the first is shown. */
function earliestBehindEach(packets: readonly Packet[]): number[] {
	let earliest = Infinity;
	const backwards = packets.toReversed().map(({ timestamp }) => {
		const behind = earliest;
		earliest = Math.min(earliest, timestamp);
		return behind;
	});
	return backwards.toReversed();
}

/** How many of the pictures in the order of decoding it takes until all before `to` are there. */
function lengthFor(shown: readonly number[], packets: readonly Packet[], to: number): number {
	const timeOf = (index: number | undefined) => packets[index ?? -1]?.timestamp ?? 0;
	const times = shown.map(timeOf);
	const inOrder = times.toSorted((one, other) => one - other);
	let latest = -Infinity;
	for (const [place, time] of times.entries()) {
		latest = Math.max(latest, time);
		const count = place + 1;
		const isClosed = inOrder[count - 1] === latest;
		const next = inOrder[count];
		if (isClosed && (next === undefined || next >= to)) return count;
	}
	return shown.length;
}
