import type { Step } from '../../domain/problem';
import { fail, ok } from '../../domain/result';
import type { Network } from '../../host/network';
import type { FileFetcher, NodeInput } from '../../host/readers';
import type { ItemResult, PairedOutput } from '../../host/rows';
import type { NodeRun } from '../../host/run';
import { readCallbackTarget } from '../../orders/callbackUrl';
import { type ParallelLimit, readWaitingRules } from '../../orders/order';
import { readOptions, readOutputRules, readText } from '../../orders/parameters';
import { park } from '../../parking/park';
import { problemWithSibling } from '../../parking/siblings';
import { findProvider } from '../../providers';
import { mapParallel } from '../../tasks/parallel';
import { problemInOther } from '../../tasks/problems';
import type { CallbackTarget } from '../../tasks/order';
import type { Session } from '../../tasks/session';
import type { AwaitedTask, Submitted } from '../../tasks/submit';
import { hintThatItWaited } from '../hints';
import { notify } from '../notify';
import { chooseRoute, finish } from '../run';
import { readOrderedAt, readReference, readTask, type Asked } from './asked';
import { handOn, outcomeOfLook } from './ends';
import { readItems, workOn, type TaskItem } from './item';

/** The node, and the way to the trigger that is to be told. */
type Named = NodeInput & Pick<Network, 'tryPost'>;

/** Waits for the end of each task, in the node or outside of it. */
export async function wait(
	run: NodeRun,
	home: Session,
	limit: ParallelLimit,
): Promise<PairedOutput[]> {
	const items = await readItems(run, home, true);
	const route = await chooseRoute(run);
	const sibling = await problemWithSibling(run);
	const isToNotify = route.completion === 'notify';
	const awaited: Submitted[] = await mapParallel(
		items,
		1,
		async (item) =>
			await workOn(run, item, async (session) =>
				sibling === undefined ? await readAwaited(run, session, isToNotify, item) : fail(sibling),
			),
	);
	if (route.completion === 'notify') return await notify(run, home, awaited);
	if (route.completion === 'pause' && awaited.some(({ result }) => result.ok)) {
		const parked = await park(run, awaited, route.address);
		if (parked !== undefined) return parked;
		hintThatItWaited(run, 'n8n did not let the node start the executions that would wake it.');
		const all = { count: awaited.length, isChosen: true };
		return await handOn(run, items, outcomeOfLook, await finishAll(run, awaited, all));
	}
	return await handOn(run, items, outcomeOfLook, await finishAll(run, awaited, limit));
}

/** All vendors' tasks side by side: each vendor's within its own limit, where the user has set none for all. */
async function finishAll(
	fetcher: FileFetcher,
	items: readonly Submitted[],
	{ count, isChosen }: ParallelLimit,
): Promise<ItemResult[]> {
	const vendors = [...new Set(items.map(({ origin }) => origin.provider))];
	const limitAt = (id: string) => findProvider(id)?.limits.maxParallelTasks ?? count;
	const groups = isChosen
		? [{ group: items, limit: count }]
		: vendors.map((id) => ({
				group: items.filter(({ origin }) => origin.provider === id),
				limit: limitAt(id),
			}));
	const finished = await Promise.all(
		groups.map(
			async ({ group, limit }) =>
				await mapParallel(group, limit, async (item) => await finish(fetcher, item)),
		),
	);
	return finished.flat().toSorted((one, other) => one.itemIndex - other.itemIndex);
}

async function readAwaited(
	node: Named,
	session: Session,
	isToNotify: boolean,
	{ itemIndex, asked }: TaskItem,
): Promise<Step<AwaitedTask>> {
	const reference = readReference(node, session, itemIndex, { takesOthers: true });
	if (!reference.ok) return reference;
	const options = readOptions(node, itemIndex);
	const waiting = readWaitingRules(options);
	if (!waiting.ok) return waiting;
	const target = isToNotify ? await readTarget(node, session, itemIndex, asked) : ok(undefined);
	if (!target.ok) return target;
	const { modelId, ...task } = reference.value;
	return ok({
		session,
		target: target.value,
		task: { ...task, status: 'queued' },
		modelId,
		submittedAt: session.clock.now(),
		orderedAt: readOrderedAt(node, session, itemIndex),
		waiting: waiting.value,
		output: readOutputRules(node, itemIndex),
		ledger: readTask(node, session, itemIndex).told.ledger?.reference,
	});
}

/** The trigger of the vendor that is asked: every vendor has its own. */
async function readTarget(
	node: Named,
	session: Session,
	itemIndex: number,
	{ callbackUrl }: Asked,
): Promise<Step<CallbackTarget>> {
	const options = readOptions(node, itemIndex);
	const url = callbackUrl ?? readText(node, 'callbackUrl', itemIndex);
	const target = await readCallbackTarget(node, session, url, options);
	const isOther = callbackUrl !== undefined;
	return target.ok || !isOther ? target : fail(problemInOther(session.provider, target.error));
}
