import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { z } from 'zod/v4';
import { clock } from '../clock';
import { post, type PostAnswer } from './doorbell';
import { readParkedItem, toParkedItem } from './parkedTask';
import type { PollerOutput, PollerParameters } from './pollerWorkflow';
import { startKeeper } from './spawn';

const FIRST_ROUND_MS = 2 * 60_000;
const ROUND_MS = 3 * 60_000;

/** n8n wakes a parked execution up to a minute late; later than this it was killed while awake. */
const KEEPER_GRACE_MS = 90_000;

/** n8n answers 409 for an execution that is running just now, or has ended. */
const BUSY = 409;

const keeperAnswer = z.object({
	nextLookAt: z.number(),
	items: z.array(
		z.custom<INodeExecutionData>((item) => readParkedItem(Object(item)) !== undefined),
	),
});

/**
 * Looks after a keeper: an execution that is killed while it runs is not revived by n8n (2.41.1).
 * When the keeper is killed while it is awake, the guardian starts another that goes on where it
 * stopped. It ends with the keeper; where this n8n does not reach its own webhooks, at once.
 */
export async function guard(
	context: IExecuteFunctions,
	parameters: PollerParameters,
): Promise<PollerOutput> {
	const memory = context.getContext('node');
	const isFirstRound = memory.keeperUrl === undefined;
	const keeperUrl = String(memory.keeperUrl ?? parameters.keeperUrl);
	const given = context.getInputData();

	if (keeperUrl === '') {
		memory.keeperUrl = await replaceKeeper(context, parameters, given);
	} else if (isFirstRound) {
		memory.keeperUrl = keeperUrl;
	} else {
		const answer = await post(context, keeperUrl, { guard: true });
		if (answer === undefined || (await isDone(context, parameters, answer))) return [[], []];
		const known = keeperAnswer.safeParse(answer.body).data;
		if (isDead(answer, known?.nextLookAt)) {
			memory.keeperUrl = await replaceKeeper(context, parameters, known?.items ?? given);
		}
	}
	const roundMs = isFirstRound ? FIRST_ROUND_MS : ROUND_MS;
	await context.putExecutionToWait(new Date(clock.now() + roundMs));
	return [given, []];
}

async function replaceKeeper(
	context: IExecuteFunctions,
	parameters: PollerParameters,
	items: INodeExecutionData[],
): Promise<string> {
	const tasks = items.flatMap((item) => readParkedItem(item) ?? []).map(toParkedItem);
	const keeper = await startKeeper(context, { ...parameters, keeperUrl: '' }, tasks);
	return String(keeper.data[0]?.[0]?.json.keeperUrl ?? '');
}

const saysRunning = ({ httpStatus, body }: PostAnswer) =>
	httpStatus === BUSY && /is running already/.test(String(Reflect.get(Object(body), 'message')));

/** The keeper has ended, and nobody waits any more for what it was to bring. */
async function isDone(
	context: IExecuteFunctions,
	{ waiterUrl }: PollerParameters,
	answer: PostAnswer,
): Promise<boolean> {
	if (answer.httpStatus !== BUSY || saysRunning(answer)) return false;
	return waiterUrl === '' || (await post(context, waiterUrl, {}))?.httpStatus === BUSY;
}

/** n8n lets a killed execution answer as if it were parked, but its next look is long over. */
function isDead(answer: PostAnswer, nextLookAt: number | undefined): boolean {
	if (saysRunning(answer)) return false;
	return nextLookAt === undefined || nextLookAt < clock.now() - KEEPER_GRACE_MS;
}
