import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { z } from 'zod/v4';
import type { Clock } from '../clock';
import { BUSY, exchange, post } from './doorbell';
import type { PollerParameters } from './pollerWorkflow';
import { startKeeper } from './spawn';

const FIRST_ROUND_MS = 2 * 60_000;
const ROUND_MS = 3 * 60_000;

/** n8n wakes a parked execution up to a minute late; later than this it was killed while awake. */
const KEEPER_GRACE_MS = 90_000;

const keeperAnswer = z.object({ nextLookAt: z.number() });

/**
 * Looks after a keeper: an execution that is killed while it runs is not revived by n8n (2.41.1).
 * A keeper runs for some ten milliseconds a minute; when it is killed in one of them, the guardian
 * starts another in its place. It ends with the keeper.
 */
export async function guard(
	context: IExecuteFunctions,
	clock: Clock,
	parameters: PollerParameters,
): Promise<[INodeExecutionData[], INodeExecutionData[]]> {
	const items = context.getInputData();
	const known = context.getContext('node');
	let keeperUrl = String(known.keeperUrl ?? parameters.keeperUrl);
	const isFirstRound = known.keeperUrl === undefined;

	if (keeperUrl === '' || !isFirstRound) {
		const state = keeperUrl === '' ? 'dead' : await stateOf(context, clock, keeperUrl);
		if (state === 'unreachable') return [[], []];
		if (state !== 'alive') {
			if (!(await isStillNeeded(context, parameters, state))) return [[], []];
			const keeper = await startKeeper(context, { ...parameters, keeperUrl: '' }, items);
			keeperUrl = String(keeper.data[0]?.[0]?.json.keeperUrl ?? '');
		}
	}
	known.keeperUrl = keeperUrl;
	const roundMs = isFirstRound ? FIRST_ROUND_MS : ROUND_MS;
	await context.putExecutionToWait(new Date(clock.now() + roundMs));
	return [items, []];
}

async function stateOf(
	context: IExecuteFunctions,
	clock: Clock,
	keeperUrl: string,
): Promise<'alive' | 'ended' | 'dead' | 'unreachable'> {
	const answer = await exchange(context, keeperUrl, {});
	if (answer === undefined) return 'unreachable';
	if (answer.httpStatus === BUSY) return isRunning(answer.body) ? 'alive' : 'ended';
	const parsed = keeperAnswer.safeParse(answer.body);
	// n8n lets a killed execution answer as if it were parked, but its next look is long over.
	const isFresh = parsed.success && parsed.data.nextLookAt > clock.now() - KEEPER_GRACE_MS;
	return isFresh ? 'alive' : 'dead';
}

const isRunning = (body: unknown) =>
	/is running already/.test(String(Reflect.get(Object(body), 'message')));

/** Whether anybody still waits for what the keeper was to bring. */
async function isStillNeeded(
	context: IExecuteFunctions,
	{ waiterUrl }: PollerParameters,
	state: 'ended' | 'dead',
): Promise<boolean> {
	// A keeper that delivers to a trigger has nobody waiting: once ended, its work is done.
	if (waiterUrl === '') return state === 'dead';
	return (await post(context, waiterUrl, {})) !== BUSY;
}
