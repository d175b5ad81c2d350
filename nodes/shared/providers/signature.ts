import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far the time in a signed callback may be from ours. */
const WINDOW_SECONDS = 300;

/** Whether a callback's time, in Unix seconds, is about now. */
export const isTimely = (timestamp: string, nowMs: number): boolean =>
	/^\d+$/.test(timestamp) && Math.abs(nowMs / 1000 - Number(timestamp)) <= WINDOW_SECONDS;

/** Whether one of the given signatures is the HMAC-SHA256 over these parts; an empty key signs nothing. */
export function isSigned(
	key: string | Buffer,
	parts: ReadonlyArray<string | Uint8Array>,
	given: readonly Buffer[],
): boolean {
	if (key.length === 0) return false;
	const hmac = createHmac('sha256', key);
	for (const part of parts) hmac.update(part);
	const expected = hmac.digest();
	return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected));
}

/** The signatures of one version in `v1,<signature> v1,<signature>`; other versions are not known. */
export const signaturesOf = (
	header: string | undefined,
	version: string,
	encoding: 'base64' | 'hex',
): Buffer[] =>
	(header ?? '').split(' ').flatMap((entry) => {
		const [name, signature = ''] = entry.split(',');
		return name === version ? [Buffer.from(signature, encoding)] : [];
	});
