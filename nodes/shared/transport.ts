import type { IExecuteFunctions, IHttpRequestOptions, IWebhookFunctions } from 'n8n-workflow';
import { clock } from './clock';
import type { Fault, Outcome } from './faults';
import { parseJson } from './vendors/reading';
import type { VendorRequest, VendorResponse } from './vendors/types';

/** What every n8n context that can reach a vendor has in common. */
export type RequestContext = IExecuteFunctions | IWebhookFunctions;

export interface Transport {
	/** A request that may be repeated and that stops with the execution. */
	read(request: VendorRequest): Promise<Outcome<VendorResponse>>;
	/**
	 * A request that may cost money. It is sent once and not cut off when the execution stops,
	 * because the answer holds the ID of a task that is paid by then.
	 */
	submit(request: VendorRequest): Promise<Outcome<VendorResponse>>;
}

const READ_TIMEOUT_MS = 30_000;
const SUBMIT_TIMEOUT_MS = 120_000;
const EXCERPT_LENGTH = 300;
const SECRET_MASK = '***';

/** Errors after which the request certainly never reached the vendor. */
const notReachableCodes = new Set([
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'ENETDOWN',
]);

export interface VendorAccess {
	credentialType: string;
	apiKey: string;
	/** Without a slash at the end. */
	baseUrl: string;
}

/** Opens the one way to a vendor's API. */
export function openTransport(context: RequestContext, access: VendorAccess): Transport {
	const { credentialType, apiKey, baseUrl } = access;

	const send = async (
		sender: RequestContext,
		request: VendorRequest,
		timeoutMs: number,
	): Promise<Outcome<VendorResponse>> => {
		const query = new URLSearchParams(request.query).toString();
		const options: IHttpRequestOptions = {
			method: request.method,
			url: `${baseUrl}${request.path}${query === '' ? '' : `?${query}`}`,
			headers: {
				Accept: 'application/json',
				...(request.body === undefined ? {} : { 'Content-Type': 'application/json' }),
			},
			...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
			encoding: 'text',
			timeout: timeoutMs,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			// A redirected POST would be repeated or turned into a GET, and the key sent elsewhere.
			disableFollowRedirect: true,
		};
		try {
			const response: unknown = await sender.helpers.httpRequestWithAuthentication.call(
				sender,
				credentialType,
				options,
			);
			return { ok: true, value: readResponse(response, apiKey) };
		} catch (error) {
			return { ok: false, fault: faultOfNetworkError(error, apiKey) };
		}
	};

	return {
		read: async (request) => await send(context, request, READ_TIMEOUT_MS),
		submit: async (request) => await send(uncancellable(context), request, SUBMIT_TIMEOUT_MS),
	};
}

/**
 * The same context without the cancel signal, which n8n's request helper otherwise puts on every
 * request of a node (n8n-core 2.41, request-helpers/authentication).
 */
function uncancellable(context: RequestContext): RequestContext {
	const view: RequestContext = Object.create(context, {
		getExecutionCancelSignal: { value: () => undefined },
	});
	return view;
}

function readResponse(response: unknown, secret: string): VendorResponse {
	const { statusCode, headers, body } = response as {
		statusCode: number;
		headers: Record<string, unknown>;
		body: unknown;
	};
	// A vendor that echoes the key must not carry it into an error or an output row.
	const text = withoutSecret(typeof body === 'string' ? body : '', secret);
	const lowerCased = Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
	);
	return {
		httpStatus: statusCode,
		headers: lowerCased,
		body: parseJson(text),
		excerpt: text.slice(0, EXCERPT_LENGTH) || `HTTP status ${statusCode} without a body`,
		retryAfterMs: readRetryAfter(lowerCased['retry-after']),
	};
}

function withoutSecret(text: string, secret: string): string {
	return secret.length < 4 ? text : text.replaceAll(secret, SECRET_MASK);
}

/** Seconds or an HTTP date, as milliseconds from now. */
function readRetryAfter(value: string | undefined): number | undefined {
	if (value === undefined) return undefined;
	const seconds = Number(value);
	const waitMs = Number.isNaN(seconds) ? Date.parse(value) - clock.now() : seconds * 1000;
	return waitMs >= 0 ? waitMs : undefined;
}

function faultOfNetworkError(error: unknown, secret: string): Fault {
	const code = networkCode(error);
	const text = error instanceof Error ? error.message : String(error);
	const message = withoutSecret(code === undefined ? text : `${code}: ${text}`, secret);
	if (code === 'ERR_CANCELED') return { kind: 'stopped', message: 'The execution was stopped' };
	// Neither sent nor answered: n8n itself refused, e.g. an invalid base URL or SSRF protection, or
	// the vendor's certificate is not to be trusted, which is found out before anything is sent.
	if (code === undefined || isTlsCode(code)) return { kind: 'rejected', message };
	return { kind: notReachableCodes.has(code) ? 'notReachable' : 'noAnswer', message };
}

const isTlsCode = (code: string) =>
	/^(EPROTO|CERT_|ERR_TLS|ERR_SSL|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/.test(code);

/** n8n wraps the network's error, so the code sits on it or on one of its causes. */
function networkCode(error: unknown): string | undefined {
	for (let cause = error; cause instanceof Error; cause = cause.cause) {
		if ('code' in cause && typeof cause.code === 'string') return cause.code;
	}
	return undefined;
}
