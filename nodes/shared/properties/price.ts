import type { INodeProperties } from 'n8n-workflow';
import { MAX_PRICE } from '../models/placement';

/** For vendors that tell what an order costs before it is made. */
export const maxPriceOption = (ids: string[]): INodeProperties => ({
	displayName: 'Max Price',
	name: MAX_PRICE,
	type: 'number',
	// Whoever orders by way of an agent must not be able to raise it.
	noDataExpression: true,
	typeOptions: { minValue: 0, numberPrecision: 4 },
	displayOptions: { show: { '/provider': ids } },
	default: 1,
	description:
		"The most that one video may cost, in the vendor's currency (dollars). What costs more, or whose price is not told, is refused before anything is paid. WaveSpeed tells the price of the very order; at fal and OpenRouter it is an estimate from their price lists.",
});
