import { converse, type VendorCallback } from '../domain/vendor';
import type { Session } from '../tasks/session';

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
