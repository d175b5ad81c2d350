import type { Problem, Step } from '../../domain/problem';
import { fail } from '../../domain/result';
import type { Hints, NodeInput, Rows } from '../../host/readers';
import type { Output, PairedOutput } from '../../host/rows';
import type { NodeRun } from '../../host/run';
import { readMaxParallel } from '../../orders/order';
import { itemIndexesOf } from '../../orders/parameters';
import { mapParallel } from '../../tasks/parallel';
import { settleResults, unlessHandedOver } from '../run';
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

/** Runs the chosen operation of the node Seedance Task for every item. */
export const runTaskOperation = async (run: NodeRun): Promise<PairedOutput[]> =>
	await unlessHandedOver(run, async () => await operate(run));

async function operate(run: NodeRun): Promise<PairedOutput[]> {
	const name = String(run.parameter('operation', 0, ''));
	if (name === 'getSpending') return await getSpending(run);
	const providerId = run.parameter('provider', 0);
	const opened = await run.openSession(providerId);
	const limit = opened.ok ? await readMaxParallel(run, opened.value.provider) : opened;
	if (!opened.ok || !limit.ok) {
		const reason = opened.ok ? limit : opened;
		return reason.ok ? [] : await settleUnopened(run, String(providerId), reason.error);
	}
	const home = opened.value;
	if (name === 'getMany') return await getMany(run, home);
	if (name === 'wait') return await wait(run, home, limit.value);

	const operation = operations.get(name) ?? get;
	const items = await readItems(run, home, operation.takesOthers);
	const results = await mapParallel(
		items,
		limit.value.count,
		async (item) =>
			await workOn(run, item, async (session) => operation.run(run, session, item.itemIndex)),
	);
	return await handOn(run, items, operation.outcomeOf, results);
}

async function settleUnopened(run: NodeInput & Hints & Rows, provider: string, problem: Problem) {
	const results = itemIndexesOf(run).map(
		async (itemIndex) =>
			await workOn(
				run,
				{ itemIndex, asked: { account: { providerId: provider }, session: fail(problem) } },
				async (): Promise<Step<Output>> => fail(problem),
			),
	);
	return settleResults(run, await Promise.all(results));
}
