import type { Fault, Outcome } from '../domain/fault';
import type { WireInput } from '../domain/model';
import { option } from '../domain/ownParameters';
import { fail, ok, type Result } from '../domain/result';
import { converse, type Price } from '../domain/vendor';
import type { Media, Order } from './order';
import type { Session } from './session';

/** An order as far as its price depends on it. */
type Priced = Pick<Order, 'model' | 'input' | 'media' | 'additional'>;

/** What one video would cost; nothing is uploaded or paid for that. */
export async function priceOf(
	{ provider, transport }: Pick<Session, 'provider' | 'transport'>,
	{ model, input, media, additional }: Priced,
): Promise<Outcome<Price>> {
	const { label, vendor } = provider;
	if (media.some((one) => 'large' in one)) return fail(unseenVideo(label));
	const files = media.reduce(withMedia, input);
	const dialogue = vendor.price?.({ model, input: { ...files, ...additional } });
	if (dialogue === undefined) return fail(tellsNone(label));
	const read = await converse(transport, dialogue);
	return read.ok ? read : fail({ ...read.error, certainlyNotTaken: true });
}

/** The seconds of a given video count, and before it is uploaded nobody sees them. */
const unseenVideo = (label: string): Fault => ({
	kind: 'priceUnknown',
	message: `${label} would have to see the given video, which is a file; with the video's URL it can tell`,
	certainlyNotTaken: true,
});

const tellsNone = (label: string): Fault => ({
	kind: 'priceUnknown',
	message: `${label} tells no prices before an order`,
	certainlyNotTaken: true,
});

/** Puts a file into the request; one that is not uploaded yet stands there by an address that is none. */
export function withMedia(input: WireInput, media: Media): WireInput {
	const { wireName, isList } = media.slot;
	const address = 'address' in media ? media.address : `https://file.invalid/${wireName}`;
	const before = input[wireName];
	const value = isList ? [...(Array.isArray(before) ? before : []), address] : address;
	return { ...input, [wireName]: value };
}

const MAX_PRICE_CURRENCY = 'USD';

/** Refuses an order that would cost more than `max`, in dollars, or whose price is not told. */
export async function requirePrice(order: Order, max: number): Promise<Result<void, Fault>> {
	const read = await priceOf(order.session, order);
	if (!read.ok) {
		const message = `The price, which must be known with '${option.maxPrice.label}', was not told: ${read.error.message}`;
		return fail({ ...read.error, message });
	}
	const { amount, currency, basis, how } = read.value;
	if (currency !== MAX_PRICE_CURRENCY) {
		const message = `'${option.maxPrice.label}' is in ${MAX_PRICE_CURRENCY}, and the price was told in ${currency}`;
		return fail({ kind: 'priceUnknown', message, certainlyNotTaken: true });
	}
	if (amount <= max) return ok(undefined);
	const price = basis === 'quote' ? 'It costs' : 'It is estimated to cost';
	const worked = how === undefined ? '' : ` (${how})`;
	return fail({
		kind: 'tooExpensive',
		message: `${price} ${amount} ${currency}${worked}, and '${option.maxPrice.label}' is ${max}`,
		vendorCode: 'aboveMaxPrice',
		certainlyNotTaken: true,
	});
}
