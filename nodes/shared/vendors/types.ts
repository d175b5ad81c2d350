import type { ModelEntry, WireInput } from '../catalogue';
import type { Fault, Outcome } from '../faults';

export interface VendorRequest {
	method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	/** Path below the credential's base URL. */
	path: string;
	query?: Record<string, string>;
	body?: Record<string, unknown>;
}

export interface VendorResponse {
	httpStatus: number;
	/** Lower-case names. */
	headers: Record<string, string>;
	/** The parsed JSON; undefined when the answer was not JSON. */
	body: unknown;
	/** The first characters of the answer, for messages. */
	excerpt: string;
	/** How long the vendor asked to wait, in milliseconds. */
	retryAfterMs?: number;
}

export type TaskStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'expired';

export interface TaskUsage {
	credits?: number;
	tokens?: number;
	usd?: number;
}

/** A vendor's task, read into one shape. What the vendor does not tell is not there. */
export interface Task {
	taskId: string;
	status: TaskStatus;
	/** The vendor's own word, kept when it is one this package does not know. */
	unknownStatus?: string;
	videoUrl?: string;
	lastFrameUrl?: string;
	usage?: TaskUsage;
	/** ISO 8601, UTC. */
	createdAt?: string;
	completedAt?: string;
	/** When the video URL stops working. */
	expiresAt?: string;
	failure?: { code?: string; message: string };
	/** The vendor's answer as it came. */
	raw: unknown;
}

export interface CreateOrder {
	model: ModelEntry;
	input: WireInput;
	/** Where the vendor reports the end of the task, for vendors that do. */
	callbackUrl?: string;
}

export interface TaskReference {
	taskId: string;
	model?: ModelEntry;
}

/** How a vendor speaks: pure data in, pure data out; no n8n, no clock, no network. */
export interface Vendor {
	createTask(order: CreateOrder): VendorRequest;
	readCreated(response: VendorResponse): Outcome<Task>;
	getTask(reference: TaskReference): VendorRequest;
	readTask(response: VendorResponse): Outcome<Task>;
	/** A vendor without it takes no callback URL. */
	callbacks?: VendorCallbacks;
	/** A vendor without it has no balance to ask for. */
	balance?: {
		get(): VendorRequest;
		read(response: VendorResponse): Outcome<Balance>;
	};
}

export interface VendorCallback {
	headers: Record<string, string | undefined>;
	body: unknown;
}

/** How a vendor reports the end of a task to a URL it was given. */
export interface VendorCallbacks {
	/** The task a callback speaks of; undefined when it names none. */
	readTaskId(callback: VendorCallback): string | undefined;
	/** Whether the vendor itself signed the callback, with the secret set in its account. */
	isSignedBy(callback: VendorCallback, secret: string, nowMs: number): boolean;
}

export interface Balance {
	balance: number;
	currency?: string;
}

export type { Fault, Outcome };
