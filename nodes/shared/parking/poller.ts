import { z } from 'zod/v4';
import { parseJson } from '../domain/json';
import { fail, ok } from '../domain/result';
import { perProcess } from '../host/process';
import { readPlan, rhythms, type PollerPlan, type Rhythm } from '../host/pollerPlan';
import type { PollerRun } from '../host/run';
import { nextCallDelayMs, nextRingDelayMs } from '../tasks/schedule';
import { askAboutForm } from './formStatus';
import { judgeAnswer, type RingVerdict } from './ringAnswer';

/** The wide rhythm is out of step with the close one, so that the two are rarely awake together. */
const rhythmGaps: Record<Rhythm, (gapMs: number) => number> = {
	close: (gapMs) => gapMs,
	wide: (gapMs) => Math.min(2 * gapMs + 75_000, Math.max(8 * 60_000, 1.6 * gapMs)),
};

/** n8n wakes a parked execution at most a minute late; later than this it was down meanwhile. */
const LATE_MS = 90_000;

/** An execution that is at work for so long has gone past its wait. */
const RUNNING_FOR_GOOD_MS = 4 * 60_000;

/** A round rings for so long; the next one goes on with the others. */
const RINGING_MS = 20_000;

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

/** When the pollers that have begun here come for the first time, so that of many few come at once. */
const firstRoundsIn = perProcess<{ at: number[] }>(() => ({ at: [] }));

/**
 * The first round only rests, for as long as after a call: whoever started the pollers calls by itself
 * at once, and from there on a watch looks (`callSoon` in `park.ts`).
 */
function begin({ process }: PollerRun, { rhythm }: PollerPlan): Memory {
	const now = process.clock.now();
	const first = firstRoundsIn(process);
	first.at = first.at.filter((at) => at > now);
	const waits = first.at.length / rhythms.length;
	const nextAt = now + rhythmGaps[rhythm](nextCallDelayMs({ elapsedMs: 0, waits }));
	first.at.push(nextAt);
	return { nextAt, ...nothingYet() };
}

const nothingYet = (): Omit<Memory, 'nextAt'> => ({
	hasRestedLate: false,
	over: [],
	runningSince: {},
	cursor: 0,
});

async function wake(run: PollerRun, plan: PollerPlan, memory: Memory): Promise<Memory | undefined> {
	const { process } = run;
	const now = process.clock.now();
	if (now >= plan.endsAt) return undefined;
	const settling = process.startingMs();
	// Once only: on a machine that is always late, somebody has to ring at last.
	const isLate = now - memory.nextAt > LATE_MS && !memory.hasRestedLate;
	if (settling > 0 || isLate) {
		const restMs = Math.max(settling, rhythmGaps[plan.rhythm](60_000));
		return { ...memory, hasRestedLate: isLate, nextAt: now + restMs };
	}
	const rung = await ringAll(run, plan, { ...memory, hasRestedLate: false });
	if (rung.memory.over.length === plan.rings.length) return undefined;
	const asked = rung.afterMs === undefined ? undefined : rhythmGaps[plan.rhythm](rung.afterMs);
	const delayMs = Math.max(asked ?? gapMs(run, plan), 0);
	return { ...rung.memory, nextAt: Math.min(process.clock.now() + delayMs, plan.endsAt) };
}

const gapMs = ({ process }: PollerRun, { rhythm, startedAt, maxGapMs }: PollerPlan): number =>
	rhythmGaps[rhythm](nextRingDelayMs({ elapsedMs: process.clock.now() - startedAt, maxGapMs }));

/** Rings wherever it is not over yet, as far as the time of a round goes. */
async function ringAll(
	run: PollerRun,
	{ rings }: PollerPlan,
	before: Memory,
): Promise<{ memory: Memory; afterMs?: number }> {
	const { clock } = run.process;
	const until = clock.now() + RINGING_MS;
	const memory = { ...before, over: [...before.over], runningSince: { ...before.runningSince } };
	let afterMs: number | undefined;
	for (let count = 0; count < rings.length; count++) {
		const index = (before.cursor + count) % rings.length;
		const ring = rings[index];
		if (ring === undefined || memory.over.includes(index)) continue;
		if (clock.now() >= until) {
			return { memory: { ...memory, cursor: index }, afterMs: 0 };
		}
		const { note } = memory;
		const body = note === undefined ? ring.body : { ...ring.body, note };
		const answer = await run.post(ring.url, body);
		const verdict = (await askAboutForm(run, ring.url, answer)) ?? judgeAnswer(answer);
		if (isOver(verdict, index, { memory, now: clock.now() })) memory.over.push(index);
		if (verdict.state !== 'again') continue;
		memory.note = verdict.note ?? note;
		if (verdict.afterMs !== undefined) {
			afterMs = Math.min(afterMs ?? Infinity, verdict.afterMs);
		}
	}
	return { memory, afterMs };
}

function isOver(
	verdict: RingVerdict,
	index: number,
	{ memory, now }: { memory: Memory; now: number },
): boolean {
	const { runningSince } = memory;
	if (verdict.state === 'over') return true;
	if (verdict.state === 'again') {
		delete runningSince[index];
		return false;
	}
	const since = (runningSince[index] ??= now);
	return now - since >= RUNNING_FOR_GOOD_MS;
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
