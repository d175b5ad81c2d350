import { createHash } from 'node:crypto';
import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import type { Fault, Outcome } from '../domain/fault';
import { isPublicAddress } from '../domain/address';
import { isObject, parseForeignJson, reasonOf } from '../domain/json';
import { MEGABYTE, REQUEST } from '../domain/limits';
import { maskOf, type Mask } from '../domain/mask';
import { multipartOf, plainMimeType } from '../domain/multipart';
import { fail, ok } from '../domain/result';
import type { Clock } from '../domain/time';
import type { Transport, VendorRequest, VendorResponse } from '../domain/vendor';
import { perProcess } from '../host/process';
import type { Pacer } from '../tasks/pace';
import { isReadable } from './fileStream';
import { thisProcess } from './process';

/** What every n8n context that can reach a vendor has in common. */
export type RequestContext = IExecuteFunctions | IWebhookFunctions | ILoadOptionsFunctions;

export interface VendorAccess {
	credentialType: string;
	/** As n8n gave it, for n8n's own helper to sign requests with. */
	credential: ICredentialDataDecryptedObject;
	apiKey: string;
	/** Of the credential, without a slash at the end. */
	baseUrl: string;
	/** As documented, without a slash at the end. */
	documentedBaseUrl: string;
	hosts?: Readonly<Record<string, string>>;
}

interface Surroundings {
	clock: Clock;
	/** Keeps all requests of a credential within the vendor's documented rate. */
	pace: Pacer;
	stopSignal?: AbortSignal;
}

/** Answers that a vendor's dialogue allowed to be kept, e.g. its public keys. */
const cacheOf = perProcess(() => new Map<string, { until: number; response: VendorResponse }>());

/** Opens the one way to a vendor's API. */
export function openTransport(
	context: RequestContext,
	access: VendorAccess,
	{ clock, pace, stopSignal }: Surroundings,
): Transport {
	const mask = maskOf(access.apiKey);
	const send = async (
		url: string,
		request: VendorRequest,
		signal: AbortSignal,
	): Promise<Outcome<VendorResponse>> => {
		const options: IHttpRequestOptions = {
			method: request.method,
			url,
			...contentOf(request),
			// Read here, because n8n reads an answer however long it is.
			encoding: 'stream',
			abortSignal: signal,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			// A redirected POST would be repeated or turned into a GET, and the key sent elsewhere.
			disableFollowRedirect: true,
		};
		try {
			const response: unknown = request.withoutKey
				? await context.helpers.httpRequest(options)
				: await context.helpers.httpRequestWithAuthentication.call(
						viewOf(context, access, signal),
						access.credentialType,
						options,
					);
			return await readResponse(response, request, mask, clock);
		} catch (error) {
			return fail(faultOf(error, mask, stopSignal));
		}
	};
	/** Sends within the vendor's rate; a stop while waiting for that becomes a fault. */
	const inTurn = async (sendNow: () => ReturnType<typeof send>): ReturnType<typeof send> => {
		const [turn] = await Promise.allSettled([pace(clock, stopSignal)]);
		if (turn.status === 'rejected') return fail(stoppedFault);
		try {
			return await sendNow();
		} finally {
			turn.value();
		}
	};

	return {
		async read(request, timeoutMs = Infinity) {
			const url = addressOf(request, access);
			if (url === undefined) return fail(strangeHost(request));
			const cacheKey =
				request.cacheForMs === undefined ? undefined : cacheKeyOf(url, request, access);
			const cached = cacheKey === undefined ? undefined : cacheOf(thisProcess).get(cacheKey);
			if (cached !== undefined && cached.until > clock.now()) return ok(cached.response);

			const answer = await inTurn(async () => {
				// n8n's own timeout starts anew with every byte; this one covers the whole answer.
				const deadline = clock.deadline(Math.min(timeoutMs, longestOf(request)));
				const signals = stopSignal === undefined ? [deadline] : [deadline, stopSignal];
				return await send(url, request, AbortSignal.any(signals));
			});
			if (answer.ok && cacheKey !== undefined) {
				remember(cacheKey, clock.now() + (request.cacheForMs ?? 0), answer.value);
			}
			return answer;
		},

		async submit(request) {
			const url = addressOf(request, access);
			if (url === undefined) return fail(strangeHost(request));
			return await inTurn(async () => await send(url, request, clock.deadline(REQUEST.submitMs)));
		},

		async openFile(url, signal) {
			if (!isOwnAddress(url, access)) return undefined;
			return await context.helpers.httpRequestWithAuthentication.call(
				viewOf(context, access, signal),
				access.credentialType,
				{
					method: 'GET',
					url,
					headers: { 'Accept-Encoding': 'identity' },
					encoding: 'stream',
					abortSignal: signal,
					returnFullResponse: true,
					ignoreHttpStatusErrors: true,
					// A redirect would take the key along.
					disableFollowRedirect: true,
				},
			);
		},
	};
}

const stoppedFault: Fault = {
	kind: 'stopped',
	message: 'The execution was stopped',
	// It stopped before the request was sent.
	certainlyNotTaken: true,
};

/** What was answered to a key is kept for that key alone. */
function cacheKeyOf(url: string, { withoutKey }: VendorRequest, { apiKey }: VendorAccess): string {
	return withoutKey ? url : `${url} ${createHash('sha256').update(apiKey).digest('base64url')}`;
}

function remember(cacheKey: string, until: number, response: VendorResponse): void {
	if (response.httpStatus !== 200) return;
	const cache = cacheOf(thisProcess);
	if (cache.size >= REQUEST.maxCached) cache.clear();
	cache.set(cacheKey, { until, response });
}

const longestOf = ({ file, form }: VendorRequest): number =>
	file === undefined && form === undefined ? REQUEST.readMs : REQUEST.uploadMs;

/** The whole address; undefined for one to which the API key, or the request itself, must not go. */
function addressOf(request: VendorRequest, access: VendorAccess): string | undefined {
	const { baseUrl, documentedBaseUrl, hosts = {} } = access;
	const isWhole = /^https?:\/\//i.test(request.url);
	// Whoever stands in for the vendor, stands in for all of its hosts.
	const host =
		request.host !== undefined && baseUrl === documentedBaseUrl ? hosts[request.host] : undefined;
	const url = isWhole ? request.url : `${host ?? baseUrl}${request.url}`;
	const isOwn = isOwnAddress(url, access);
	// Whoever has the vendor in this network, as the sandbox is, has its storage there, too.
	const isAllowed = isPublicAddress(url) || !isPublicAddress(baseUrl);
	if (!isOwn && !(request.withoutKey && isAllowed)) return undefined;

	const query = new URLSearchParams(request.query).toString();
	if (query === '') return url;
	return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}

/** Whether the API key may go there. */
function isOwnAddress(url: string, { baseUrl, documentedBaseUrl, hosts = {} }: VendorAccess) {
	const known = [baseUrl, documentedBaseUrl, ...Object.values(hosts)].map(originOf);
	return known.includes(originOf(url));
}

const originOf = (url: string): string =>
	URL.canParse(url) ? new URL(url).origin : `not an address: ${url}`;

const strangeHost = ({ url, withoutKey }: VendorRequest): Fault => ({
	kind: 'rejected',
	message: withoutKey
		? `The address ${originOf(url)} lies in a private network, so nothing was sent there`
		: `The address ${originOf(url)} is none of the vendor's, so the API key was not sent there`,
	certainlyNotTaken: true,
});

type Content = Required<Pick<IHttpRequestOptions, 'headers'>> & Pick<IHttpRequestOptions, 'body'>;

function contentOf(request: VendorRequest): Content {
	const { headers: own, ...content } = plainContentOf(request);
	const { headers: more = {} } = request;
	const replaced = new Set(Object.keys(more).map((name) => name.toLowerCase()));
	const kept = Object.entries(own).filter(([name]) => !replaced.has(name.toLowerCase()));
	return { ...content, headers: { ...Object.fromEntries(kept), ...more } };
}

function plainContentOf(request: VendorRequest): Content {
	const accept = { Accept: request.accept ?? 'application/json' };
	if (request.body !== undefined) {
		return {
			headers: { ...accept, 'Content-Type': 'application/json' },
			body: JSON.stringify(request.body),
		};
	}
	if (request.file !== undefined) {
		const { bytes, mimeType } = request.file;
		const type = plainMimeType(mimeType);
		return { headers: { ...accept, 'Content-Type': type }, body: Buffer.from(bytes) };
	}
	if (request.form !== undefined) {
		// n8n's helper knows no multipart body without a package that n8n Cloud does not let us have.
		const { contentType, body } = multipartOf(request.form);
		return { headers: { ...accept, 'Content-Type': contentType }, body };
	}
	return { headers: accept };
}

/**
 * The same context with another cancel signal, because n8n's request helper puts the execution's own
 * on every request of a node (n8n-core 2.41, request-helpers/authentication). It also gives out the
 * credential that was read already: for every reading of a webhook's n8n starts a virtual machine.
 */
function viewOf(
	context: RequestContext,
	{ credential }: Pick<VendorAccess, 'credential'>,
	signal: AbortSignal,
): RequestContext {
	const view: RequestContext = Object.create(context, {
		getExecutionCancelSignal: { value: () => signal },
		getCredentials: { value: async () => ({ ...credential }) },
	});
	return view;
}

/**
 * Has n8n run the credential's `preAuthentication` and keep what it gives, as it does before a request
 * with a credential goes out; this one is called off before that.
 */
export async function runPreAuthentication(
	context: RequestContext,
	access: Pick<VendorAccess, 'credentialType' | 'credential' | 'baseUrl'>,
): Promise<void> {
	const signal = AbortSignal.abort();
	const options: IHttpRequestOptions = { method: 'GET', url: access.baseUrl, abortSignal: signal };
	await Promise.allSettled([
		context.helpers.httpRequestWithAuthentication.call(
			viewOf(context, access, signal),
			access.credentialType,
			options,
		),
	]);
}

async function readResponse(
	response: unknown,
	{ accept }: VendorRequest,
	mask: Mask,
	clock: Clock,
): Promise<Outcome<VendorResponse>> {
	if (!isObject(response) || typeof response.statusCode !== 'number') {
		return fail({
			kind: 'unreadableAnswer',
			message: 'n8n gave no HTTP status for the answer',
			certainlyNotTaken: false,
		});
	}
	const { statusCode, headers, body } = response;
	const text = await readText(body);
	// A vendor that echoes the key must not carry it into an error or an output row.
	const lowerCased = Object.fromEntries(
		Object.entries(isObject(headers) ? headers : {}).map(([name, value]) => [
			name.toLowerCase(),
			mask.text(String(value)),
		]),
	);
	return ok({
		httpStatus: statusCode,
		headers: lowerCased,
		body: text === undefined ? undefined : mask.value(parseForeignJson(text)),
		...(accept !== undefined && text !== undefined && { text: mask.text(text) }),
		excerpt:
			text === undefined
				? `HTTP status ${statusCode} with more than ${REQUEST.maxAnswerBytes / MEGABYTE} MB, which were not read`
				: mask.excerpt(text, REQUEST.excerptLength) || `HTTP status ${statusCode} without a body`,
		retryAfterMs: readRetryAfter(lowerCased['retry-after'], clock),
	});
}

/** The text of an answer; undefined for one that is longer than any vendor's. */
async function readText(body: unknown): Promise<string | undefined> {
	if (typeof body === 'string') return body;
	if (!isReadable(body)) return '';
	const chunks: Buffer[] = [];
	let length = 0;
	// Leaving the loop ends the connection.
	for await (const chunk of body) {
		length += chunk.length;
		if (length > REQUEST.maxAnswerBytes) return undefined;
		chunks.push(Buffer.from(chunk));
	}
	return new TextDecoder().decode(Buffer.concat(chunks));
}

/** Seconds or an HTTP date, as milliseconds from now. */
function readRetryAfter(value: string | undefined, clock: Clock): number | undefined {
	if (value === undefined) return undefined;
	const seconds = Number(value);
	const waitMs = Number.isNaN(seconds) ? Date.parse(value) - clock.now() : seconds * 1000;
	return waitMs >= 0 ? waitMs : undefined;
}

/** Network errors that time may mend, and by which nothing was sent if they came while connecting. */
const notReachableCodes: ReadonlySet<string> = new Set([
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'ENETDOWN',
]);

/** A certificate that is not to be trusted is found out before anything is sent. */
const untrustedCertificate =
	/^(CERT_|ERR_TLS_CERT_ALTNAME_INVALID|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER))/;

function faultOf(error: unknown, mask: Mask, stopSignal: AbortSignal | undefined): Fault {
	const { code, syscall = 'connect', isBlocked } = diagnose(error);
	const text = reasonOf(error);
	const message = mask.text(code === undefined ? text : `${code}: ${text}`);
	if (code === 'ERR_CANCELED') {
		return stopSignal?.aborted
			? { ...stoppedFault, certainlyNotTaken: false }
			: { kind: 'noAnswer', message: 'No whole answer in time', certainlyNotTaken: false };
	}
	if (code !== undefined && notReachableCodes.has(code)) {
		const isConnecting = /^(connect|getaddrinfo)/.test(syscall);
		return { kind: 'notReachable', message, certainlyNotTaken: isConnecting };
	}
	const isRefusedHere =
		isBlocked || code === 'ERR_INVALID_URL' || untrustedCertificate.test(code ?? '');
	return isRefusedHere
		? { kind: 'rejected', message, certainlyNotTaken: true }
		: { kind: 'noAnswer', message, certainlyNotTaken: false };
}

interface Diagnosis {
	code?: string;
	syscall?: string;
	/** n8n's own protection refused the address (SSRF) before anything was sent. */
	isBlocked: boolean;
}

/** n8n wraps the network's error, so what is known sits on it or on one of its causes. */
export function diagnose(error: unknown): Diagnosis {
	const diagnosis: Diagnosis = { isBlocked: false };
	for (let cause = error; cause instanceof Error; cause = cause.cause) {
		if ('code' in cause && typeof cause.code === 'string') diagnosis.code ??= cause.code;
		if ('syscall' in cause && typeof cause.syscall === 'string') {
			diagnosis.syscall ??= cause.syscall;
		}
		diagnosis.isBlocked ||= /^Ssrf/.test(cause.name);
	}
	return diagnosis;
}
