import { z } from 'zod/v4';
import { isObject } from '../../domain/json';
import { ok } from '../../domain/result';
import { isoFromMs } from '../../domain/time';
import type { Dialogue, ListedOrder, LostOrder } from '../../domain/vendor';
import { lazily, optional, readAnswer, text, tooLong } from '../reading';

const MAX_PAGES = 10;

const page = lazily(() =>
	z.object({
		items: z.array(z.unknown()),
		next_cursor: z.unknown(),
		has_more: optional(z.boolean()),
	}),
);

const record = lazily(() =>
	z.object({ request_id: text(), sent_at: optional(text()), json_input: z.unknown() }),
);

/**
 * The endpoint's requests since then, with what was sent: `/v1/models/requests/by-endpoint` of fal's
 * Platform API, which any key may ask.
 */
export function* findLost({ modelId, fromMs }: LostOrder): Dialogue<ListedOrder[]> {
	const found: ListedOrder[] = [];
	let cursor: string | undefined;
	for (let pages = 0; pages < MAX_PAGES; pages++) {
		const response = yield {
			method: 'GET',
			host: 'platform',
			url: '/v1/models/requests/by-endpoint',
			query: {
				endpoint_id: modelId,
				start: isoFromMs(fromMs) ?? '',
				expand: 'payloads',
				...(cursor !== undefined && { cursor }),
			},
		};
		const listed = readAnswer(page, response);
		if (!listed.ok) return listed;
		const { items, next_cursor: next, has_more: hasMore = false } = listed.value;
		found.push(...items.flatMap((item) => orderOf(item, modelId)));
		if (!hasMore) return ok(found);
		if (typeof next !== 'string' || next === '' || next === cursor) return tooLong();
		cursor = next;
	}
	return tooLong();
}

function orderOf(entry: unknown, modelId: string): ListedOrder[] {
	const known = record.safeParse(entry).data;
	if (known === undefined) return [];
	const { request_id: taskId, sent_at: at = '', json_input: input } = known;
	return [{ taskId, modelId, createdMs: Date.parse(at), input: isObject(input) ? input : {} }];
}
