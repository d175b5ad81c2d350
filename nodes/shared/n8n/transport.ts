import { createHash } from 'node:crypto';
import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	IWebhookFunctions,
} from 'n8n-workflow';
import type { Fault, Outcome } from '../domain/fault';
import { isObject, parseJson, reasonOf } from '../domain/json';
import { fail, ok } from '../domain/result';
import type { Clock } from '../domain/time';
import type { FormPart, Transport, VendorRequest, VendorResponse } from '../domain/vendor';
import type { Pacer } from '../tasks/pace';

/** What every n8n context that can reach a vendor has in common. */
export type RequestContext = IExecuteFunctions | IWebhookFunctions;

const READ_TIMEOUT_MS = 30_000;
/** Tens of megabytes go out more slowly than an answer comes in. */
const UPLOAD_TIMEOUT_MS = 120_000;
const SUBMIT_TIMEOUT_MS = 120_000;
const EXCERPT_LENGTH = 300;
const SECRET_MASK = '***';
const MAX_CACHED = 100;

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
const cache = new Map<string, { until: number; response: VendorResponse }>();

/** Opens the one way to a vendor's API. */
export function openTransport(
	context: RequestContext,
	access: VendorAccess,
	{ clock, pace, stopSignal }: Surroundings,
): Transport {
	const send = async (
		url: string,
		request: VendorRequest,
		signal: AbortSignal,
	): Promise<Outcome<VendorResponse>> => {
		const options: IHttpRequestOptions = {
			method: request.method,
			url,
			...contentOf(request),
			encoding: 'text',
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
			return readResponse(response, access.apiKey, clock);
		} catch (error) {
			return fail(faultOf(error, access.apiKey, stopSignal));
		}
	};

	return {
		async read(request, timeoutMs = Infinity) {
			const url = addressOf(request, access);
			if (url === undefined) return fail(strangeHost(request.url));
			const cacheKey =
				request.cacheForMs === undefined ? undefined : cacheKeyOf(url, request, access);
			const cached = cacheKey === undefined ? undefined : cache.get(cacheKey);
			if (cached !== undefined && cached.until > clock.now()) return ok(cached.response);

			const stopped = await turn(pace, clock, stopSignal);
			if (stopped !== undefined) return fail(stopped);
			// n8n's own timeout starts anew with every byte; this one covers the whole answer.
			const deadline = clock.deadline(Math.min(timeoutMs, longestOf(request)));
			const signals = stopSignal === undefined ? [deadline] : [deadline, stopSignal];
			const answer = await send(url, request, AbortSignal.any(signals));
			if (answer.ok && cacheKey !== undefined) {
				remember(cacheKey, clock.now() + (request.cacheForMs ?? 0), answer.value);
			}
			return answer;
		},

		async submit(request) {
			const url = addressOf(request, access);
			if (url === undefined) return fail(strangeHost(request.url));
			const stopped = await turn(pace, clock, stopSignal);
			if (stopped !== undefined) return fail(stopped);
			return await send(url, request, clock.deadline(SUBMIT_TIMEOUT_MS));
		},
	};
}

/** Waits for the next place within the vendor's rate; a stop while waiting becomes a fault. */
async function turn(
	pace: Pacer,
	clock: Clock,
	stopSignal: AbortSignal | undefined,
): Promise<Fault | undefined> {
	const [waited] = await Promise.allSettled([pace(clock, stopSignal)]);
	return waited.status === 'rejected' ? stoppedFault : undefined;
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
	if (cache.size >= MAX_CACHED) cache.clear();
	cache.set(cacheKey, { until, response });
}

const longestOf = ({ file, form }: VendorRequest): number =>
	file === undefined && form === undefined ? READ_TIMEOUT_MS : UPLOAD_TIMEOUT_MS;

/** The whole address; undefined for one to which the API key must not go. */
function addressOf(request: VendorRequest, access: VendorAccess): string | undefined {
	const { baseUrl, documentedBaseUrl, hosts = {} } = access;
	const isWhole = /^https?:\/\//i.test(request.url);
	// Whoever stands in for the vendor, stands in for all of its hosts.
	const host =
		request.host !== undefined && baseUrl === documentedBaseUrl ? hosts[request.host] : undefined;
	const url = isWhole ? request.url : `${host ?? baseUrl}${request.url}`;
	const known = [baseUrl, documentedBaseUrl, ...Object.values(hosts)].map(originOf);
	if (!request.withoutKey && !known.includes(originOf(url))) return undefined;

	const query = new URLSearchParams(request.query).toString();
	if (query === '') return url;
	return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}

const originOf = (url: string): string =>
	URL.canParse(url) ? new URL(url).origin : `not an address: ${url}`;

const strangeHost = (url: string): Fault => ({
	kind: 'rejected',
	message: `The address ${originOf(url)} is none of the vendor's, so the API key was not sent there`,
	certainlyNotTaken: true,
});

function contentOf(request: VendorRequest): Pick<IHttpRequestOptions, 'headers' | 'body'> {
	const accept = { Accept: 'application/json' };
	if (request.body !== undefined) {
		return {
			headers: { ...accept, 'Content-Type': 'application/json' },
			body: JSON.stringify(request.body),
		};
	}
	if (request.file !== undefined) {
		const { bytes, mimeType } = request.file;
		return { headers: { ...accept, 'Content-Type': mimeType }, body: Buffer.from(bytes) };
	}
	if (request.form !== undefined) {
		const boundary = 'seedance-form-boundary-7MA4YWxkTrZu0gW';
		return {
			headers: { ...accept, 'Content-Type': `multipart/form-data; boundary=${boundary}` },
			body: formBody(request.form, boundary),
		};
	}
	return { headers: accept };
}

/** n8n's helper knows no multipart body without a package that n8n Cloud does not let us have. */
function formBody(parts: readonly FormPart[], boundary: string): Buffer {
	const chunks = parts.flatMap((part) => {
		const quoted = (text: string) => text.replaceAll(/["\r\n]/g, '_');
		const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(part.name)}"`;
		if ('value' in part) return [Buffer.from(`${head}\r\n\r\n${part.value}\r\n`)];
		const file = `; filename="${quoted(part.fileName)}"\r\nContent-Type: ${part.mimeType}\r\n\r\n`;
		return [Buffer.from(head + file), Buffer.from(part.bytes), Buffer.from('\r\n')];
	});
	return Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]);
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

function readResponse(response: unknown, secret: string, clock: Clock): Outcome<VendorResponse> {
	if (!isObject(response) || typeof response.statusCode !== 'number') {
		return fail({
			kind: 'unreadableAnswer',
			message: 'n8n gave no HTTP status for the answer',
			certainlyNotTaken: false,
		});
	}
	const { statusCode, headers, body } = response;
	// A vendor that echoes the key must not carry it into an error or an output row.
	const text = withoutSecret(typeof body === 'string' ? body : '', secret);
	const lowerCased = Object.fromEntries(
		Object.entries(isObject(headers) ? headers : {}).map(([name, value]) => [
			name.toLowerCase(),
			String(value),
		]),
	);
	return ok({
		httpStatus: statusCode,
		headers: lowerCased,
		body: parseJson(text),
		excerpt: text.slice(0, EXCERPT_LENGTH) || `HTTP status ${statusCode} without a body`,
		retryAfterMs: readRetryAfter(lowerCased['retry-after'], clock),
	});
}

function withoutSecret(text: string, secret: string): string {
	return secret.length < 4 ? text : text.replaceAll(secret, SECRET_MASK);
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

function faultOf(error: unknown, secret: string, stopSignal: AbortSignal | undefined): Fault {
	const { code, syscall = 'connect', isBlocked } = diagnose(error);
	const text = reasonOf(error);
	const message = withoutSecret(code === undefined ? text : `${code}: ${text}`, secret);
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
