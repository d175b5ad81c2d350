import { z } from 'zod/v4';
import { isObject } from '../../domain/json';
import { ok } from '../../domain/result';
import type { Dialogue, ListedOrder, LostOrder } from '../../domain/vendor';
import { lazily, optional, readAnswer, text, tooLong } from '../reading';

const MAX_PAGES = 10;

const page = lazily(() => z.object({ results: z.array(z.unknown()), next: z.unknown() }));

const record = lazily(() =>
	z.object({
		id: text(),
		model: optional(text()),
		created_at: optional(text()),
		input: z.unknown(),
		webhook: optional(text()),
	}),
);

/** Where the next page begins; its whole address may name another host than the one asked. */
export function cursorIn(next: unknown): string | undefined {
	if (typeof next !== 'string' || !URL.canParse(next)) return undefined;
	return new URL(next).searchParams.get('cursor') ?? undefined;
}

/** The account's predictions, newest first, until they are older than the order. */
export function* findLost({ fromMs }: LostOrder): Dialogue<ListedOrder[]> {
	const found: ListedOrder[] = [];
	let cursor: string | undefined;
	for (let pages = 0; pages < MAX_PAGES; pages++) {
		const response = yield {
			method: 'GET',
			url: '/predictions',
			...(cursor !== undefined && { query: { cursor } }),
		};
		const listed = readAnswer(page, response);
		if (!listed.ok) return listed;
		const orders = listed.value.results.flatMap(orderOf);
		found.push(...orders);
		cursor = cursorIn(listed.value.next);
		const isOlder = orders.length > 0 && orders.every(({ createdMs = NaN }) => createdMs < fromMs);
		if (cursor === undefined || isOlder) return ok(found);
	}
	return tooLong();
}

function orderOf(entry: unknown): ListedOrder[] {
	const known = record.safeParse(entry).data;
	if (known === undefined) return [];
	const { id: taskId, model: modelId, created_at: at = '', input, webhook: callbackUrl } = known;
	// An hour after its end nothing is left of what went in.
	const told = isObject(input) ? input : {};
	return [{ taskId, modelId, createdMs: Date.parse(at), input: told, callbackUrl }];
}
