import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod/v4';

const entry = z.discriminatedUnion('state', [
	/** Written before the request: whoever finds it later cannot know what became of it. */
	z.object({ state: z.literal('submitting'), at: z.string() }),
	z.object({
		state: z.literal('submitted'),
		at: z.string(),
		taskId: z.string(),
		/** The task ended without a video: a next try may pay again. */
		endedBadly: z.boolean(),
	}),
]);

export type LedgerEntry = z.infer<typeof entry>;

/**
 * What was submitted for one item of one run. It lives in the node's context, which n8n keeps
 * across the tries of Retry On Fail and across "Retry execution" (measured on 2.41.1).
 */
export interface LedgerPage {
	read(): LedgerEntry | undefined;
	write(entry: LedgerEntry): void;
	/** The vendor certainly did not take the request. */
	clear(): void;
}

const CONTEXT_KEY = 'seedanceSubmissions';

/** Opens the page of an item. Two items, and one item in two loop runs, have two pages. */
export function openLedgerPage(
	nodeContext: IDataObject,
	runIndex: number,
	itemIndex: number,
	fingerprint: string,
): LedgerPage {
	const key = `${runIndex}:${itemIndex}:${fingerprint}`;
	const pages = (): IDataObject => {
		const existing = nodeContext[CONTEXT_KEY];
		if (isDataObject(existing)) return existing;
		const created: IDataObject = {};
		nodeContext[CONTEXT_KEY] = created;
		return created;
	};
	return {
		read: () => entry.safeParse(pages()[key]).data,
		write: (value) => {
			pages()[key] = value;
		},
		clear: () => {
			delete pages()[key];
		},
	};
}

/** Identifies a request: the same provider, model and input give the same fingerprint. */
export function fingerprintOf(...parts: unknown[]): string {
	return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
}

function isDataObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
