import { z } from 'zod/v4';
import { ok } from '../../domain/result';
import { isoFromMs } from '../../domain/time';
import type { Dialogue, ListedOrder, LostOrder } from '../../domain/vendor';
import { lazily, optional, readAnswer, text } from '../reading';

/** The header by which an order brings its own name along: docs/capabilities/request-tracing-and-cost. */
export const MARK_HEADER = 'X-Client-Request-Id';

const rows = lazily(() => {
	const list = z.array(z.unknown());
	return z.union([
		list,
		z.object({ data: list }).transform(({ data }) => data),
		z.object({ items: list }).transform(({ items }) => items),
		z.object({ logs: list }).transform(({ logs }) => logs),
	]);
});

/** What was refused has a row, too. */
const record = lazily(() =>
	z.object({
		inference_id: text(),
		client_request_id: text(),
		status: optional(z.string()),
	}),
);

/** The rows of the log that bring a name along: an inference's ID is that of the generation. */
export function* findLost({ fromMs, toMs }: LostOrder): Dialogue<ListedOrder[]> {
	const response = yield {
		method: 'GET',
		url: '/v2/logs',
		query: { start: isoFromMs(fromMs) ?? '', end: isoFromMs(toMs) ?? '' },
	};
	const listed = readAnswer(rows, response);
	return listed.ok ? ok(listed.value.flatMap(orderOf)) : listed;
}

function orderOf(entry: unknown): ListedOrder[] {
	const known = record.safeParse(entry).data;
	if (known === undefined || known.status === 'failed') return [];
	return [{ taskId: known.inference_id, mark: known.client_request_id }];
}
