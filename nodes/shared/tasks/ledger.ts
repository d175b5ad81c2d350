import { createHash } from 'node:crypto';
import { z } from 'zod/v4';
import { isObject, withoutUndefined, type JsonObject } from '../domain/json';
import { TABLE } from '../domain/limits';
import { ok, type Result } from '../domain/result';
import { hasEndedBadly, type TaskReference, type TaskStatus, type TaskUsage } from '../domain/task';
import { taskReferenceSchema } from '../domain/taskSchema';
import type { OpenOrder } from './claims';
import { orderedSchema, passedOverSchema } from './row';
import { soughtSchema } from './sought';

const common = {
	at: z.string(),
	/** The vendor that was asked; entries of the first version have none and mean the node's own. */
	providerId: z.string().optional(),
	/** What the order came to: what the user wrote may come to something else at a later try. */
	ordered: orderedSchema.optional(),
};

const entrySchema = z.discriminatedUnion('state', [
	/** Written before the request: whoever finds it later cannot know what became of it. */
	z.object({
		state: z.literal('submitting'),
		...common,
		/** The vendor was asked, and its answer did not come or could not be read. */
		answerLost: z.literal(true).optional(),
		/** By what it is known again; absent for vendors without a list. */
		sought: soughtSchema.optional(),
	}),
	z.object({
		state: z.literal('submitted'),
		...common,
		...taskReferenceSchema.shape,
		/** Who was asked before. */
		refusedBy: z.array(passedOverSchema).optional(),
		/** The answer was lost, and the vendor's own list had the task. */
		foundAgain: z.literal(true).optional(),
		/** Noted because vendors forget: a later try may find no task any more. */
		endedBadly: z.literal(true).optional(),
	}),
]);

export type LedgerEntry = z.infer<typeof entrySchema>;

/** What was ordered, for whoever reads the ledger. */
export interface OrderAbout {
	model: string;
	prompt?: string;
	resolution?: string;
	duration?: string;
}

/** What became of a task, as far as somebody looked. */
export interface OrderEnd {
	/** Of the task when it was last seen. */
	status?: TaskStatus;
	/** Whether the video, or why there is none, was handed on. */
	isCollected: boolean;
	usage?: TaskUsage;
	videoUrl?: string;
	/** ISO 8601, UTC. */
	completedAt?: string;
	expiresAt?: string;
	/** Why there is no video. */
	reason?: string;
}

/** An order's key, as this package makes it. */
export const orderKeyPattern = /^[\w.-]{1,200}$/;

export const ledgerReferenceSchema = z.object({
	table: z.string().max(TABLE.maxNameLength),
	key: z.string().regex(orderKeyPattern),
});

/** Where an order is written down for longer than its execution lasts, for whoever gets the video. */
export type LedgerReference = z.infer<typeof ledgerReferenceSchema>;

/** What else is written down of orders from a vendor. */
export interface OtherOrders {
	/** Those of the tasks asked for that belong to another order. */
	taken: string[];
	/** Other orders whose tasks nobody knows. */
	open: OpenOrder[];
}

/** What was ordered for one item of one run. */
export interface LedgerPage {
	reference?: LedgerReference;
	/** Why nobody can know what an earlier try has ordered, where the page itself is empty. */
	unreadable?: string;
	read(): Promise<LedgerEntry | undefined>;
	write(entry: LedgerEntry, about: OrderAbout): Promise<void>;
	/** The vendor certainly did not take the request. */
	clear(): Promise<void>;
	/** What stands beside this page; says why, where that cannot be read. */
	others?(providerId: string, taskIds: readonly string[]): Promise<Result<OtherOrders, string>>;
	/** A task that ended badly is paid for anew by a later try. */
	end(end: OrderEnd): Promise<void>;
}

/** Where orders are written down. */
export interface Ledger {
	page(key: string): LedgerPage;
}

const CONTEXT_KEY = 'seedanceSubmissions';

/**
 * The ledger in the node's context, which n8n keeps across the tries of Retry On Fail and across
 * "Retry execution" of a run that it has saved (measured on 2.41.1).
 */
export function contextLedger(nodeContext: JsonObject): Ledger {
	const pages = (): JsonObject => {
		const existing = nodeContext[CONTEXT_KEY];
		if (isObject(existing)) return existing;
		const created: JsonObject = {};
		nodeContext[CONTEXT_KEY] = created;
		return created;
	};
	return {
		page: (key) => ({
			read: async () => entrySchema.safeParse(pages()[key]).data,
			write: async (entry) => {
				pages()[key] = entry;
			},
			clear: async () => {
				delete pages()[key];
			},
			others: async (providerId, taskIds) => {
				const others = Object.entries(pages()).flatMap(([other, page]) => {
					const entry = other === key ? undefined : entrySchema.safeParse(page).data;
					return entry === undefined || (entry.providerId ?? providerId) !== providerId
						? []
						: [entry];
				});
				return ok(othersIn(others, taskIds));
			},
			end: async ({ status }) => {
				const entry = entrySchema.safeParse(pages()[key]).data;
				if (entry?.state !== 'submitted' || status === undefined) return;
				if (hasEndedBadly({ status })) pages()[key] = { ...entry, endedBadly: true };
			},
		}),
	};
}

/** What entries of other orders say of these tasks. */
export function othersIn(entries: readonly LedgerEntry[], taskIds: readonly string[]): OtherOrders {
	const taken: string[] = [];
	const open: OpenOrder[] = [];
	for (const entry of entries) {
		if (entry.state === 'submitting') {
			const { at, sought } = entry;
			open.push(withoutUndefined({ at: Date.parse(at), modelId: sought?.modelId ?? '', sought }));
		} else if (taskIds.includes(entry.taskId)) taken.push(entry.taskId);
	}
	return { taken, open };
}

/**
 * The key of an item's page. `written` is what the user wrote, never what it evaluated to: with
 * `{{ $now }}` in a prompt every try evaluates to something else, and is the same order.
 */
export function orderKey(item: { runIndex: number; itemIndex: number; written: unknown }): string {
	const { runIndex, itemIndex, written } = item;
	const hash = createHash('sha256').update(JSON.stringify(written)).digest('base64url');
	return `${runIndex}:${itemIndex}:${hash.slice(0, 22)}`;
}

/** The paid task of an entry, if it has one that is still of use. */
export function taskOf(entry: LedgerEntry | undefined): TaskReference | undefined {
	if (entry?.state !== 'submitted' || entry.endedBadly) return undefined;
	const { taskId, modelId, taskUrls } = entry;
	return { taskId, modelId, taskUrls };
}
