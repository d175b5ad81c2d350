import type { Json } from '../../domain/json';
import type { Step } from '../../domain/problem';
import type { Hints, NodeInput, Rows } from '../../host/readers';
import type { PairedOutput } from '../../host/rows';
import { itemIndexesOf, readingItem } from '../../orders/parameters';
import { settleProblems } from '../run';

/** Several rows for every input item, or the item's problem. */
export async function listForItems(
	run: NodeInput & Hints & Rows,
	provider: string,
	read: (itemIndex: number) => Promise<Step<Json[]>>,
): Promise<PairedOutput[]> {
	const rows: PairedOutput[] = [];
	for (const itemIndex of itemIndexesOf(run)) {
		const listed = await readingItem(async () => await read(itemIndex));
		if (!listed.ok) {
			const origin = { provider, model: '' };
			rows.push(...settleProblems(run, [{ itemIndex, origin, problem: listed.error }]));
			continue;
		}
		rows.push(...listed.value.map((json) => ({ json, pairedItem: { item: itemIndex } })));
	}
	return rows;
}
