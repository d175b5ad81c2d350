import type { IWebhookFunctions } from 'n8n-workflow';
import { isObject } from '../domain/json';
import { converse, type VendorCallback } from '../domain/vendor';
import { TOKEN_PARAMETER } from '../tasks/callbackToken';
import type { Session } from '../tasks/session';

/** A call that came in, before anything about it is believed. */
export interface Call {
	/** The package's own token in the address; undefined when there is none. */
	token: unknown;
	callback: VendorCallback;
}

export function readCall(context: IWebhookFunctions): Call {
	const query: unknown = context.getQueryData();
	const { rawBody } = context.getRequestObject();
	const body: unknown = context.getBodyData();
	const headers = Object.entries(context.getHeaderData()).map(([name, value]) => [
		name.toLowerCase(),
		Array.isArray(value) ? value[0] : value,
	]);
	return {
		token: isObject(query) ? query[TOKEN_PARAMETER] : undefined,
		callback: {
			headers: Object.fromEntries(headers),
			body,
			rawBody: rawBody ?? Buffer.from(JSON.stringify(body ?? '')),
		},
	};
}

/**
 * Whether a call may come from the vendor: where it signs, the signature has to be right. A vendor
 * that signs only for accounts with a secret is checked as soon as the credential holds one.
 */
export async function isFromVendor(session: Session, callback: VendorCallback): Promise<boolean> {
	const { provider, transport, webhookSecret, clock } = session;
	const { verify, signs } = provider.vendor.callbacks ?? {};
	const isSigned = signs === 'always' || (signs === 'withSecret' && webhookSecret !== '');
	if (!isSigned) return true;
	const check = verify?.(callback, { secret: webhookSecret, nowMs: clock.now() }) ?? false;
	if (typeof check === 'boolean') return check;
	const verified = await converse(transport, check);
	return verified.ok && verified.value;
}
