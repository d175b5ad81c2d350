import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { problemOfHandOver, type Problem } from '../errors';
import { toRow, type RowOrigin } from '../lifecycle/row';
import { onProblemOf, settle } from '../lifecycle/settle';
import type { Session, WaitingRules } from '../lifecycle/types';
import { minutesToMs } from '../lifecycle/units';
import type { Task } from '../vendors';
import { toParkedItem, type ParkedTask } from './parkedTask';
import type { PollerDuty, PollerParameters } from './pollerWorkflow';
import { resumeUrlOf, startDetached, startKeeper } from './spawn';

/** One item of a run whose tasks are looked after elsewhere from now on. */
export interface Entrusted {
	itemIndex: number;
	origin: RowOrigin;
	/** Unix milliseconds. */
	submittedAt: number;
	waiting: WaitingRules;
	callbackUrl?: string;
	outcome: { ok: true; task: Task } | { ok: false; problem: Problem };
}

/** Vendors forget a task after some days; reporting its end makes no sense for longer. */
const DELIVERY_MINUTES = 7 * 24 * 60;

/**
 * Parks the execution until every task has ended, and gives the rows as they are now. What follows
 * in the workflow gets the keeper's items: the finished videos.
 */
export async function parkUntilFinished(
	context: IExecuteFunctions,
	session: Session,
	entrusted: Entrusted[],
): Promise<INodeExecutionData[]> {
	const items = entrusted.map((item) => toParkedItem(toParked(session, item)));
	const parameters = {
		...pollerParameters(context, session, 'return'),
		waiterId: context.getExecutionId(),
		waiterUrl: resumeUrlOf(context),
	};
	const started = await handingOver(async () => await startKeeper(context, parameters, items));
	if (!started.ok) return settleLeft(context, session, entrusted, started.reason);
	const [childItems] = started.value.data;
	if (!started.value.waitTill) return childItems ?? [];

	const keeperUrl = String(childItems?.[0]?.json.keeperUrl);
	const guarded = await handingOver(
		async () => await startDetached(context, 'guardian', { ...parameters, keeperUrl }, items),
	);
	if (!guarded.ok) session.log(`Seedance: the wait has no guardian: ${guarded.reason}`);

	// n8n keeps this node's input while it is parked: with the tasks in it, their IDs are in the
	// execution whatever happens, and a callback finds the keeper.
	for (const [index, item] of context.getInputData().entries()) {
		const parked = items[index];
		if (parked !== undefined) item.json = { ...parked.json, keeperUrl };
	}
	return entrusted.map(({ itemIndex, origin, outcome }) => ({
		json: outcome.ok ? toRow(outcome.task, origin, { raw: false }) : { ...origin },
		pairedItem: { item: itemIndex },
	}));
}

/**
 * Has the end of every task reported to its callback URL, in the place of the vendor, and gives the
 * rows as they are now.
 */
export async function deliverWhenFinished(
	context: IExecuteFunctions,
	session: Session,
	entrusted: Entrusted[],
): Promise<INodeExecutionData[]> {
	const items = entrusted
		.filter(({ outcome }) => outcome.ok)
		.map((item) => ({ ...item, waiting: { ...item.waiting, timeoutMinutes: DELIVERY_MINUTES } }))
		.map((item) => toParkedItem(toParked(session, item)));
	if (items.length === 0) return settleEntrusted(context, entrusted);

	const parameters = pollerParameters(context, session, 'deliver');
	const started = await handingOver(
		async () => await startDetached(context, 'guardian', parameters, items),
	);
	return started.ok
		? settleEntrusted(context, entrusted)
		: settleLeft(context, session, entrusted, started.reason);
}

async function handingOver<T>(
	work: () => Promise<T>,
): Promise<{ ok: true; value: T } | { ok: false; reason: string }> {
	try {
		return { ok: true, value: await work() };
	} catch (error) {
		return { ok: false, reason: error instanceof Error ? error.message : String(error) };
	}
}

/** The tasks are paid for and nobody looks after them: each becomes a problem with its ID. */
function settleLeft(
	context: IExecuteFunctions,
	{ provider }: Session,
	entrusted: Entrusted[],
	reason: string,
): INodeExecutionData[] {
	const left = entrusted.map(
		(item): Entrusted =>
			item.outcome.ok
				? {
						...item,
						outcome: {
							ok: false,
							problem: problemOfHandOver(provider, item.outcome.task, reason),
						},
					}
				: item,
	);
	return settleEntrusted(context, left);
}

/** The tasks as rows at once, for nodes that do not wait for them. */
export function settleEntrusted(
	context: IExecuteFunctions,
	entrusted: Entrusted[],
): INodeExecutionData[] {
	const results = entrusted.map(({ itemIndex, origin, outcome }) =>
		outcome.ok
			? { ok: true as const, itemIndex, origin, json: toRow(outcome.task, origin, { raw: false }) }
			: { ...outcome, itemIndex, origin },
	);
	return settle(context.getNode(), results, onProblemOf(context));
}

function toParked({ clock }: Session, item: Entrusted): ParkedTask {
	const { itemIndex, origin, submittedAt, waiting, callbackUrl, outcome } = item;
	return {
		row: outcome.ok ? toRow(outcome.task, origin, { raw: false }) : { ...origin },
		state: {
			itemIndex,
			submittedAt,
			deadlineAt: clock.now() + minutesToMs(waiting.timeoutMinutes),
			timeoutMinutes: waiting.timeoutMinutes,
			maxPollGapMs: waiting.maxPollGapMs,
			callbackUrl,
			ended: !outcome.ok,
			...(outcome.ok ? {} : { problem: outcome.problem }),
		},
	};
}

function pollerParameters(
	context: IExecuteFunctions,
	{ providerId }: Session,
	duty: PollerDuty,
): PollerParameters {
	return {
		provider: providerId,
		duty,
		onProblem: onProblemOf(context),
		downloadVideo: context.getNodeParameter('downloadVideo', 0, true) === true,
		binaryPropertyName: String(context.getNodeParameter('binaryPropertyName', 0, 'data')),
		simplify: context.getNodeParameter('simplify', 0, true) === true,
		keeperUrl: '',
		waiterId: '',
		waiterUrl: '',
	};
}
