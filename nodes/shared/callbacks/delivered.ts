import { createHash } from 'node:crypto';
import { z } from 'zod/v4';
import { isObject } from '../domain/json';
import { DAY_MS, REMEMBERED, TOKEN } from '../domain/limits';

/** A task that was delivered on a day is remembered until no token of that day lives any more. */
const REMEMBERED_DAYS = TOKEN.maxAgeMs / DAY_MS + 1;

/** 48 bits: that two of 20,000 are the same happens once in a million such triggers. */
const HASH_LENGTH = 8;

const NO_NONCE = '-'.repeat(HASH_LENGTH);

const entriesPattern = /^(?:[\w-]{16})*$/;

const savedSchema = z.object({
	/** Entries by day since 1970, one behind the other. */
	days: z.record(z.string().regex(/^\d+$/), z.string().regex(entriesPattern)),
	/** What was delivered up to then, in Unix milliseconds, is forgotten in part. */
	forgottenUntil: z.number().optional(),
});

/** As earlier versions of the package kept it. */
const oldSchema = z.array(z.object({ taskId: z.string(), nonce: z.string() }));

/** What n8n keeps of the tasks that a trigger has delivered. */
export type SavedDeliveries = z.infer<typeof savedSchema>;

const hashOf = (text: string): string =>
	createHash('sha256').update(text).digest('base64url').slice(0, HASH_LENGTH);

const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);

/**
 * The tasks that a trigger has delivered and the tokens that have brought them, as short hashes by
 * day: for as long as a token lives, and 20,000 at most.
 */
export class Delivered {
	private readonly days = new Map<number, Set<string>>();
	private readonly tasks = new Set<string>();
	private readonly taskByNonce = new Map<string, string>();
	private forgottenUntil = -Infinity;
	/** The text of each day as it was last read, so that it is not read again. */
	private readonly lastRead = new Map<number, string>();

	isDelivered(taskId: string): boolean {
		return this.tasks.has(hashOf(taskId));
	}

	/** Whether a token has brought a task, and another one than this. */
	hasBroughtAnother(nonce: string, taskId: string): boolean {
		const brought = this.taskByNonce.get(hashOf(nonce));
		return brought !== undefined && brought !== hashOf(taskId);
	}

	/** Whether a task that was ordered then, or nobody knows when, may have been delivered and forgotten. */
	mayHaveForgotten(issuedAt = 0): boolean {
		return issuedAt <= this.forgottenUntil;
	}

	add(taskId: string, nonce: string | undefined, nowMs: number): void {
		const nonceHash = nonce === undefined ? NO_NONCE : hashOf(nonce);
		this.put(dayOf(nowMs), `${hashOf(taskId)}${nonceHash}`);
	}

	/** Takes over what n8n has kept; anything else counts for nothing. */
	read(kept: unknown, nowMs: number): void {
		const old = oldSchema.safeParse(kept).data ?? [];
		for (const { taskId, nonce } of old) this.add(taskId, nonce || undefined, nowMs);
		const saved = savedSchema.safeParse(plain(kept)).data;
		if (saved === undefined) return;
		this.forgottenUntil = Math.max(this.forgottenUntil, saved.forgottenUntil ?? -Infinity);
		for (const [name, entries] of Object.entries(saved.days)) {
			const day = Number(name);
			if (this.lastRead.get(day) === entries) continue;
			this.lastRead.set(day, entries);
			for (const entry of entries.match(/.{16}/g) ?? []) this.put(day, entry);
		}
	}

	/** What n8n is to keep. */
	save(nowMs: number): SavedDeliveries {
		this.forget(nowMs);
		const days = [...this.days].map(([day, entries]) => [String(day), [...entries].join('')]);
		const { forgottenUntil } = this;
		return {
			days: Object.fromEntries(days),
			...(forgottenUntil > -Infinity && { forgottenUntil }),
		};
	}

	/** Whether n8n has kept all that is known here. */
	isKept(kept: unknown): boolean {
		const saved = savedSchema.safeParse(plain(kept)).data;
		return this.tasks.size === 0 || countOf(saved) >= this.count();
	}

	private count(): number {
		return [...this.days.values()].reduce((sum, entries) => sum + entries.size, 0);
	}

	private put(day: number, entry: string): void {
		const task = entry.slice(0, HASH_LENGTH);
		if (this.tasks.has(task)) return;
		const entries = this.days.get(day) ?? new Set<string>();
		this.days.set(day, entries.add(entry));
		this.tasks.add(task);
		const nonce = entry.slice(HASH_LENGTH);
		if (nonce !== NO_NONCE) this.taskByNonce.set(nonce, task);
	}

	private forget(nowMs: number): void {
		for (const day of [...this.days.keys()].toSorted((a, b) => a - b)) {
			const isOld = day < dayOf(nowMs) - REMEMBERED_DAYS;
			for (const entry of this.days.get(day) ?? []) {
				if (!isOld && this.count() <= REMEMBERED.deliveries) return;
				this.drop(day, entry);
				if (!isOld) this.forgottenUntil = Math.max(this.forgottenUntil, (day + 1) * DAY_MS);
			}
		}
	}

	private drop(day: number, entry: string): void {
		const entries = this.days.get(day);
		entries?.delete(entry);
		if (entries?.size === 0) this.days.delete(day);
		this.tasks.delete(entry.slice(0, HASH_LENGTH));
		this.taskByNonce.delete(entry.slice(HASH_LENGTH));
	}
}

const countOf = (saved: SavedDeliveries | undefined): number =>
	Object.values(saved?.days ?? {}).reduce((sum, entries) => sum + entries.length / 16, 0);

/** n8n watches its static data by hidden keys, which a schema for records takes for entries. */
function plain(kept: unknown): unknown {
	if (!isObject(kept) || !isObject(kept.days)) return undefined;
	return { days: { ...kept.days }, forgottenUntil: kept.forgottenUntil };
}
