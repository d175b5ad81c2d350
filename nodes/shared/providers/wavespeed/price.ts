import { z } from 'zod/v4';
import { withoutUndefined } from '../../domain/json';
import { ok } from '../../domain/result';
import type { CreateOrder, Dialogue, Price } from '../../domain/vendor';
import { lazily, optional, readAnswer, refuseByStatus, text } from '../reading';
import { unwrap } from './envelope';

const quote = lazily(() =>
	z.object({
		price: z.number().min(0),
		discounted_price: optional(z.number().min(0)),
		currency: optional(text()),
	}),
);

const API = '/api/v3/';

/** What the very body would cost: `/model/price` of https://wavespeed.ai/docs, which charges nothing. */
export function* price({ model, input }: CreateOrder): Dialogue<Price> {
	const modelId = model.createPath.slice(API.length).split('/').map(decodeURIComponent).join('/');
	const body = { model_id: modelId, inputs: input };
	const response = yield { method: 'POST', url: `${API}model/price`, body };
	const read = readAnswer(quote, response, refuseByStatus, unwrap(response.body));
	if (!read.ok) return read;
	const { price: listPrice, discounted_price: amount = listPrice, currency = 'USD' } = read.value;
	const isDiscounted = amount < listPrice;
	return ok(
		withoutUndefined({
			amount: isDiscounted ? amount : listPrice,
			currency,
			basis: 'quote' as const,
			listPrice: isDiscounted ? listPrice : undefined,
		}),
	);
}
