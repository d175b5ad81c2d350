import { z } from 'zod/v4';
import { ok } from '../../domain/result';
import type { Dialogue, ListedOrder, LostOrder } from '../../domain/vendor';
import { lazily, optional, readAnswer, text, tooLong } from '../reading';
import { TASKS_PATH } from './models';

const PAGE_SIZE = 500;
const MAX_PAGES = 4;

const page = lazily(() => z.object({ items: z.array(z.unknown()) }));

const record = lazily(() =>
	z.object({
		id: text(),
		model: optional(text()),
		created_at: optional(z.number()),
		resolution: z.unknown(),
		ratio: z.unknown(),
		duration: z.unknown(),
		service_tier: z.unknown(),
		draft: z.unknown(),
		safety_identifier: z.unknown(),
	}),
);

/**
 * The tasks of a model, in whatever order the vendor lists them. It tells no prompts: a record says
 * when, of which model, and, once it is made, how long and how large.
 */
export function* findLost({ modelId }: LostOrder): Dialogue<ListedOrder[]> {
	const found: ListedOrder[] = [];
	for (let number = 1; number <= MAX_PAGES; number++) {
		const response = yield {
			method: 'GET',
			url: TASKS_PATH,
			query: {
				page_num: String(number),
				page_size: String(PAGE_SIZE),
				'filter.model': modelId,
			},
		};
		const listed = readAnswer(page, response);
		if (!listed.ok) return listed;
		found.push(...listed.value.items.flatMap(orderOf));
		if (listed.value.items.length < PAGE_SIZE) return ok(found);
	}
	return tooLong();
}

function orderOf(entry: unknown): ListedOrder[] {
	const known = record.safeParse(entry).data;
	if (known === undefined) return [];
	const { id: taskId, model: modelId, created_at: seconds = NaN, ...values } = known;
	return [{ taskId, modelId, createdMs: seconds * 1000, values }];
}
