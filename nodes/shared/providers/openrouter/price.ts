import { z } from 'zod/v4';
import { ok } from '../../domain/result';
import type { CreateOrder, Dialogue, Price } from '../../domain/vendor';
import { estimate, priceUnknown, quantityOf, UNKNOWN_SIZE } from '../estimate';
import { lazily, optional, readAnswer, text } from '../reading';
import { VIDEOS_PATH } from './models';

const list = lazily(() =>
	z.object({
		data: z.array(
			z.object({
				id: text(),
				canonical_slug: optional(text()),
				pricing_skus: optional(z.record(z.string(), z.unknown())),
			}),
		),
	}),
);

/** Prices change rarely, and a run of hundreds of items asks for the same one. */
const FRESH_FOR_MS = 60_000;

/** An estimate from the prices of `/videos/models`: the dearest that may hold for this resolution. */
export function* price({ model, input }: CreateOrder): Dialogue<Price> {
	const url = `${VIDEOS_PATH}/models`;
	const response = yield { method: 'GET', url, cacheForMs: FRESH_FOR_MS };
	const read = readAnswer(list, response);
	if (!read.ok) return read;
	const entry = read.value.data.find(
		({ id, canonical_slug: slug }) => id === model.id || slug === model.id,
	);
	if (entry === undefined) return priceUnknown(`OpenRouter's list has no model ${model.id}`);
	const quantity = quantityOf(input);
	if (quantity === undefined) return priceUnknown(UNKNOWN_SIZE);
	const prices = Object.entries(entry.pricing_skus ?? {});
	const resolution = String(input.resolution).toLowerCase();
	for (const unit of ['token', 'second'] as const) {
		const dearest = dearestOf(prices, unit, resolution);
		if (dearest === undefined) continue;
		const count = unit === 'token' ? quantity.tokens : quantity.seconds;
		const how = `at most ${count} × ${dearest} USD per ${unit}`;
		return ok(estimate(count * dearest, 'USD', how));
	}
	return priceUnknown(`OpenRouter's list has no price per token or second for ${model.id}`);
}

/** e.g. `1080p`, `4k` in the name of a price. */
const namesResolution = /(?:^|[^a-z0-9])(\d{3,4}p|\dk)(?:$|[^a-z0-9])/;

/** Names differ by family: those that name the resolution count, else those that name none. */
function dearestOf(
	prices: ReadonlyArray<readonly [string, unknown]>,
	unit: string,
	resolution: string,
): number | undefined {
	const known = prices.flatMap(([name, value]) => {
		const amount = Number(value);
		const of = namesResolution.exec(name.toLowerCase())?.[1];
		return name.toLowerCase().includes(unit) && amount > 0 ? [{ amount, of }] : [];
	});
	const own = known.filter(({ of }) => of === resolution);
	const usable = own.length > 0 ? own : known.filter(({ of }) => of === undefined);
	return usable.length > 0 ? Math.max(...usable.map(({ amount }) => amount)) : undefined;
}
