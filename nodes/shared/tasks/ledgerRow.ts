import { createHash } from 'node:crypto';
import { z } from 'zod/v4';
import { parseJson, withoutUndefined } from '../domain/json';
import { TABLE } from '../domain/limits';
import { endStatuses, isEnd } from '../domain/status';
import { hasEndedBadly } from '../domain/task';
import { taskUrlsSchema } from '../domain/taskSchema';
import {
	orderKeyPattern,
	type LedgerEntry,
	type LedgerReference,
	type OrderAbout,
	type OrderEnd,
} from './ledger';
import { FOUND_AGAIN, orderedSchema, passedOverSchema, type Ordered } from './row';
import { soughtSchema } from './sought';
import { textOfCell } from './tableCell';

const states = [
	/** Written before the request: if n8n is killed now, nobody knows whether it was taken. */
	'submitting',
	/** Taken by the vendor, and nobody has the video yet. */
	'submitted',
	...endStatuses,
	/** The vendor's answer was lost: it may have been taken. */
	'unknown',
] as const;

export type LedgerState = (typeof states)[number];

/** Without these a row does not say what is paid, and to whom it belongs. */
export const neededColumns: readonly string[] = [
	'orderedAt',
	'state',
	'provider',
	'model',
	'taskId',
	'taskUrls',
	'executionId',
	'origin',
	'orderKey',
	'rowKey',
];

/** Empty cells of a table are null. */
const cell = <T extends z.ZodType>(schema: T) =>
	schema
		.nullish()
		.transform((value) => value ?? undefined)
		.optional();

const text = cell(z.string().transform(textOfCell));
const number = cell(z.number());
const date = cell(z.string().transform(textOfCell));
const neededDate = z.string();

/** A row by the columns of the table, those that people read in front. */
const rowSchema = z.object({
	orderedAt: neededDate,
	state: z.enum(states),
	provider: z.string(),
	model: text,
	prompt: text,
	resolution: text,
	duration: text,
	taskId: text,
	credits: number,
	tokens: number,
	usd: number,
	billableUnits: number,
	seconds: number,
	videoUrl: text,
	expiresAt: date,
	endedAt: date,
	reason: text,
	workflow: text,
	workflowId: text,
	executionId: text,
	node: text,
	item: number,
	taskUrls: text,
	refusedBy: text,
	/** By what the vendor's own list knows an order whose answer has not come. */
	sought: text,
	/** Whose order it is: every try of one node in one execution and its retries. */
	origin: z.string(),
	/**
	 * Which of them; the same for every row that an order ever had. It goes back into conditions, as the
	 * next one does: what somebody has written there counts as no row.
	 */
	orderKey: z.string().regex(orderKeyPattern),
	/** Different for every row: a row that changes is written anew. */
	rowKey: z.string().regex(/^[\w.-]{1,200}#\d{1,15}$/),
});

/** What a column of n8n's table holds, by how its cells are read; others hold texts. */
const columnTypes = new Map<unknown, 'date' | 'number'>([
	[neededDate, 'date'],
	[date, 'date'],
	[number, 'number'],
]);

export const ledgerColumns = Object.entries(rowSchema.shape).map(([name, schema]) => ({
	name,
	type: columnTypes.get(schema) ?? 'string',
}));

/** One order in the table. */
export type LedgerRow = z.infer<typeof rowSchema>;

/** Where an order was made. */
export type Whereabouts = Required<
	Pick<
		LedgerRow,
		'workflow' | 'workflowId' | 'executionId' | 'node' | 'item' | 'origin' | 'orderKey'
	>
>;

/** An order as a table holds it. */
export interface StoredOrder {
	/** The newest. */
	row: LedgerRow;
	/** Of all of its rows: n8n may be killed between writing one and removing the one before. */
	rowKeys: string[];
}

/** Reads the orders of a table; what somebody has made unreadable counts as not there. */
export function readStored(found: readonly unknown[]): StoredOrder[] {
	const orders = new Map<string, StoredOrder>();
	for (const row of found.flatMap((one) => rowSchema.safeParse(one).data ?? [])) {
		const { row: known = row, rowKeys = [] } = orders.get(row.orderKey) ?? {};
		const newest = countsMoreThan(known, row) ? row : known;
		orders.set(row.orderKey, { row: newest, rowKeys: [...rowKeys, row.rowKey] });
	}
	return [...orders.values()];
}

/**
 * Whether a row of an order counts more than another one. Whoever delivers a video may write down its end
 * before the node has written down its task, and neither knows the other's row.
 */
function countsMoreThan(known: LedgerRow, row: LedgerRow): boolean {
	const isOfSameTask = row.taskId !== undefined && row.taskId === known.taskId;
	if (isOfSameTask && hasEnd(row) !== hasEnd(known)) return hasEnd(row);
	return revisionOf(row) >= revisionOf(known);
}

const hasEnd = ({ state }: LedgerRow): boolean => isEnd(state);

/** How often the order's row was written. */
export const revisionOf = ({ rowKey }: Pick<LedgerRow, 'rowKey'>): number =>
	Number(/#(\d+)$/.exec(rowKey)?.[1] ?? 0);

export const rowKeyOf = (orderKey: string, revision: number): string => `${orderKey}#${revision}`;

/** A prompt as a row holds it. */
export const shortened = (text: string | undefined): string | undefined =>
	text === undefined || text.length <= TABLE.promptLength
		? text
		: `${text.slice(0, TABLE.promptLength - 1)}…`;

/** An entry as a row, without its key. */
export function rowOfEntry(
	entry: LedgerEntry,
	about: OrderAbout,
	place: Whereabouts,
): Omit<LedgerRow, 'rowKey'> {
	const common = {
		...about,
		...place,
		prompt: shortened(about.prompt),
		orderedAt: entry.at,
		provider: entry.providerId ?? '',
	};
	if (entry.state === 'submitting') {
		const { answerLost, sought } = entry;
		const state = answerLost ? 'unknown' : 'submitting';
		return withoutUndefined({ ...common, state, sought: sought && JSON.stringify(sought) });
	}
	const { modelId: model, taskId, taskUrls, refusedBy, foundAgain } = entry;
	const urls = taskUrls && JSON.stringify(taskUrls);
	const refusals = refusedBy && JSON.stringify(refusedBy);
	const reason = foundAgain && FOUND_AGAIN;
	const told = { model, taskId, taskUrls: urls, refusedBy: refusals, reason };
	return withoutUndefined({ ...common, ...told, state: 'submitted' });
}

/** The row of an order of which more is known now. */
export function rowAtEnd<T extends Omit<LedgerRow, 'rowKey'>>(row: T, end: OrderEnd): T {
	const { status, isCollected, usage, videoUrl, completedAt, expiresAt, reason } = end;
	// What was handed on stays so, whatever happens to the vendor's record of it later.
	if (row.state === 'succeeded') return row;
	return withoutUndefined({
		...row,
		// The table has a column for each unit; one of an older version lacks the last two.
		...withoutUndefined({ ...usage, videoUrl, expiresAt, endedAt: completedAt, reason }),
		state: isCollected && isEnd(status) ? status : row.state,
	});
}

/** What a row says about the order, for a later try. */
export function entryOfRow(row: LedgerRow): LedgerEntry | undefined {
	const { state, orderedAt: at, provider: providerId, taskId, model: modelId = '' } = row;
	const ordered = orderedIn(row);
	if (state === 'submitting' || state === 'unknown') {
		const sought = soughtSchema.safeParse(parseJson(row.sought ?? '')).data;
		return withoutUndefined({ state: 'submitting' as const, at, providerId, ordered, sought });
	}
	if (taskId === undefined) return undefined;
	return withoutUndefined({
		state: 'submitted' as const,
		at,
		taskId,
		providerId,
		ordered,
		modelId,
		foundAgain: row.reason === FOUND_AGAIN ? (true as const) : undefined,
		taskUrls: taskUrlsOf(row),
		refusedBy: z.array(passedOverSchema).safeParse(parseJson(row.refusedBy ?? '')).data,
		endedBadly: hasEndedBadly({ status: state }) ? (true as const) : undefined,
	});
}

/** What a row says of what was ordered; lengths are numbers there as everywhere but in a table. */
function orderedIn({ prompt, resolution, duration }: LedgerRow): Ordered | undefined {
	const seconds = duration === undefined || duration.trim() === '' ? NaN : Number(duration);
	const told = { prompt, resolution, duration: Number.isNaN(seconds) ? duration : seconds };
	const ordered = orderedSchema.parse(withoutUndefined(told));
	return Object.keys(ordered).length === 0 ? undefined : ordered;
}

/** Where the vendor said that the task of a row can be asked for. */
export const taskUrlsOf = ({ taskUrls }: LedgerRow) =>
	taskUrlsSchema.safeParse(parseJson(taskUrls ?? '')).data;

/** An order of the ledger as an output row, which Seedance Task takes as it is. */
export function toOrderRow(row: LedgerRow, ledger: LedgerReference & { proof?: string }) {
	const { state, taskId, provider, model, videoUrl, expiresAt } = row;
	const { credits, tokens, usd, billableUnits, seconds } = row;
	const { orderedAt, endedAt, prompt, resolution, duration, reason } = row;
	const { workflow, workflowId, executionId, node, item } = row;
	const usage = withoutUndefined({ credits, tokens, usd, billableUnits, seconds });
	return withoutUndefined({
		taskId,
		provider,
		model,
		ledgerState: state,
		videoUrl,
		usage: Object.keys(usage).length > 0 ? usage : undefined,
		orderedAt,
		completedAt: endedAt,
		expiresAt,
		...{ prompt, resolution, duration, reason, workflow, workflowId, executionId, node, item },
		taskUrls: taskUrlsOf(row),
		ledger,
	});
}

export const shortHash = (value: unknown): string =>
	createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 16);

/** What tells the orders of one node and its loops apart. */
export interface OrderSlot {
	itemIndex: number;
	/** Of the input item. */
	input: string;
}

export interface OrderRound {
	origin: string;
	/** Counts the rounds of a loop. */
	occurrence: number;
	/** Of what the user wrote. */
	written: string;
	/** The execution that looks for its orders. */
	executionId: string;
}

const prefixOf = ({ origin, occurrence, written }: OrderRound) =>
	`${origin}.${occurrence}.${written}.`;

export interface AssignedOrder {
	orderKey: string;
	stored?: StoredOrder;
	/** The order was made for other data in the same place. */
	isOtherInput: boolean;
}

/**
 * Finds the rows that earlier tries have left for these items: in its place with the same data, else
 * elsewhere with the same data, else in its place with other data, because a retried run may have
 * written its prompts anew. The last only for orders of an earlier execution: within one, other data is
 * another order. A row counts once.
 */
export function assignOrders(
	stored: readonly StoredOrder[],
	round: OrderRound,
	slots: readonly OrderSlot[],
): AssignedOrder[] {
	const start = prefixOf(round);
	const left = new Map<string, StoredOrder>(
		stored.flatMap((order) => {
			const { orderKey } = order.row;
			return orderKey.startsWith(start) ? [[orderKey, order] as const] : [];
		}),
	);
	const assigned = new Map<OrderSlot, AssignedOrder>();
	const take = (
		slot: OrderSlot,
		fits: (place: string, input: string, order: StoredOrder) => boolean,
	) => {
		if (assigned.has(slot)) return;
		for (const [orderKey, order] of left) {
			const [place = '', input = ''] = orderKey.slice(start.length).split('.');
			if (!fits(place, input, order)) continue;
			left.delete(orderKey);
			assigned.set(slot, { orderKey, stored: order, isOtherInput: input !== slot.input });
			return;
		}
	};
	const isThere = ({ itemIndex }: OrderSlot, place: string) => place === String(itemIndex);
	for (const slot of slots)
		take(slot, (place, input) => isThere(slot, place) && input === slot.input);
	for (const slot of slots) take(slot, (_, input) => input === slot.input);
	const isOfAnEarlierOne = ({ row }: StoredOrder) => row.executionId !== round.executionId;
	for (const slot of slots) {
		take(slot, (place, _, order) => isThere(slot, place) && isOfAnEarlierOne(order));
	}
	return slots.map((slot) => {
		const orderKey = `${start}${slot.itemIndex}.${slot.input}`;
		return assigned.get(slot) ?? { orderKey, isOtherInput: false };
	});
}
