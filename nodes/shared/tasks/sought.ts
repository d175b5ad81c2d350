import { createHash } from 'node:crypto';
import { z } from 'zod/v4';
import { LOST } from '../domain/limits';
import type { WireInput } from '../domain/model';
import type { ListedOrder } from '../domain/vendor';

/** By what an order is known again in the vendor's own list, if its answer is lost. */
export const soughtSchema = z.object({
	/** Another one for every order; goes along where the vendor keeps it. */
	mark: z.string().max(100),
	modelId: z.string().max(500),
	/** Hashes of what was sent, by the vendor's names. */
	prints: z.record(z.string(), z.string()),
	/** A file went along in the request, by which two orders may differ and which no list tells. */
	hasFiles: z.literal(true).optional(),
	/** Hash of the callback URL that went along. */
	callback: z.string().optional(),
	/** Until when the vendor may have taken it, in Unix milliseconds; absent while an answer may come. */
	until: z.number().optional(),
});

export type Sought = z.infer<typeof soughtSchema>;

const printOf = (text: string): string =>
	createHash('sha256').update(text).digest('base64url').slice(0, 12);

/** Of an order that goes out with this input. */
export function soughtOf(
	mark: string,
	modelId: string,
	input: WireInput,
	callbackUrl?: string,
): Sought {
	const prints = Object.entries(input).flatMap(([name, value]) => {
		const text = comparable(value);
		return text === undefined ? [] : [[name, printOf(text)] as const];
	});
	return {
		mark,
		modelId,
		prints: Object.fromEntries(prints),
		...(Object.values(input).some(holdsFile) && { hasFiles: true as const }),
		...(callbackUrl !== undefined && { callback: printOf(callbackUrl) }),
	};
}

/** Words by which the model chooses: what it has chosen says nothing about the order. */
const freeWords: ReadonlySet<string> = new Set(['-1', 'adaptive', 'auto']);

const holdsFile = (value: unknown): boolean => /(^|")data:/.test(textOf(value));

const textOf = (value: unknown): string =>
	(typeof value === 'object' ? JSON.stringify(value) : String(value)).trim();

/** A value as it can be compared; undefined for one that a vendor may tell otherwise. */
function comparable(value: unknown): string | undefined {
	if (value === undefined || value === null) return undefined;
	const text = textOf(value);
	// A file that went along in the request is told cut off, or not at all.
	return freeWords.has(text) || holdsFile(value) ? undefined : text;
}

/** When an order may have been taken, in Unix milliseconds. */
export interface Span {
	fromMs: number;
	toMs: number;
}

/** Of an order that was written down then, and of which nobody waits for an answer any more. */
export function spanOf(at: number, until = at + LOST.longestOrderMs): Span {
	return { fromMs: at - LOST.clocksDifferMs, toMs: until + LOST.takenLaterMs };
}

export const isWithin = ({ createdMs = NaN }: ListedOrder, { fromMs, toMs }: Span): boolean =>
	createdMs >= fromMs && createdMs <= toMs;

/** Whether the record names the order itself: by its mark, or by its callback URL. */
export function namesIt({ mark, callback }: Sought, listed: ListedOrder): boolean {
	if (listed.mark !== undefined) return listed.mark === mark;
	return (
		callback !== undefined &&
		listed.callbackUrl !== undefined &&
		printOf(listed.callbackUrl) === callback
	);
}

/** Whether the record may be that of the order: the same model, in time, and nothing in it is another. */
export function fitsIt(sought: Sought, span: Span, listed: ListedOrder): boolean {
	const isAnothers =
		listed.mark !== undefined ||
		(listed.callbackUrl !== undefined && !namesIt(sought, listed)) ||
		listed.modelId !== sought.modelId;
	if (isAnothers || !isWithin(listed, span)) return false;
	const { input, values = {} } = listed;
	const isPromptTold = input === undefined || comparable(input.prompt) !== undefined;
	return isPromptTold && isSame(sought, input ?? {}) && isSame(sought, values);
}

/** Nothing that the record tells differs from what was sent. */
const isSame = ({ prints }: Sought, told: WireInput): boolean =>
	Object.entries(told).every(([name, value]) => {
		const text = comparable(value);
		const sent = Object.hasOwn(prints, name) ? prints[name] : undefined;
		if (name === 'prompt')
			return sent !== undefined && text !== undefined && sent === printOf(text);
		return text === undefined || sent === undefined || sent === printOf(text);
	});
