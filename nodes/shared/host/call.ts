import type { Json } from '../domain/json';
import type { Step } from '../domain/problem';
import type { Result } from '../domain/result';
import type { Task } from '../domain/task';
import type { VendorCallback } from '../domain/vendor';
import type { LedgerReference } from '../tasks/ledger';
import type { OutputRules } from '../tasks/order';
import type { Session } from '../tasks/session';
import type { Log, Network } from './network';
import type { Process } from './process';
import type { Files, ItemResult, OnProblem, Output, TaskOutcome } from './rows';

/** A call that came in, before anything about it is believed. */
export interface Incoming {
	/** The package's own token in the address; undefined when there is none. */
	token: unknown;
	callback: VendorCallback;
}

export interface FileRules extends Pick<OutputRules, 'maxFileBytes' | 'fileName'> {
	/** The field for the video. */
	property: string;
	/** Asks the vendor for the task anew, for an address that may have expired. */
	renew?: () => Promise<Task | undefined>;
}

/** A finished task with its files, and with what they tell about it. */
export interface FetchedTask {
	task: Task;
	files: Files;
}

/** Without a base URL the vendor counts as one out there; without a transport no key goes along. */
export type FileAccount = Partial<Pick<Session, 'baseUrl' | 'transport'>>;

/** Whether a task is an order's own, another order's, or nobody knows. */
export type Ownership = 'own' | 'another' | 'unknown';

export interface Ledgers {
	judgeTask(reference: LedgerReference, taskId: string): Promise<Result<Ownership, string>>;
	/** Writes ends where their orders are written down; what cannot be written is logged. */
	writeEnds(outcomes: readonly TaskOutcome[], rules: { isThrownAway: boolean }): Promise<void>;
}

/** What a call that comes in lets the story do. */
export interface Call extends Pick<Network, 'post'> {
	incoming: Incoming;
	process: Process;
	/** Opens a vendor with the node's credential for it. */
	openSession(providerId: unknown): Promise<Step<Session>>;
	fetchFiles(
		account: FileAccount,
		task: Task,
		rules: FileRules,
	): Promise<Result<FetchedTask, string>>;
	ledgers: Ledgers;
	log: Log;
}

/** A call to a trigger. */
export interface TriggerCall extends Call {
	/** The same for every call to this trigger, and no other's. */
	triggerId: string;
	/** Where the trigger listens; undefined where the host does not say. */
	url: string | undefined;
	/** It listens for one call only, in the editor. */
	isTest: boolean;
	/** What the host keeps of the trigger: its own object, which takes what is written into it. */
	saved: Json;
	parameter(name: string, fallback?: object): unknown;
}

/** A call to a paused execution. */
export interface PauseCall extends Call {
	/** Ends the address that this wait gives out. */
	audience: string;
	onProblem: OnProblem;
	/** The items that the node has parked, as the host keeps them. */
	items(): unknown;
	/** Where the execution takes calls; undefined where the host does not say. */
	deliveryUrl(): string | undefined;
	/** Whether an ID names a file that the host keeps for this execution. */
	isStoredHere(id: unknown): boolean;
}

/** What a caller is told. */
export interface Reply {
	state: 'pending' | 'delivered' | 'gone' | 'refused';
	message: string;
	/** When to call again. */
	retryAfterSeconds?: number;
	/** To be brought along at the next call. */
	note?: string;
}

/** What becomes of a call. */
export interface Answer {
	httpStatus: number;
	body: Reply;
	/** Starts the trigger's workflow. */
	item?: Output;
	/** Resumes the paused execution. */
	results?: readonly ItemResult[];
}

/** An answer that starts and resumes nothing; `afterMs`: when to call again, in milliseconds. */
export function answerOf(
	httpStatus: number,
	state: Reply['state'],
	message: string,
	{ afterMs, note }: { afterMs?: number; note?: string } = {},
): Answer {
	const retryAfterSeconds = afterMs === undefined ? undefined : Math.ceil(afterMs / 1000);
	return {
		httpStatus,
		body: {
			state,
			message,
			...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
			...(note !== undefined && { note }),
		},
	};
}
