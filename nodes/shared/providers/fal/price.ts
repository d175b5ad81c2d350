import { z } from 'zod/v4';
import { ok } from '../../domain/result';
import type { CreateOrder, Dialogue, Price } from '../../domain/vendor';
import { estimate, priceUnknown, quantityOf, UNKNOWN_SIZE, type Quantity } from '../estimate';
import { lazily, optional, readAnswer, text } from '../reading';

const list = lazily(() =>
	z.object({
		prices: z.array(
			z.object({
				endpoint_id: optional(text()),
				unit_price: z.number().min(0),
				unit: text(),
				currency: optional(text()),
			}),
		),
	}),
);

/** Prices change rarely, and a run of hundreds of items asks for the same one. */
const FRESH_FOR_MS = 60_000;

/**
 * An estimate from the endpoint's entry in fal's price list, `/v1/models/pricing` of its Platform API:
 * one price a unit, whatever the resolution.
 */
export function* price({ model, input }: CreateOrder): Dialogue<Price> {
	if (input.draft_id !== undefined) {
		return priceUnknown("fal's list has no price for the final video of a draft");
	}
	const response = yield {
		method: 'GET',
		host: 'platform',
		url: '/v1/models/pricing',
		query: { endpoint_id: model.id },
		cacheForMs: FRESH_FOR_MS,
	};
	const read = readAnswer(list, response);
	if (!read.ok) return read;
	const entries = read.value.prices.filter(({ endpoint_id: id = model.id }) => id === model.id);
	const [entry, ...others] = entries;
	if (entry === undefined || others.length > 0) {
		return priceUnknown(`fal's list has ${entries.length} prices for ${model.id}`);
	}
	const { unit_price: unitPrice, unit, currency = 'USD' } = entry;
	const units = unitsOf(unit, quantityOf(input));
	if (units === undefined) {
		return priceUnknown(isKnown(unit) ? UNKNOWN_SIZE : `fal's list has a price per '${unit}'`);
	}
	const how = `at most ${units} × ${unitPrice} ${currency} per ${unit}`;
	return ok(estimate(units * unitPrice, currency, how));
}

const tokenUnit = /^(?:per )?(?:([\d.,]+) ?)?(k|m|thousand|million)? ?tokens?$/;

const scales: Readonly<Record<string, number>> = {
	k: 1e3,
	thousand: 1e3,
	m: 1e6,
	million: 1e6,
};

const secondUnit = /^(?:per )?(?:video )?seconds?$/;
const videoUnit = /^(?:per )?(?:videos?|generations?|requests?)$/;

const plain = (unit: string): string => unit.trim().toLowerCase();

const isKnown = (unit: string): boolean =>
	[tokenUnit, secondUnit, videoUnit].some((one) => one.test(plain(unit)));

/** How many of the list's units a video takes; undefined where nobody can know. */
function unitsOf(unit: string, quantity: Quantity | undefined): number | undefined {
	if (videoUnit.test(plain(unit))) return 1;
	if (quantity === undefined) return undefined;
	if (secondUnit.test(plain(unit))) return quantity.seconds;
	const [all, count = '1', scale = ''] = tokenUnit.exec(plain(unit)) ?? [];
	const size = Number(count.replaceAll(',', '')) * (scales[scale] ?? 1);
	return all !== undefined && size > 0 ? quantity.tokens / size : undefined;
}
