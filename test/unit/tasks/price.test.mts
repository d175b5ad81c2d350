import { ok } from '../../../nodes/shared/domain/result';
import type { CreateOrder, Price } from '../../../nodes/shared/domain/vendor';
import { priceOf, requirePrice } from '../../../nodes/shared/tasks/price';
import type { Order } from '../../../nodes/shared/tasks/order';
import { errorOf, valueOf } from '../helpers.mts';
import { scripted } from './session.mts';

/** An order at a vendor that tells this price to whoever asks. */
function pricedAt(price: Price, more: Partial<Order> = {}): Order {
	const { session, order } = scripted();
	const { provider } = session;
	const vendor = {
		...provider.vendor,
		*price({ input }: CreateOrder) {
			yield { method: 'GET' as const, url: '/price' };
			return ok({ ...price, how: JSON.stringify(input) });
		},
	};
	return order({ ...more, session: { ...session, provider: { ...provider, vendor } } });
}

const quote = { amount: 0.5, currency: 'USD', basis: 'quote' as const };

test('a price in dollars is held against the limit', async () => {
	expect((await requirePrice(pricedAt(quote), 0.5)).ok).toBe(true);
	expect(errorOf(await requirePrice(pricedAt(quote), 0.49)).kind).toBe('tooExpensive');
});

test('it is asked for the order as it goes out, in which what is added wins', async () => {
	const media = [{ slot: { wireName: 'image' }, address: 'https://v.test/a.png' }];
	const additional = { duration: 30, image: 'https://v.test/b.png' };
	const order = pricedAt(quote, { input: { duration: 5 }, media, additional });
	const { how = '' } = valueOf(await priceOf(order.session, order));
	expect(JSON.parse(how)).toEqual(additional);
});

test('one in another currency is none', async () => {
	const inCredits = pricedAt({ ...quote, currency: 'credits' });
	expect(errorOf(await requirePrice(inCredits, 100))).toMatchObject({
		kind: 'priceUnknown',
		certainlyNotTaken: true,
	});
});

test('with a given video that nobody can see yet there is none', async () => {
	const large = { open: async () => await Promise.reject(new Error('Not to be read')) };
	const order = pricedAt(quote, { media: [{ slot: { wireName: 'video' }, large }] });
	expect(errorOf(await priceOf(order.session, order)).kind).toBe('priceUnknown');
	const address = 'https://v.test/clip.mp4';
	const seen = pricedAt(quote, { media: [{ slot: { wireName: 'video' }, address }] });
	expect(valueOf(await priceOf(seen.session, seen)).amount).toBe(0.5);
});
