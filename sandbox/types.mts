import type { VendorId } from './vendors/index.mts';

export { vendors } from './vendors/index.mts';
export type { VendorId };

export type Operation =
	| 'create'
	| 'status'
	| 'list'
	| 'delete'
	| 'result'
	| 'cancel'
	| 'upload'
	| 'keys'
	| 'balance'
	| 'price'
	/** Which models there are, or what one takes. */
	| 'models'
	| 'validate'
	| 'media'
	| 'unknown';

export type JsonObject = Record<string, unknown>;

/** Epoch milliseconds; tests pass a virtual one. */
export interface SandboxClock {
	now(): number;
}

export interface SandboxOptions {
	/** 0, the default, takes any free port. */
	port?: number;
	clock?: SandboxClock;
	/** How long a task takes; default 8000. */
	generationMs?: number;
	/** Real time between two looks for due callbacks; default 100; 0 = only by `tick()`. */
	callbackTickMs?: number;
	/** How long a callback's receiver may take to answer, in real time; default 15000. */
	callbackTimeoutMs?: number;
	/** What signs the callbacks of a vendor that signs them only where its account has a key for it. */
	webhookKeys?: Partial<Record<VendorId, string>>;
	/** What accounts hold at the start, in the vendor's own unit. */
	balances?: Partial<Record<VendorId, number>>;
}

export interface RecordedRequest {
	/** Missing for media that belongs to no task. */
	vendor?: VendorId;
	operation: Operation;
	method: string;
	/** The vendor's own path and query, without the sandbox's prefix. */
	path: string;
	headers: Record<string, string | string[] | undefined>;
	rawBody: string;
	/** `undefined` when the body is empty or not JSON. */
	json: unknown;
	/** Sandbox clock. */
	receivedAt: number;
	/** Missing while unanswered, and for ever when the connection was cut or left hanging. */
	responseStatus?: number;
	/** What struck it. */
	fault?: FaultEffect;
}

/** The same four words for every vendor; the vendors' own words are in their status replies. */
export type TaskState = 'queued' | 'running' | 'succeeded' | 'failed';

export interface SandboxTask {
	taskId: string;
	vendor: VendorId;
	model: string;
	/** Apikley and kie.ai: the body's `input`; Ark: the body with its `content` by roles; the others: the body. */
	input: JsonObject;
	createBody: JsonObject;
	state: TaskState;
	createdAt: number;
	finishesAt: number;
	/** Status requests before this moment do not find the task. */
	visibleFrom: number;
	callbackUrl?: string;
	/** The name that the order brought along, for vendors that keep it. */
	clientRequestId?: string;
	/** How the task ends when it does not end well. */
	failure?: { code: string; message: string; field?: string };
}

export interface CallbackDelivery {
	taskId: string;
	url: string;
	/** What the receiver answered; null when it did not. */
	status: number | null;
	attempt: number;
	at: number;
	/** What struck it. */
	fault?: FaultEffect;
}

export type FaultEffect =
	| { kind: 'latency'; latencyMs: number }
	| {
			kind: 'http';
			status: number;
			retryAfterSeconds?: number;
			location?: string;
			body?: unknown;
	  }
	| { kind: 'httpAfter'; status: number }
	| { kind: 'reset' }
	| { kind: 'resetAfter' }
	| { kind: 'hang' }
	| { kind: 'hangAfter' }
	| { kind: 'drip'; everyMs: number }
	| { kind: 'dripAfter'; everyMs: number }
	| { kind: 'malformedJson' }
	| { kind: 'malformedJsonAfter' }
	| { kind: 'bodyCode'; code: number; message?: string }
	| { kind: 'failTask'; code?: string; message?: string }
	| { kind: 'refuseWithTask' }
	| { kind: 'slowPropagation'; forMs: number }
	| { kind: 'unknownStatus'; status: string }
	| { kind: 'otherTask' }
	| { kind: 'html' }
	| { kind: 'empty' }
	| { kind: 'wrongBytes' }
	| { kind: 'truncate'; afterBytes: number }
	| { kind: 'truncateClean'; afterBytes: number };

export interface Fault {
	vendor?: VendorId;
	/** Without one: every request that arrives. Callbacks only when named. */
	operation?: Exclude<Operation, 'unknown'> | 'callback';
	taskId?: string;
	/** At most this often. */
	times?: number;
	/** The nth, 2nth, 3nth … matching request. */
	everyNth?: number;
	/** 0 to 1, drawn from a generator seeded with `seed` (default 1). */
	probability?: number;
	seed?: number;
	effect: FaultEffect;
}

export interface Sandbox {
	url: string;
	baseUrls: Record<VendorId, string>;
	apiKeys: Record<VendorId, string>;
	/** Oldest first; the same array for the sandbox's life. */
	requests: RecordedRequest[];
	/** Requests being served now, media included. */
	inFlight(): number;
	/** The clients' ports of those requests among them that a fault leaves without an end. */
	unendedPorts(): number[];
	tasks(): SandboxTask[];
	/** What lies in the vendors' storages, oldest first. */
	uploads(): Buffer[];
	/** The file in a vendor's storage whose address stands in a text. */
	uploadNamedIn(text: string): Buffer | undefined;
	addFault(fault: Fault): void;
	clearFaults(): void;
	/** Forgets tasks, faults, requests and callbacks; settings stay. */
	reset(): void;
	/** For tasks created from now on. */
	setGenerationMs(generationMs: number): void;
	/** As if all tasks had been ordered so much earlier. */
	age(ms: number): void;
	/** Size of the `free` box appended to every served video. */
	setMediaPaddingBytes(mediaPaddingBytes: number): void;
	/** Delivers the callbacks that are due now and resolves when they are answered. */
	tick(): Promise<void>;
	callbacks(): CallbackDelivery[];
	close(): Promise<void>;
}
