import type { ModelEntry, ProviderEntry, ProviderId, WireInput } from '../catalogue';
import type { Clock } from '../clock';
import type { Problem } from '../errors';
import type { OutputRules } from '../nodeParameters';
import type { Transport } from '../transport';
import type { Task, TaskStatus, Vendor } from '../vendors';
import type { LedgerPage } from './ledger';

/** The vendor of a run and the ways to it. */
export interface Session {
	providerId: ProviderId;
	provider: ProviderEntry;
	vendor: Vendor;
	transport: Transport;
	clock: Clock;
	/** Signs the callback URLs that this package hands out. */
	callbackKey: Buffer;
	/** The secret with which the vendor signs its callbacks; empty when the user set none. */
	webhookSecret: string;
	/** Writes a line into n8n's log; task IDs are there even if n8n is killed the next moment. */
	log: (message: string) => void;
	/** Aborts when the user stops the execution. */
	stopSignal?: AbortSignal;
}

/** One item's video, validated and ready to be paid for. */
export interface Order {
	itemIndex: number;
	model: ModelEntry;
	input: WireInput;
	/** Where the vendor, or this package in its place, reports the end of the task. */
	callbackUrl?: string;
	ledger: LedgerPage;
	resubmitUnknown: boolean;
	waiting: WaitingRules;
	output: OutputRules;
}

export interface WaitingRules {
	timeoutMinutes: number;
	/** The longest gap between two looks, where the user set one. */
	maxPollGapMs?: number;
}

/** A task that is paid for, known to the vendor or about to be. */
export interface TaskHandle {
	taskId: string;
	modelId: string;
	/** The catalogue's entry, when it knows the model. */
	model?: ModelEntry;
	status: TaskStatus;
	/** Unix milliseconds. */
	submittedAt: number;
}

export type Step<T> = { ok: true; value: T } | { ok: false; problem: Problem };

export type { Problem, Task };
