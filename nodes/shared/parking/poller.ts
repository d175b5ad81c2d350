import { z } from 'zod/v4';
import { parseJson } from '../domain/json';
import { POLLER, RETRY, RING } from '../domain/limits';
import { fail, ok } from '../domain/result';
import { gapAfter, spread } from '../domain/retry';
import { readPlan, rhythms, type PollerPlan, type Rhythm } from '../host/pollerPlan';
import { perProcess } from '../host/process';
import type { PollerRun } from '../host/run';
import { nextRingDelayMs } from '../tasks/schedule';
import { askAboutForm } from './formStatus';
import { judgeAnswer, type RingVerdict } from './ringAnswer';

/** The gap of a rhythm: the wide one is out of step, so that the two are rarely awake together. */
export function ringGapOf(rhythm: Rhythm, gapMs: number): number {
	if (rhythm === 'close') return gapMs;
	const { gaps, moreMs, cappedFromMs, cappedGaps } = POLLER.wide;
	return Math.min(gaps * gapMs + moreMs, Math.max(cappedFromMs, cappedGaps * gapMs));
}

const memorySchema = z.object({
	nextAt: z.number(),
	/** The last round came late and only rested. */
	hasRestedLate: z.boolean(),
	/** Indexes of the rings that are over. */
	over: z.array(z.number()),
	/** Since when each ring has found its execution at work. */
	runningSince: z.record(z.string(), z.number()),
	/** What the parked node gave along at the last ring. */
	note: z.string().optional(),
	cursor: z.number(),
	/** Rounds in a row in which nobody has answered. */
	silentRounds: z.number().default(0),
});

type Memory = z.infer<typeof memorySchema>;

/**
 * One round of a hidden poller: rings where a wait may be ready, and rests until the next round. It
 * knows nothing of what it rings for, so nothing is lost with it; it ends when the wait is over.
 */
export async function runPoller(run: PollerRun) {
	const plan = readPlan(parseJson(String(run.plan)));
	if (plan === undefined) return fail(unknownPlan(run));

	const memory = memorySchema.safeParse(run.kept.memory).data;
	const next = memory === undefined ? begin(run, plan) : await wake(run, plan, memory);
	if (next === undefined) return ok('over' as const);

	run.kept.memory = next;
	await run.restUntil(next.nextAt);
	return ok('again' as const);
}

/** When pollers have begun in a process lately, in Unix milliseconds. */
const begunIn = perProcess((): { times: number[] } => ({ times: [] }));

/** Whether so many begin in this process that the first calls of all of them would hold up its work. */
function isCrowded({ process }: PollerRun): boolean {
	const begun = begunIn(process);
	const now = process.clock.now();
	begun.times = [...begun.times.filter((time) => now - time < RING.watchedGapMs), now];
	return begun.times.length > rhythms.length * POLLER.crowdedFromWaits;
}

/**
 * The first round only rests, so that the execution it is to ring at is parked by the next one. Where
 * very many begin, it is left to the watch for as long as that lasts without another call.
 */
const begin = (run: PollerRun, plan: PollerPlan): Memory => ({
	nextAt: run.process.clock.now() + (isCrowded(run) ? crowdedGapMs(plan) : gapMs(run, plan)),
	hasRestedLate: false,
	over: [],
	runningSince: {},
	cursor: 0,
	silentRounds: 0,
});

const crowdedGapMs = ({ rhythm }: PollerPlan): number => ringGapOf(rhythm, RING.maxGapMs);

async function wake(run: PollerRun, plan: PollerPlan, memory: Memory): Promise<Memory | undefined> {
	const { process } = run;
	const now = process.clock.now();
	if (now >= plan.endsAt) return undefined;
	const settling = process.startingMs();
	// Once only: on a machine that is always late, somebody has to ring at last.
	const isLate = now - memory.nextAt > POLLER.lateMs && !memory.hasRestedLate;
	if (settling > 0 || isLate) {
		const leastMs = Math.max(settling, ringGapOf(plan.rhythm, POLLER.restAfterLateMs));
		const restMs = spread(leastMs, POLLER.restJitter, process.clock);
		return { ...memory, hasRestedLate: isLate, silentRounds: 0, nextAt: now + restMs };
	}
	const rung = await ringAll(run, plan, { ...memory, hasRestedLate: false });
	if (rung.memory.over.length === plan.rings.length) return undefined;
	const asked = rung.afterMs === undefined ? undefined : ringGapOf(plan.rhythm, rung.afterMs);
	const delayMs = Math.max(asked ?? gapMs(run, plan), silentGapMs(run, plan, rung.memory));
	return { ...rung.memory, nextAt: Math.min(process.clock.now() + delayMs, plan.endsAt) };
}

const gapMs = ({ process }: PollerRun, { rhythm, startedAt, maxGapMs }: PollerPlan): number =>
	ringGapOf(rhythm, nextRingDelayMs({ elapsedMs: process.clock.now() - startedAt, maxGapMs }));

/** What nobody has answered is tried again before the end, however long n8n has been silent. */
function silentGapMs({ process }: PollerRun, { endsAt }: PollerPlan, { silentRounds }: Memory) {
	if (silentRounds === 0) return 0;
	const leftMs = endsAt - process.clock.now();
	return Math.min(gapAfter(silentRounds, RETRY.unanswered, process.clock), leftMs / 2);
}

/** Rings wherever it is not over yet, as far as the time of a round goes. */
async function ringAll(
	run: PollerRun,
	{ rings }: PollerPlan,
	before: Memory,
): Promise<{ memory: Memory; afterMs?: number }> {
	const { clock } = run.process;
	const until = clock.now() + POLLER.roundMs;
	const memory = { ...before, over: [...before.over], runningSince: { ...before.runningSince } };
	let afterMs: number | undefined;
	let isSilent = true;
	for (let count = 0; count < rings.length; count++) {
		const index = (before.cursor + count) % rings.length;
		const ring = rings[index];
		if (ring === undefined || memory.over.includes(index)) continue;
		if (clock.now() >= until) {
			return { memory: { ...memory, cursor: index, silentRounds: 0 }, afterMs: 0 };
		}
		const { note } = memory;
		const body = note === undefined ? ring.body : { ...ring.body, note };
		const answer = await run.post(ring.url, body);
		const verdict = (await askAboutForm(run, ring.url, answer)) ?? judgeAnswer(answer);
		isSilent &&= verdict.state === 'silence';
		if (isOver(verdict, index, { memory, now: clock.now() })) memory.over.push(index);
		if (verdict.state !== 'again') continue;
		memory.note = verdict.note ?? note;
		if (verdict.afterMs !== undefined) {
			afterMs = Math.min(afterMs ?? Infinity, verdict.afterMs);
		}
	}
	memory.silentRounds = isSilent ? before.silentRounds + 1 : 0;
	return { memory, afterMs };
}

function isOver(
	verdict: RingVerdict,
	index: number,
	{ memory, now }: { memory: Memory; now: number },
): boolean {
	const { runningSince } = memory;
	if (verdict.state === 'over') return true;
	if (verdict.state !== 'running') {
		delete runningSince[index];
		return false;
	}
	const since = (runningSince[index] ??= now);
	return now - since >= POLLER.workingForGoodMs;
}

/** Executions that an older version of the package has parked look like this. */
function unknownPlan({ items }: PollerRun) {
	const taskIds = items()
		.map(({ json }) => json.taskId)
		.filter((taskId) => typeof taskId === 'string');
	return {
		message: 'This wait was begun by another version of n8n-nodes-seedance and cannot go on',
		description: `Get the videos with the node Seedance Task, operation Wait. Task IDs: ${taskIds.join(', ') || 'see the execution that waits'}.`,
	};
}
