import { isPublicAddress } from '../domain/address';
import type { Problem, Step } from '../domain/problem';
import { fail, ok } from '../domain/result';
import type { ItemResult } from '../host/rows';
import { problemOfChainEnd } from '../tasks/problems';
import type { Order } from '../tasks/order';
import type { Session } from '../tasks/session';
import type { Orders } from '../tasks/submit';

/** An item of a chain: read and checked, nothing paid yet. */
interface Link {
	itemIndex: number;
	orders: Step<Orders>;
}

interface Making<T> {
	/** Orders a clip, or finds the one that is paid for, and waits for it. */
	make: (item: T) => Promise<ItemResult>;
	/** What becomes of an item behind the chain's end. */
	leaveOut: (item: T, problem: Problem) => Promise<ItemResult>;
}

/**
 * Makes clips one after the other, each from the last frame of the one before. Behind a clip without
 * a video or without a last frame nothing is ordered.
 */
export async function makeChain<T extends Link>(
	items: readonly T[],
	{ make, leaveOut }: Making<T>,
): Promise<ItemResult[]> {
	const results: ItemResult[] = [];
	let before: Step<string> | undefined;
	for (const item of items) {
		if (before?.ok === false) {
			results.push(await leaveOut(item, before.error));
			continue;
		}
		const made = await make(before === undefined ? item : beginningWith(item, before.value));
		results.push(made);
		before = lastFrameOf(item, made);
	}
	return results;
}

function beginningWith<T extends Link>(item: T, address: string): T {
	if (!item.orders.ok) return item;
	const [first, ...others] = item.orders.value;
	const begin = (order: Order): Order => {
		const { firstImage: slot } = order.model;
		return slot === undefined ? order : { ...order, media: [{ slot, address }, ...order.media] };
	};
	return { ...item, orders: ok<Orders>([begin(first), ...others.map(begin)]) };
}

/** The address with which the next clip begins, or why there is no next one. */
function lastFrameOf({ itemIndex, orders }: Link, { result }: ItemResult): Step<string> {
	const ended = (reason: string, way: 'clip' | 'frame' = 'frame') =>
		fail(problemOfChainEnd(itemIndex, reason, way));
	if (!result.ok) {
		return ended(`It has no video: ${result.error.message.replace(/\.$/, '')}.`, 'clip');
	}
	if (!orders.ok) return ended('It could not be read.', 'clip');
	const [{ session }] = orders.value;
	const { lastFrameUrl, lastFrameProblem, expiresAt } = result.value.json;
	if (typeof lastFrameProblem === 'string') {
		return ended(`Its last frame could not be had: ${lastFrameProblem}.`);
	}
	if (typeof lastFrameUrl !== 'string') {
		return ended(`${session.provider.label} gave no last frame of it.`);
	}
	if (Date.parse(String(expiresAt)) <= session.clock.now()) {
		return ended(`The address of its last frame has stopped working at ${String(expiresAt)}.`);
	}
	return canOpen(session, lastFrameUrl)
		? ok(lastFrameUrl)
		: ended(`${session.provider.label} cannot open the address that it gave of its last frame.`);
}

/** A vendor that stands in this network, as the sandbox does, opens its addresses. */
const canOpen = ({ baseUrl }: Session, address: string): boolean =>
	isPublicAddress(address) || !isPublicAddress(baseUrl);
