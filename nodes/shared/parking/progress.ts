import { z } from 'zod/v4';
import type { IBinaryKeyData } from 'n8n-workflow';
import { isObject, parseJson } from '../domain/json';
import { problemSchema, type Problem } from '../domain/problem';
import type { Result } from '../domain/result';
import { fail, ok } from '../domain/result';
import type { Task } from '../domain/task';
import { readSigned, sign } from '../tasks/callbackToken';
import { MAX_SHARED_RING_GAP_MS } from '../tasks/schedule';

/** An item that needs no further look, with its files where they were fetched. */
export interface Settled {
	result: Result<{ task: Task; files?: IBinaryKeyData }, Problem>;
}

/** What this process knows of a wait. It may be lost at any moment: then it is found out again. */
export interface Progress {
	/** By item index. */
	settled: Map<number, Settled>;
	/** A call is at work; the others are told to come back. */
	isBusy: boolean;
	/** How often the rows were handed to n8n. */
	deliveries: number;
	/** Since when no call has found a way to the vendor. */
	accessLostAt?: number;
	/** Who looks between the calls. */
	watch?: symbol;
	/** Where the next round of looks begins, in batches too large for one. */
	cursor: number;
}

/** A wait that was not called for so long is over: its pollers call more often. */
const FORGOTTEN_AFTER_MS = MAX_SHARED_RING_GAP_MS + 10 * 60_000;

/** In the order of their last calls. */
const waits = new Map<string, { progress: Progress; calledAt: number }>();

/** The progress of a wait in this process, by its nonce. */
export function progressOf(nonce: string, nowMs: number): Progress {
	const progress = waits.get(nonce)?.progress ?? {
		settled: new Map(),
		isBusy: false,
		deliveries: 0,
		cursor: 0,
	};
	waits.delete(nonce);
	waits.set(nonce, { progress, calledAt: nowMs });
	for (const [eldest, { calledAt }] of waits) {
		if (calledAt > nowMs - FORGOTTEN_AFTER_MS) break;
		waits.delete(eldest);
	}
	return progress;
}

/** How many waits this process knows that were not delivered. */
export const openWaits = (): number =>
	[...waits.values()].filter(({ progress }) => progress.deliveries === 0).length;

/** A binary reference into n8n's store; in its memory mode files have none, and no note carries them. */
export const filesSchema = z.custom<IBinaryKeyData>(
	(value) =>
		isObject(value) &&
		Object.values(value).every((file) => isObject(file) && typeof file.id === 'string'),
);

const taskSchema = z.custom<Task>(
	(value) => isObject(value) && typeof value.taskId === 'string' && value.status === 'succeeded',
);

const noteSchema = z.object({
	nonce: z.string(),
	settled: z.array(
		z.union([
			z.object({ item: z.number(), task: taskSchema, files: filesSchema.optional() }),
			z.object({ item: z.number(), problem: problemSchema }),
		]),
	),
});

type NoteEntry = z.infer<typeof noteSchema>['settled'][number];

/**
 * What a poller carries for the parked node, because n8n lets a webhook write nothing: which items
 * are settled and where their files lie. Signed, since it comes back from outside.
 */
export function writeNote(nonce: string, { settled }: Progress, key: Buffer): string | undefined {
	const entries = [...settled].flatMap(([item, { result }]): NoteEntry[] => {
		if (!result.ok) return [{ item, problem: result.error }];
		const { task, files } = result.value;
		if (files === undefined) return [{ item, task }];
		return filesSchema.safeParse(files).success ? [{ item, task, files }] : [];
	});
	return entries.length === 0 ? undefined : sign(JSON.stringify({ nonce, settled: entries }), key);
}

/** Takes over what a note tells and this process does not know. */
export function readNote(note: unknown, nonce: string, progress: Progress, key: Buffer): void {
	const read = noteSchema.safeParse(parseJson(readSigned(note, key) ?? '')).data;
	if (read?.nonce !== nonce) return;
	for (const entry of read.settled) {
		if (progress.settled.has(entry.item)) continue;
		const result =
			'problem' in entry ? fail(entry.problem) : ok({ task: entry.task, files: entry.files });
		progress.settled.set(entry.item, { result });
	}
}
