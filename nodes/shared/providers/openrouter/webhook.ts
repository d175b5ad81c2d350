import { isObject } from '../../domain/json';
import type { VendorCallback, VendorCallbacks } from '../../domain/vendor';
import { withId } from '../reading';
import { isSigned, isTimely } from '../signature';

/** `t=<Unix seconds>,v1=<hex>`, over the time and the body as it came. */
function isSignedWith(
	secret: string,
	nowMs: number,
	{ headers, rawBody }: VendorCallback,
): boolean {
	const parts = (headers['x-openrouter-signature'] ?? '').split(',').map((part) => part.trim());
	const valuesOf = (name: string) =>
		parts.flatMap((part) => (part.startsWith(`${name}=`) ? [part.slice(name.length + 1)] : []));
	const [timestamp = ''] = valuesOf('t');
	const given = valuesOf('v1').map((signature) => Buffer.from(signature, 'hex'));
	return isTimely(timestamp, nowMs) && isSigned(secret, [`${timestamp},`, rawBody], given);
}

/** https://openrouter.ai/docs/cookbook: the fields stand in `data`; one of its samples has them outside. */
export const callbacks: VendorCallbacks = {
	byHttpsAlone: true,
	readTaskId: ({ body }) =>
		withId.safeParse(isObject(body) && isObject(body.data) ? body.data : body).data?.id,
	signs: 'withSecret',
	verify: (callback, { secret, nowMs }) => isSignedWith(secret, nowMs, callback),
};
