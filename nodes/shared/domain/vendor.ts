import type { GenerationKind, ModelEntry, WireInput } from './model';
import type { Fault, Outcome } from './fault';
import { reasonOf, type JsonObject } from './json';
import { fail } from './result';
import type { Task, TaskReference, TaskReport } from './task';

export interface VendorRequest {
	method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	/**
	 * A path below the credential's base URL, or a whole address. An address that an answer gave gets
	 * the API key only if it lies at the base URL or at one of the provider's own hosts.
	 */
	url: string;
	/** One of the provider's further hosts by name; the base URL without. */
	host?: string;
	query?: Readonly<Record<string, string>>;
	/** Sent as JSON. */
	body?: JsonObject;
	/** Sent as it is, e.g. to an upload address. */
	file?: { bytes: Uint8Array; mimeType: string };
	/** Sent as multipart/form-data. */
	form?: readonly FormPart[];
	/** What the answer is to be; JSON without, and then it is asked for as that. */
	accept?: string;
	/** Further headers, in the place of those of the same name that the request has by itself. */
	headers?: Readonly<Record<string, string>>;
	/** Sends no API key, e.g. to an upload address that is signed itself. */
	withoutKey?: true;
	/** Nice to know: where no answer comes, the dialogue goes on with one of HTTP status 0. */
	mayStayUnanswered?: true;
	/** An answer that may be kept and used again for this long, in milliseconds. */
	cacheForMs?: number;
}

export type FormPart =
	| { name: string; value: string }
	| { name: string; fileName: string; mimeType: string; bytes: Uint8Array };

export interface VendorResponse {
	httpStatus: number;
	/** Lower-case names. */
	headers: Readonly<Record<string, string>>;
	/** The parsed JSON; undefined when the answer was not JSON. */
	body: unknown;
	/** The whole answer as it came, where the request asked for something else than JSON. */
	text?: string;
	/** The first characters of the answer, for messages. */
	excerpt: string;
	/** How long the vendor asked to wait, in milliseconds. */
	retryAfterMs?: number;
}

/**
 * Something that takes any number of requests: yields each and is given its answer. A request that
 * got no answer ends the dialogue with the network's fault.
 */
export type Dialogue<T> = Generator<VendorRequest, Outcome<T>, VendorResponse>;

export interface CreateOrder {
	model: ModelEntry;
	/** Images that had to be uploaded stand in it by their addresses. */
	input: WireInput;
	/** Where the vendor reports the end of the task, for vendors that do. */
	callbackUrl?: string;
	/** The order's own name, for vendors that keep it: letters, digits, `-` and `_`. */
	mark?: string;
}

/** An order of which nobody knows whether the vendor has taken it. */
export interface LostOrder {
	modelId: string;
	/** When it may have been taken, in Unix milliseconds. */
	fromMs: number;
	toMs: number;
}

/** An order as the vendor's own list tells it. What the list does not tell is not there. */
export interface ListedOrder {
	taskId: string;
	/** Unix milliseconds. */
	createdMs?: number;
	modelId?: string;
	/** Under the vendor's names, the prompt among it; of a list that tells no prompts, `values` instead. */
	input?: WireInput;
	values?: WireInput;
	callbackUrl?: string;
	/** The name that the order brought along. */
	mark?: string;
}

/** A reference with the model's entry, for vendors whose addresses depend on the model. */
export interface VendorReference extends TaskReference {
	model?: ModelEntry;
}

export interface UploadFile {
	bytes: Uint8Array;
	mimeType: string;
	fileName: string;
}

/** A model as its vendor's own list has it. */
export interface ListedModel {
	/** What an order names it by. */
	id: string;
	name?: string;
	/** What it makes videos from; absent where the list does not tell. */
	kinds?: readonly GenerationKind[];
}

/** What a model takes, as its vendor tells it. */
export interface ToldSchema {
	/** The JSON schema of its input. */
	schema: unknown;
	/** Where the schema's references lead; without, into itself. */
	document?: unknown;
}

/** What a vendor tells of its models at the moment; read when somebody looks, never relied on. */
export interface VendorModels {
	/** Its Seedance models, in its own order. */
	list(kind: GenerationKind): Dialogue<ListedModel[]>;
	/** Absent where the vendor tells no parameters. */
	schema?(id: string): Dialogue<ToldSchema>;
}

/** A file that is read into memory only when it is its turn to be uploaded. */
export interface LargeFile {
	open(): Promise<Outcome<UploadFile>>;
}

/** How a vendor speaks: pure data in, pure data out; no n8n, no clock, no network. */
export interface VendorApi {
	/** The one request that costs money. */
	createTask(order: CreateOrder): VendorRequest;
	/**
	 * Fields beside the model's own parameters that decide which model is asked, where, and who is told;
	 * what the user adds must not name them. With the words for what to do instead.
	 */
	decides?: Readonly<Record<string, string>>;
	/** Any answer that names a task is a task, a refusal included. */
	readCreated(response: VendorResponse): Outcome<Task>;
	/** Reads a task: as many requests as the vendor wants. */
	look(reference: VendorReference): Dialogue<TaskReport>;
	/** Puts a file where the vendor can read it and gives its address. */
	upload?(file: UploadFile): Dialogue<string>;
	/** Asks the vendor to stop a task; gives what it says about it afterwards. */
	cancel?(reference: VendorReference): Dialogue<TaskReport>;
	/** Removes the vendor's record of a task. */
	delete?(reference: VendorReference): Dialogue<void>;
	/** The account's latest tasks, newest first. */
	list?(limit: number): Dialogue<Task[]>;
	/**
	 * Every order of the account that may be a lost one, whoever made it: at least all of that model in
	 * that time. Fails where the list is longer than it may be read.
	 */
	findLost?(lost: LostOrder): Dialogue<ListedOrder[]>;
	balance?(): Dialogue<Balance>;
	/** What the order would cost; asks for nothing that costs money. Fails where nobody can tell. */
	price?(order: CreateOrder): Dialogue<Price>;
	/** A vendor without it has no list of its models that can be asked for. */
	models?: VendorModels;
	/** A vendor without it takes no callback URL. */
	callbacks?: VendorCallbacks;
}

export interface VendorCallback {
	/** Lower-case names. */
	headers: Readonly<Record<string, string | undefined>>;
	body: unknown;
	/** The body as it came, byte for byte. */
	rawBody: Uint8Array;
}

/** How a vendor reports to a URL it was given. Whatever it says, the task is read from the vendor. */
export interface VendorCallbacks {
	/** The vendor refuses an order with an address that does not begin with `https://`. */
	byHttpsAlone?: true;
	/** The task a callback speaks of; undefined when it names none. */
	readTaskId(callback: VendorCallback): string | undefined;
	/**
	 * Whether the vendor itself signed the callback. `secret` is the one set in the credential, empty
	 * when there is none. May ask the vendor for its keys. Absent for vendors that never sign.
	 */
	verify?(
		callback: VendorCallback,
		check: { secret: string; nowMs: number },
	): boolean | Dialogue<boolean>;
	/** Whether the vendor signs every callback, or only for accounts with a secret. */
	signs?: 'always' | 'withSecret';
}

export interface Balance {
	balance: number;
	currency?: string;
	/** What it counts where that is no money, e.g. credits. */
	unit?: string;
}

/** What one video costs, as far as it is known before. */
export interface Price {
	amount: number;
	currency: string;
	/** Told for this very order, or worked out from the vendor's price list. */
	basis: 'quote' | 'estimate';
	/** How an estimate was worked out. */
	how?: string;
	/** Without the account's discount. */
	listPrice?: number;
}

/** The one way to a vendor's API. */
export interface Transport {
	/** A request that may be repeated and that stops with the execution. */
	read(request: VendorRequest, timeoutMs?: number): Promise<Outcome<VendorResponse>>;
	/**
	 * A request that may cost money. It is sent once and not cut off when the execution stops,
	 * because the answer holds the ID of a task that is paid by then.
	 */
	submit(request: VendorRequest): Promise<Outcome<VendorResponse>>;
	/**
	 * Opens a file that the vendor gives out to the API key alone, as a stream. The key goes to the
	 * vendor's own hosts; undefined for a file that lies elsewhere. Throws without an answer.
	 */
	openFile(url: string, signal: AbortSignal): Promise<FileResponse | undefined>;
}

export interface FileResponse {
	statusCode: number;
	headers: Readonly<Record<string, unknown>>;
	body: unknown;
}

/** Headers by which vendors name a request, and then gateways in front of them (vendor-facts-3, 7). */
const requestIdHeaders = [
	/^(?!x-client-).*(inference|request|generation)-id$/,
	/-logid$/,
	/^cf-ray$/,
];

/** A fault with the request ID of the answer that told it. */
function withRequestId<T>(outcome: Outcome<T>, answer?: VendorResponse): Outcome<T> {
	const told = Object.entries(answer?.headers ?? {});
	const [requestId] = requestIdHeaders.flatMap((header) =>
		told.flatMap(([name, id]) => (header.test(name) && /^[\w.:=+/-]{1,200}$/.test(id) ? [id] : [])),
	);
	return outcome.ok || requestId === undefined
		? outcome
		: fail({ ...outcome.error, requestId: outcome.error.requestId ?? requestId });
}

const unanswered = ({ message }: Fault): VendorResponse => ({
	httpStatus: 0,
	headers: {},
	body: undefined,
	excerpt: message,
});

/** Leads a dialogue to its end; the first request without a needed answer ends it. */
export async function converse<T>(
	{ read }: Pick<Transport, 'read'>,
	dialogue: Dialogue<T>,
	timeoutMs?: number,
): Promise<Outcome<T>> {
	let answer: VendorResponse | undefined;
	for (;;) {
		const step = advance(dialogue, answer);
		if (!step.ok) return withRequestId(step, answer);
		if (step.value.done) return withRequestId(step.value.value, answer);
		const request = step.value.value;
		const answered = await read(request, timeoutMs);
		const isNeeded = !request.mayStayUnanswered;
		if (!answered.ok && (isNeeded || answered.error.kind === 'stopped')) return answered;
		answer = answered.ok ? answered.value : unanswered(answered.error);
	}
}

function advance<T>(
	dialogue: Dialogue<T>,
	answer: VendorResponse | undefined,
): Outcome<IteratorResult<VendorRequest, Outcome<T>>> {
	return reading(() => ({
		ok: true,
		value: answer === undefined ? dialogue.next() : dialogue.next(answer),
	}));
}

/** What the answer to an order says; a fault names the request. */
export const readOrderAnswer = (
	{ readCreated }: Pick<VendorApi, 'readCreated'>,
	answer: VendorResponse,
): Outcome<Task> =>
	withRequestId(
		reading(() => readCreated(answer)),
		answer,
	);

/** An answer over which a vendor's own code stumbles is one that cannot be read: nothing throws. */
export function reading<T>(read: () => Outcome<T>): Outcome<T> {
	try {
		return read();
	} catch (error) {
		const message = `The answer could not be read: ${reasonOf(error)}`;
		return fail({ kind: 'unreadableAnswer', message, certainlyNotTaken: false });
	}
}
