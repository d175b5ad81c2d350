import type { IWebhookFunctions } from 'n8n-workflow';
import { reasonOf } from '../domain/json';
import { clock } from '../n8n/clock';
import { post } from '../n8n/post';
import { judge, look } from '../tasks/look';
import { mapParallel } from '../tasks/parallel';
import { nextPollDelayMs, nextRingDelayMs } from '../tasks/schedule';
import type { Session } from '../tasks/session';
import type { ParkedItem, ParkedTask } from './parked';
import type { Progress } from './progress';

/** In a batch larger than this the tasks take turns, so that a watch stays small. */
const LOOKS_PER_ROUND = 10;

const PARALLEL_LOOKS = 5;

/** Of a batch, what has ended is fetched together. */
const MIN_CALL_GAP_MS = 60_000;

const MIN_ROUND_GAP_MS = 2_000;

/** A caller may come so much later than it was asked to. */
const LATE_CALL_MS = 2 * 60_000;

/** The way out of this process, to a vendor's account and to this n8n. */
interface Way {
	session: Session;
	context: IWebhookFunctions;
}

/**
 * One way to each account for all watches, the newest: a context holds the data of the whole
 * execution that it belongs to.
 */
const ways = new Map<string, { way: Way; watches: number }>();

export interface Watched {
	/** Items with a task that has not ended. */
	pending: readonly ParkedItem[];
	progress: Progress;
	/** The watch goes on for as long as the progress names this turn. */
	turn: symbol;
	/** Where the paused execution takes calls. */
	address: { url: string; nonce: string };
	/** When somebody else calls, in milliseconds from now. */
	nextCallMs: number;
}

/**
 * Goes on looking between two calls to a paused execution, in the process that was called last, and
 * calls when a task seems to have ended. A look from here is one request to the vendor, where a call
 * makes n8n load and start two executions. It decides nothing and may die at any moment: the pollers
 * call all the same, and the next call begins another watch.
 */
export function watch({ session, context }: Way, watched: Watched): void {
	const { account } = session;
	const watches = (ways.get(account)?.watches ?? 0) + 1;
	ways.set(account, { way: { session, context }, watches });
	// From here on without the context, which would be kept alive for as long as the watch lasts.
	void lookUntilCalled(account, watched);
}

async function lookUntilCalled(account: string, watched: Watched): Promise<void> {
	const { pending, nextCallMs } = watched;
	const startedAt = clock.now();
	const round: Round = {
		watched,
		startedAt,
		until: startedAt + nextCallMs + LATE_CALL_MS,
		ended: new Set(),
		cursor: 0,
		restMs: 0,
	};
	try {
		do {
			const left = pending.filter(({ itemIndex }) => !round.ended.has(itemIndex));
			const gapMs = Math.max(roundGapMs(left), round.restMs);
			// Whoever sleeps past the end of the watch only keeps the credential.
			await clock.sleep(Math.min(gapMs, round.until - clock.now()));
		} while (await lookAround(account, round));
	} catch (error) {
		const logger = ways.get(account)?.way.context.logger;
		logger?.error('Seedance: a watch has ended early', { error: reasonOf(error) });
	} finally {
		const shared = ways.get(account);
		if (shared !== undefined) shared.watches -= 1;
		if (shared?.watches === 0) ways.delete(account);
	}
}

interface Round {
	watched: Watched;
	/** Unix milliseconds. */
	startedAt: number;
	until: number;
	/** Indexes of the items whose task seems to have ended. */
	ended: Set<number>;
	cursor: number;
	/** What the vendor has last asked to wait. */
	restMs: number;
}

/** Looks at some of the tasks, calls where something has ended, and says whether to go on. */
async function lookAround(account: string, round: Round): Promise<boolean> {
	const { watched, startedAt, until, ended, cursor } = round;
	const { pending, progress, turn, address } = watched;
	const isOn = () => progress.watch === turn;
	const way = ways.get(account)?.way;
	if (way === undefined || !isOn() || clock.now() >= until) return false;

	const left = pending.filter(({ itemIndex }) => !ended.has(itemIndex));
	const start = cursor % Math.max(left.length, 1);
	const inTurn = [...left.slice(start), ...left.slice(0, start)].slice(0, LOOKS_PER_ROUND);
	round.cursor = start + inTurn.length;
	round.restMs = 0;
	await mapParallel(inTurn, PARALLEL_LOOKS, async ({ itemIndex, task }) => {
		if (!task.ok || !isOn() || way.session.isBusy()) return;
		const verdict = await lookAt(way.session, task.value);
		if (verdict.state !== 'pending') ended.add(itemIndex);
		else round.restMs = Math.max(round.restMs, verdict.fault?.retryAfterMs ?? 0);
	});
	const isTime = ended.size === pending.length || clock.now() >= startedAt + MIN_CALL_GAP_MS;
	if (ended.size > 0 && isTime && isOn()) {
		await post(way.context, address.url, { nonce: address.nonce });
	}
	return isOn();
}

const lookAt = async (session: Session, task: ParkedTask) =>
	judge(session, task, await look(session, task), task);

function roundGapMs(left: readonly ParkedItem[]): number {
	const now = clock.now();
	const gaps = left.flatMap(({ task }) => {
		if (!task.ok) return [];
		const { submittedAt, maxPollGapMs, deadlineAt } = task.value;
		const elapsedMs = now - submittedAt;
		const maxGapMs = maxPollGapMs ?? nextRingDelayMs({ elapsedMs });
		const gapMs = nextPollDelayMs({ elapsedMs, maxGapMs });
		return [Math.min(gapMs, deadlineAt - now)];
	});
	return gaps.length === 0 ? MIN_CALL_GAP_MS : Math.max(Math.min(...gaps), MIN_ROUND_GAP_MS);
}
