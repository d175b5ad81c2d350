import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod/v4';
import type { JsonObject } from '../domain/json';
import type { TaskReference } from '../domain/task';
import { taskUrlsSchema } from '../domain/taskSchema';
import { ledgerReferenceSchema, type LedgerReference } from './ledger';

/**
 * What a row says about its task comes back in items, which anybody may have written: a visitor of a
 * webhook, an agent's model. So what a later node would believe carries this package's own proof.
 */
const PROOF = 'proof';

export type TaskUrls = NonNullable<TaskReference['taskUrls']>;

/** Whose task it is; a proof counts for no other one. */
export interface TaskOrigin {
	provider: string;
	/** Empty where nobody knows it any more. */
	model: string;
	taskId: string;
}

/** A ledger's order as a row names it. */
export interface LedgerTold {
	reference: LedgerReference;
	/** ISO 8601; only rows that come from the ledger say it. */
	orderedAt?: string;
}

/** Derives the key of the proofs; an empty secret makes none, and then nothing is proven. */
export const deriveReferenceKey = (secret: string): Buffer | undefined =>
	secret === ''
		? undefined
		: createHmac('sha256', secret).update('n8n-nodes-seedance task reference v1').digest();

const proofOf = (key: Buffer, ...said: unknown[]): string =>
	createHmac('sha256', key).update(JSON.stringify(said)).digest('base64url');

const proofOfTaskUrls = (key: Buffer, origin: TaskOrigin, taskUrls: TaskUrls): string =>
	proofOf(key, 'addresses', ...inOrder(origin), told(taskUrls));

const proofOfLedger = (key: Buffer, origin: TaskOrigin, ledger: LedgerTold): string => {
	const { reference, orderedAt = '' } = ledger;
	return proofOf(key, 'ledger', ...inOrder(origin), reference.table, reference.key, orderedAt);
};

const inOrder = ({ provider, model, taskId }: TaskOrigin) => [provider, model, taskId];

const told = (taskUrls: TaskUrls) =>
	Object.entries(taskUrls)
		.filter(([name]) => name !== PROOF)
		.toSorted(([a], [b]) => (a < b ? -1 : 1));

/** A vendor's addresses of a task, with the proof that this package was told them. */
export function withProof(
	key: Buffer | undefined,
	origin: TaskOrigin,
	taskUrls: TaskUrls | undefined,
): TaskUrls | undefined {
	if (key === undefined || taskUrls === undefined) return taskUrls;
	return { ...taskUrls, [PROOF]: proofOfTaskUrls(key, origin, taskUrls) };
}

/** A ledger's order as a row names it, with the proof that this package has written it. */
export function ledgerWithProof(
	key: Buffer | undefined,
	origin: TaskOrigin,
	ledger: LedgerTold,
): LedgerReference & { proof?: string } {
	const { table, key: orderKey } = ledger.reference;
	const proof = key && proofOfLedger(key, origin, ledger);
	return { table, key: orderKey, ...(proof !== undefined && { proof }) };
}

/** What a row says, in the shape in which this package writes it; anything else is not there. */
const rowSchema = z.object({
	taskId: z.string().optional().catch(undefined),
	provider: z.string().optional().catch(undefined),
	model: z.string().max(200).optional().catch(undefined),
	orderedAt: z.string().max(40).optional().catch(undefined),
	taskUrls: taskUrlsSchema.optional().catch(undefined),
	ledger: ledgerReferenceSchema.extend({ proof: z.string() }).strict().optional().catch(undefined),
});

/** What an item says about a task, as far as it may be believed. */
export interface ToldTask {
	/**
	 * Who is said to have made it; nobody proves that, so it is good for a refusal, and for a choice among
	 * the accounts that the user has named.
	 */
	provider?: string;
	/** Said by whomever; empty where nobody says it. */
	model: string;
	/** Whether this package has written that it is this task's model. */
	isModelProven: boolean;
	taskUrls?: TaskUrls;
	ledger?: LedgerTold;
}

/** Reads what a row says about a task of this vendor; of another task's row it takes the model alone. */
export function readTold(
	row: JsonObject,
	{ provider, taskId }: Omit<TaskOrigin, 'model'>,
	key: Buffer | undefined,
): ToldTask {
	const said = rowSchema.safeParse(row).data ?? {};
	const { model = '' } = said;
	if (said.taskId !== taskId) return { model, isModelProven: false };
	const origin = { provider, model, taskId };
	const taskUrls = key && provenTaskUrls(key, origin, said.taskUrls);
	const ledger = key && provenLedger(key, origin, said);
	const isModelProven = taskUrls !== undefined || ledger !== undefined;
	return { provider: said.provider, model, isModelProven, taskUrls, ledger };
}

function provenTaskUrls(key: Buffer, origin: TaskOrigin, taskUrls: TaskUrls | undefined) {
	if (taskUrls === undefined) return undefined;
	const proof = proofOfTaskUrls(key, origin, taskUrls);
	return isSame(taskUrls[PROOF] ?? '', proof) ? taskUrls : undefined;
}

function provenLedger(
	key: Buffer,
	origin: TaskOrigin,
	{ ledger: said, orderedAt }: z.infer<typeof rowSchema>,
): LedgerTold | undefined {
	if (said === undefined) return undefined;
	const { proof, ...reference } = said;
	const ledger = { reference, orderedAt };
	return isSame(proof, proofOfLedger(key, origin, ledger)) ? ledger : undefined;
}

function isSame(given: string, expected: string): boolean {
	const [a, b] = [Buffer.from(given), Buffer.from(expected)];
	return a.length === b.length && timingSafeEqual(a, b);
}
