import type { Json } from '../domain/json';
import type { VendorCallback } from '../domain/vendor';
import type { Tables } from '../tasks/tables';
import type { Log, Network } from './network';
import type { Process } from './process';
import type { FileFetcher, SessionOpener } from './readers';
import type { ItemResult, OnProblem, Output } from './rows';

/** A call that came in, before anything about it is believed. */
export interface Incoming {
	/** The package's own token in the address; undefined when there is none. */
	token: unknown;
	callback: VendorCallback;
}

/** What a call that comes in lets the story do. */
export interface Call extends Pick<Network, 'post'>, SessionOpener, FileFetcher {
	incoming: Incoming;
	process: Process;
	tables: Tables;
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
