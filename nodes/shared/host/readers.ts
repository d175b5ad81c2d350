import type { Json, JsonObject } from '../domain/json';
import type { MediaKind } from '../domain/mediaFile';
import type { Problem, Step } from '../domain/problem';
import type { Result } from '../domain/result';
import type { Task } from '../domain/task';
import type { OutputRules } from '../tasks/order';
import type { Session } from '../tasks/session';
import type { Files, ItemResult, Output, PairedOutput, StoredFile } from './rows';

/** What a node is given: its items, and what the user has set for each of them. */
export interface NodeInput {
	items(): readonly Output[];
	/** Throws where an expression cannot be evaluated, or where nothing is set and nothing stands in for it. */
	parameter(name: string, itemIndex: number, fallback?: unknown): unknown;
	/** The parameters as they are written, before any expression is evaluated. */
	written(): JsonObject;
	/** The version of the node, by which its parameters differ. */
	nodeVersion(): number;
	/** Whether the items are the words of a model, or of another stranger that has called the node. */
	runsAsTool(): boolean;
}

/** A stored file, read as often as it is opened. */
export interface OpenableFile {
	size: number;
	open(): Promise<AsyncIterable<Uint8Array>>;
	/** Lets everything else in the host have its turn. */
	rest(): Promise<void>;
}

/** The files that the host keeps. */
export interface FileStore {
	/** The file in a field of an item; throws where there is none. */
	fileIn(itemIndex: number, field: string): StoredFile;
	bytesIn(itemIndex: number, field: string): Promise<Buffer>;
	toOpen(file: StoredFile): Promise<OpenableFile>;
	store(bytes: Buffer, fileName: string, mimeType: string): Promise<StoredFile>;
	/** The host's own address of a file, which works for longer than a vendor lets a task wait in its queue. */
	linkTo(file: StoredFile): string;
}

/** Files of the web, and long ones that are made here. */
export interface FilmStore {
	/** Brings a file of the web into the store; says why, where that did not work. */
	fetchFile(file: {
		kind: MediaKind;
		name: string;
		url: string;
	}): Promise<Result<StoredFile, string>>;
	/** Never whole in memory where a file of this ID shows that the host keeps files elsewhere. */
	storeStream(
		chunks: AsyncIterable<Buffer>,
		fileName: string,
		mimeType: string,
		besideId?: string,
	): Promise<StoredFile>;
}

export interface FileRules extends Pick<OutputRules, 'maxFileBytes' | 'fileName'> {
	/** The field for the video. */
	property: string;
	/** The end of the node's time in Unix milliseconds, where it has one. */
	deadlineAt?: number;
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

/** The way of a task's files into the host's store. */
export interface FileFetcher {
	fetchFiles(
		account: FileAccount,
		task: Task,
		rules: FileRules,
	): Promise<Result<FetchedTask, string>>;
}

export interface SessionOpener {
	/** Opens a vendor with the node's credential for it. */
	openSession(providerId: unknown): Promise<Step<Session>>;
}

/** What the user reads beside the rows. */
export interface Hints {
	hint(message: string, type?: 'info' | 'warning'): void;
}

/** How items end. */
export interface Rows {
	/** One row for each result; throws the host's error for the first problem, where the user wants that. */
	settle(results: readonly ItemResult[]): PairedOutput[];
	/** Throws the host's error for an item's problem, unless the user wants rows. */
	raise(problem: Problem, itemIndex: number): void;
}

/** What the story does when the user stops the execution. */
export interface Stop {
	/** Aborts at that moment. */
	stopSignal: AbortSignal | undefined;
	onStop(work: () => void): void;
	/** Keeps these rows where people find them, although the execution puts nothing out. */
	noteStoppedTasks(rows: readonly Json[]): Promise<void>;
}

/** Which node of which execution runs. */
export interface RunPlace {
	workflow: string;
	workflowId: string;
	executionId: string;
	node: string;
	nodeId: string;
	/** The same for an execution and its retries; undefined where the host does not tell. */
	token?: string;
}

export interface Whereabouts {
	place(): RunPlace;
	/** Whether an earlier try of the execution may have crashed, so that only tables tell of it. */
	isRetry(): boolean;
}

/** Who waits for what the last node puts out, and would be answered at the first pause. */
export type WaitingCaller = 'webhook' | 'chat' | 'workflow';

/** Whether this host can pause an execution here. */
export interface Pause {
	canPark(): boolean;
	/** Whether an agent runs the node in a way that knows no pause. */
	isToolExecution(): boolean;
	/** Who would get the rows of tasks that have only begun; undefined when nobody would. */
	findWaitingCaller(rules: { pausesInSubWorkflows: boolean }): Promise<WaitingCaller | undefined>;
}
