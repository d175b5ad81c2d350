import type { ModelEntry, ProviderEntry, ProviderId, WireInput } from '../catalogue';
import type { Clock } from '../clock';
import type { Problem } from '../errors';
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
	/** Aborts when the user stops the execution. */
	stopSignal?: AbortSignal;
}

/** One item's video, validated and ready to be paid for. */
export interface Order {
	itemIndex: number;
	model: ModelEntry;
	input: WireInput;
	ledger: LedgerPage;
	resubmitUnknown: boolean;
	waiting: WaitingRules;
}

export interface WaitingRules {
	timeoutMinutes: number;
	maxPollGapMs: number;
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
