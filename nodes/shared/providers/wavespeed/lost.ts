import { z } from 'zod/v4';
import { isObject } from '../../domain/json';
import { ok } from '../../domain/result';
import type { Dialogue, ListedOrder, LostOrder } from '../../domain/vendor';
import { lazily, optional, readAnswer, refuseByStatus, text, tooLong } from '../reading';
import { unwrap } from './envelope';

const PAGE_SIZE = 100;
const MAX_PAGES = 10;

const page = lazily(() => z.object({ items: z.array(z.unknown()) }));

const record = lazily(() =>
	z.object({
		id: text(),
		model: optional(text()),
		created_at: optional(text()),
		input: z.unknown(),
	}),
);

/** The account's predictions, newest first, until they are older than the order. */
export function* findLost({ fromMs }: LostOrder): Dialogue<ListedOrder[]> {
	const found: ListedOrder[] = [];
	for (let number = 1; number <= MAX_PAGES; number++) {
		const response = yield {
			method: 'POST',
			url: '/api/v3/predictions',
			body: { page: number, page_size: PAGE_SIZE },
		};
		const listed = readAnswer(page, response, refuseByStatus, unwrap(response.body));
		if (!listed.ok) return listed;
		const { items } = listed.value;
		const orders = items.flatMap(orderOf);
		found.push(...orders);
		const isOlder = orders.length > 0 && orders.every(({ createdMs = NaN }) => createdMs < fromMs);
		if (items.length < PAGE_SIZE || isOlder) return ok(found);
	}
	return tooLong();
}

function orderOf(entry: unknown): ListedOrder[] {
	const known = record.safeParse(entry).data;
	if (known === undefined) return [];
	const { id: taskId, model: modelId, created_at: at = '', input } = known;
	// A record that tells no prompt proves nothing.
	return [{ taskId, modelId, createdMs: Date.parse(at), input: isObject(input) ? input : {} }];
}
