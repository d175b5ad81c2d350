import type { IWebhookFunctions } from 'n8n-workflow';
import type { Session } from '../lifecycle/types';
import { readCallbackToken, TOKEN_PARAMETER, type CallbackClaims } from './token';

export type AuthenticCallback =
	| { ok: true; claims: CallbackClaims; taskId: string | undefined }
	| { ok: false };

/**
 * Whether a callback comes from whom this package gave its URL to, and, where the vendor signs its
 * callbacks and the user set the secret, from the vendor. The body is read for the task ID only.
 */
export function authenticateCallback(
	context: IWebhookFunctions,
	session: Session,
	options: { acceptUnsigned?: boolean } = {},
): AuthenticCallback {
	const { vendor, callbackKey, webhookSecret, clock } = session;
	const query = context.getQueryData();
	const token = Reflect.get(Object(query), TOKEN_PARAMETER);
	const claims =
		token === undefined && options.acceptUnsigned
			? { nonce: '' }
			: readCallbackToken(token, callbackKey);
	if (claims === undefined) return { ok: false };

	const callback = { headers: headersOf(context), body: context.getBodyData() };
	const { callbacks } = vendor;
	const taskId = callbacks ? callbacks.readTaskId(callback) : ownTaskId(callback.body);
	if (callbacks !== undefined && webhookSecret !== '') {
		if (!callbacks.isSignedBy(callback, webhookSecret, clock.now())) return { ok: false };
	}
	return { ok: true, claims, taskId };
}

/** The package's own poller calls in the place of vendors that call nobody, with the task's row. */
function ownTaskId(body: unknown): string | undefined {
	const taskId: unknown = Reflect.get(Object(body), 'taskId');
	return typeof taskId === 'string' && taskId !== '' ? taskId : undefined;
}

function headersOf(context: IWebhookFunctions): Record<string, string | undefined> {
	return Object.fromEntries(
		Object.entries(context.getHeaderData()).map(([name, value]) => [
			name.toLowerCase(),
			Array.isArray(value) ? value[0] : value,
		]),
	);
}
