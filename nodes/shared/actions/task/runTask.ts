import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Problem, Step } from '../../domain/problem';
import { fail } from '../../domain/result';
import type { Output } from '../../host/rows';
import { readMaxParallel } from '../../n8n/order';
import { openSession } from '../../n8n/session';
import { stoppable } from '../../n8n/stoppable';
import { mapParallel } from '../../tasks/parallel';
import { itemIndexesOf, settleResults, unlessHandedOver } from '../run';
import { cancel } from './cancel';
import { deleteTask } from './delete';
import { handOn } from './ends';
import { get } from './get';
import { getBalance } from './getBalance';
import { getMany } from './getMany';
import { getPrice } from './getPrice';
import { getSpending } from './getSpending';
import { readItems, workOn } from './item';
import type { TaskOperation } from './operation';
import { wait } from './wait';

/** Those that give a row for each item, by the value of the node's parameter. */
const operations = new Map<string, TaskOperation>([
	['get', get],
	['cancel', cancel],
	['delete', deleteTask],
	['getBalance', getBalance],
	['getPrice', getPrice],
]);

/**
 * Runs the chosen operation of the node Seedance Task for every item.
 * @throws NodeApiError naming item, task and remedy, unless Continue On Fail is set.
 */
export async function runTaskOperation(
	context: IExecuteFunctions,
): Promise<INodeExecutionData[][]> {
	return await unlessHandedOver(
		context,
		async () =>
			await stoppable(context, async (stopSignal) => [await operate(context, stopSignal)]),
	);
}

async function operate(
	context: IExecuteFunctions,
	stopSignal?: AbortSignal,
): Promise<INodeExecutionData[]> {
	const operation = String(context.getNodeParameter('operation', 0, ''));
	if (operation === 'getSpending') return await getSpending(context);
	const providerId: unknown = context.getNodeParameter('provider', 0);
	const opened = await openSession(context, providerId, stopSignal);
	const limit = opened.ok ? await readMaxParallel(context, opened.value.provider) : opened;
	if (!opened.ok || !limit.ok) {
		const reason = opened.ok ? limit : opened;
		return reason.ok ? [] : await settleUnopened(context, String(providerId), reason.error);
	}
	const home = opened.value;
	if (operation === 'getMany') return await getMany(context, home);
	if (operation === 'wait') return await wait(context, home, limit.value);

	const { takesOthers, run, outcomeOf } = operations.get(operation) ?? get;
	const items = await readItems(context, home, takesOthers);
	const results = await mapParallel(
		items,
		limit.value.count,
		async (item) =>
			await workOn(context, item, async (session) => run(context, session, item.itemIndex)),
	);
	return await handOn(context, items, outcomeOf, results);
}

async function settleUnopened(context: IExecuteFunctions, provider: string, problem: Problem) {
	const results = itemIndexesOf(context).map(
		async (itemIndex) =>
			await workOn(
				context,
				{ itemIndex, asked: { account: { providerId: provider }, session: fail(problem) } },
				async (): Promise<Step<Output>> => fail(problem),
			),
	);
	return settleResults(context, await Promise.all(results));
}
