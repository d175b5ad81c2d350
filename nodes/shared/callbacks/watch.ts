import { reasonOf } from '../domain/json';
import { RETRY, WATCH } from '../domain/limits';
import { gapAfter } from '../domain/retry';
import type { Call } from '../host/call';
import type { PostAnswer } from '../host/network';
import { perProcess, type Process } from '../host/process';
import { judge, look, type Patience } from '../tasks/look';
import { mapParallel, openTurns } from '../tasks/parallel';
import { looksPerSecondOf, nextPollDelayMs, nextRingDelayMs } from '../tasks/schedule';
import type { TaskHandle } from '../tasks/order';
import type { Session } from '../tasks/session';

/** The way out of this process, to a vendor's account and to this n8n. */
export interface Way extends Pick<Call, 'process' | 'log' | 'post'> {
	session: Session;
}

/**
 * One way to each account for all watches, the newest: what a call brings along holds the data of the
 * whole execution that it belongs to.
 */
const waysOf = perProcess(() => new Map<string, { way: Way; watches: number }>());

/** Calls beyond what n8n can answer in time would only be made again. */
const turnsOf = perProcess(() => openTurns(WATCH.parallelCalls));

export interface WatchedTask extends TaskHandle, Patience {
	maxPollGapMs?: number;
}

export interface Watched {
	tasks: readonly WatchedTask[];
	/** Whether nobody has taken this watch's place, and somebody still waits. */
	isOn: () => boolean;
	/** Has whoever takes delivery look. */
	call: (by: Pick<Way, 'post'>) => Promise<PostAnswer | undefined>;
	/** When somebody else calls, in milliseconds from now. */
	nextCallMs: number;
}

/**
 * Goes on looking between two calls to a webhook of this package, in the process that was called
 * last, and calls when a task seems to have ended. A look from here is one request to the vendor, where
 * a call makes n8n load and start executions. It decides nothing and may die at any moment: the pollers
 * call all the same, and the next call begins another watch. Resolves when the watch is over.
 */
export function watch(way: Way, watched: Watched): Promise<void> {
	const { process, session } = way;
	const { account } = session;
	const ways = waysOf(process);
	const watches = (ways.get(account)?.watches ?? 0) + 1;
	ways.set(account, { way, watches });
	// From here on without the way, which would be kept alive for as long as the watch lasts.
	const round = begin(watched, process.clock.now(), session.lookCount);
	return lookUntilCalled({ process, account }, watched, round);
}

interface Watching {
	process: Process;
	account: string;
}

interface Pending {
	task: WatchedTask;
	/** Unix milliseconds. */
	nextLookAt: number;
	failedLooks: number;
	/** Takes it out of what is in the works. */
	end: () => void;
}

interface Round {
	/** Those that do not seem to have ended. */
	pending: Pending[];
	startedAt: number;
	until: number;
	/** When to call for those that do. */
	callAt: number;
	/** Calls in a row that nobody has answered. */
	unanswered: number;
	/** Until when the vendor has asked to be left alone. */
	restUntil: number;
}

function begin(
	{ tasks, nextCallMs }: Watched,
	startedAt: number,
	lookCount: Session['lookCount'],
): Round {
	const pending = tasks.map((task) => ({
		task,
		nextLookAt: startedAt,
		failedLooks: 0,
		end: lookCount.begin(),
	}));
	const until = startedAt + nextCallMs + WATCH.lateCallMs;
	return { pending, startedAt, until, callAt: Infinity, unanswered: 0, restUntil: startedAt };
}

async function lookUntilCalled(
	{ process, account }: Watching,
	watched: Watched,
	round: Round,
): Promise<void> {
	const { clock } = process;
	const ways = waysOf(process);
	const isOn = () => watched.isOn() && clock.now() < round.until;
	try {
		const session = ways.get(account)?.way.session;
		for (const one of round.pending) if (session) one.nextLookAt += gapMs(session, one);
		while (isOn()) {
			const lookAt = Math.min(...round.pending.map(({ nextLookAt }) => nextLookAt));
			// Whoever sleeps past the end of the watch only keeps the credential.
			const wakeAt = Math.min(Math.max(lookAt, round.restUntil), round.callAt, round.until);
			await clock.sleep(Math.max(wakeAt - clock.now(), 0));
			const way = ways.get(account)?.way;
			if (way === undefined || !isOn()) return;
			await lookAround(way.session, round, isOn);
			if (!isOn() || clock.now() < round.callAt) continue;
			const isAnswered = await callInTurn(process, async () => {
				const by = ways.get(account)?.way;
				return by && isOn() ? await watched.call(by) : undefined;
			});
			round.unanswered = isAnswered ? 0 : round.unanswered + 1;
			round.callAt =
				clock.now() +
				(isAnswered ? WATCH.minCallGapMs : gapAfter(round.unanswered, RETRY.unanswered, clock));
		}
	} catch (error) {
		const log = ways.get(account)?.way.log;
		log?.error('Seedance: a watch has ended early', { error: reasonOf(error) });
	} finally {
		for (const { end } of round.pending) end();
		const shared = ways.get(account);
		if (shared !== undefined) shared.watches -= 1;
		if (shared?.watches === 0) ways.delete(account);
	}
}

/** Calls when it is this watch's turn; tells whether n8n has answered. */
async function callInTurn(
	process: Process,
	call: () => Promise<PostAnswer | undefined>,
): Promise<boolean> {
	const { httpStatus = Infinity } = (await turnsOf(process)(call)) ?? {};
	return httpStatus < 500;
}

/** Looks at the tasks whose time has come. */
async function lookAround(session: Session, round: Round, isOn: () => boolean): Promise<void> {
	const { clock } = session;
	const now = clock.now();
	if (round.restUntil > now) return;
	const due = round.pending.filter(({ nextLookAt }) => nextLookAt <= now);
	const ended = new Set<Pending>();
	await mapParallel(due, WATCH.parallelLooks, async (one) => {
		if (!isOn()) return;
		if (session.isBusy()) {
			one.nextLookAt = clock.now() + WATCH.busyGapMs;
			return;
		}
		const verdict = judge(session, one.task, await look(session, one.task), one.task);
		if (verdict.state !== 'pending') return void ended.add(one);
		one.failedLooks = verdict.fault === undefined ? 0 : one.failedLooks + 1;
		one.nextLookAt = clock.now() + gapMs(session, one);
		const restMs = verdict.fault?.retryAfterMs ?? 0;
		round.restUntil = Math.max(round.restUntil, clock.now() + restMs);
	});
	if (ended.size === 0) return;
	for (const { end } of ended) end();
	round.pending = round.pending.filter((one) => !ended.has(one));
	const earliest = round.pending.length === 0 ? 0 : round.startedAt + WATCH.minCallGapMs;
	round.callAt = Math.min(round.callAt, Math.max(earliest, clock.now()));
}

function gapMs({ clock, lookCount, provider }: Session, { task, failedLooks }: Pending): number {
	const { submittedAt, maxPollGapMs, deadlineAt } = task;
	const now = clock.now();
	const elapsedMs = now - submittedAt;
	const gap = nextPollDelayMs({
		elapsedMs,
		maxGapMs: maxPollGapMs ?? nextRingDelayMs({ elapsedMs }),
		inWorks: lookCount.count(),
		looksPerSecond: looksPerSecondOf(provider.limits.requests),
		isDocumented: provider.limits.requests !== undefined,
		failedLooks,
	});
	return Math.max(Math.min(gap, deadlineAt - now), 0);
}
