import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { videoParameter } from '../../domain/ownParameters';
import type { Step } from '../../domain/problem';
import { fail, ok } from '../../domain/result';
import type { ItemResult } from '../../host/rows';
import { readCallbackTarget } from '../../n8n/callbackUrl';
import { type ParallelLimit, readWaitingRules } from '../../n8n/order';
import { readOutputRules, readText } from '../../n8n/parameters';
import { openRun } from '../../n8n/run';
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

/** Waits for the end of each task, in the node or outside of it. */
export async function wait(
	context: IExecuteFunctions,
	home: Session,
	limit: ParallelLimit,
): Promise<INodeExecutionData[]> {
	const items = await readItems(context, home, true);
	const route = await chooseRoute(context);
	const sibling = await problemWithSibling(openRun(context));
	const isToNotify = route.completion === 'notify';
	const awaited: Submitted[] = await mapParallel(
		items,
		1,
		async (item) =>
			await workOn(context, item, async (session) =>
				sibling === undefined
					? await readAwaited(context, session, isToNotify, item)
					: fail(sibling),
			),
	);
	if (route.completion === 'notify') return await notify(context, home, awaited);
	if (route.completion === 'pause' && awaited.some(({ result }) => result.ok)) {
		const parked = await park(openRun(context), awaited, route.address);
		if (parked !== undefined) return parked;
		hintThatItWaited(context, 'n8n did not let the node start the executions that would wake it.');
		const all = { count: awaited.length, isChosen: true };
		return await handOn(context, items, outcomeOfLook, await finishAll(context, awaited, all));
	}
	return await handOn(context, items, outcomeOfLook, await finishAll(context, awaited, limit));
}

/** All vendors' tasks side by side: each vendor's within its own limit, where the user has set none for all. */
async function finishAll(
	context: IExecuteFunctions,
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
				await mapParallel(group, limit, async (item) => await finish(context, item)),
		),
	);
	return finished.flat().toSorted((one, other) => one.itemIndex - other.itemIndex);
}

async function readAwaited(
	context: IExecuteFunctions,
	session: Session,
	isToNotify: boolean,
	{ itemIndex, asked }: TaskItem,
): Promise<Step<AwaitedTask>> {
	const reference = readReference(context, session, itemIndex, { takesOthers: true });
	if (!reference.ok) return reference;
	const options: IDataObject = context.getNodeParameter('options', itemIndex, {});
	const waiting = readWaitingRules(options);
	if (!waiting.ok) return waiting;
	const target = isToNotify ? await readTarget(context, session, itemIndex, asked) : ok(undefined);
	if (!target.ok) return target;
	const { modelId, ...task } = reference.value;
	return ok({
		session,
		target: target.value,
		task: { ...task, status: 'queued' },
		modelId,
		submittedAt: session.clock.now(),
		orderedAt: readOrderedAt(context, session, itemIndex),
		waiting: waiting.value,
		output: readOutputRules(context, itemIndex),
		ledger: readTask(context, session, itemIndex).told.ledger?.reference,
	});
}

/** The trigger of the vendor that is asked: every vendor has its own. */
async function readTarget(
	context: IExecuteFunctions,
	session: Session,
	itemIndex: number,
	{ callbackUrl }: Asked,
): Promise<Step<CallbackTarget>> {
	const options: IDataObject = context.getNodeParameter('options', itemIndex, {});
	const url = callbackUrl ?? readText(context, videoParameter.callbackUrl.name, itemIndex);
	const target = await readCallbackTarget(context, session, url, options);
	const isOther = callbackUrl !== undefined;
	return target.ok || !isOther ? target : fail(problemInOther(session.provider, target.error));
}
