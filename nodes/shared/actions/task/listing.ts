import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Step } from '../../domain/problem';
import { readingItem } from '../../n8n/parameters';
import { itemIndexesOf, settleProblems } from '../run';

/** Several rows for every input item, or the item's problem. */
export async function listForItems(
	context: IExecuteFunctions,
	provider: string,
	read: (itemIndex: number) => Promise<Step<IDataObject[]>>,
): Promise<INodeExecutionData[]> {
	const rows: INodeExecutionData[] = [];
	for (const itemIndex of itemIndexesOf(context)) {
		const listed = await readingItem(async () => await read(itemIndex));
		if (!listed.ok) {
			const origin = { provider, model: '' };
			rows.push(...settleProblems(context, [{ itemIndex, origin, problem: listed.error }]));
			continue;
		}
		rows.push(...listed.value.map((json) => ({ json, pairedItem: { item: itemIndex } })));
	}
	return rows;
}
