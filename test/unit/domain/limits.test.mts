import {
	DAY_MS,
	DELIVERY,
	DOWNLOAD,
	FILE,
	HOST,
	LOOK,
	LOST,
	MEGABYTE,
	ORDER,
	PATIENCE,
	PAUSE,
	POLLER,
	REMEMBERED,
	REQUEST,
	RETRY,
	RING,
	TABLE,
	TOKEN,
	WATCH,
} from '../../../nodes/shared/domain/limits';
import { longestMs } from '../../../nodes/shared/domain/retry';
import { minutesToMs } from '../../../nodes/shared/domain/time';
import { ringGapOf } from '../../../nodes/shared/parking/poller';
import { spanOf } from '../../../nodes/shared/tasks/sought';

/** Each is read as: the first comes before the second, or together with it. */
const holds = (pairs: Record<string, readonly [number, number]>) =>
	test.each(Object.entries(pairs))('%s', (_, [first, second]) => {
		expect(first).toBeLessThanOrEqual(second);
	});

/** n8n looks once a minute for executions that are to be woken. */
const WOKEN_LATE_MS = minutesToMs(1);

const wide = (gapMs: number) => ringGapOf('wide', gapMs);

/** The longest gap of somebody who looks at a wait that no watch looks at. */
const longestUnwatchedMs = wide(RING.maxGapMs) + WOKEN_LATE_MS;

describe('looks', () => {
	holds({
		'are no rarer by their age than they are at first, until ten minutes have passed': [
			LOOK.gapPerElapsed * minutesToMs(10) - 0.001,
			LOOK.minGapMs,
		],
		'of ten tasks fit what is careful': [10 * (1_000 / LOOK.minGapMs), LOOK.carefulPerSecond],
		'leave a vendor’s rate for orders': [LOOK.shareOfRate, 0.5],
		'that are spread are still ten times as often as a task is old': [LOOK.maxGapPerElapsed, 0.1],
		'at the end get a moment of the time that a request may take': [LOOK.lastMs, REQUEST.readMs],
		'go on for longer than the longest gap': [
			LOOK.defaultMaxGapMs * 10,
			minutesToMs(PATIENCE.defaultTimeoutMinutes),
		],
	});
});

describe('calls', () => {
	holds({
		'have their answer before the next one is made': [RING.answerMs, RING.minGapMs],
		'look for less long than their caller waits': [DELIVERY.lookingMs, RING.answerMs],
		'wait for no ledger for longer than their caller does': [
			longestMs(RETRY.orderNoted),
			RING.answerMs / 2,
		],
		'that come while the execution is resumed are told to come back before the next one': [
			DELIVERY.resumingMs,
			RING.minGapMs,
		],
		'leave n8n the time between them': [RING.minGapMs, RING.watchedGapMs],
		'are rarer where a watch looks, yet no rarer than they ever are': [
			RING.watchedGapMs,
			RING.maxGapMs,
		],
		'of many waits may be rarer': [RING.maxGapMs, RING.maxSharedGapMs],
		'of 48 waits need not be': [48 * RING.gapPerWaitMs, RING.watchedGapMs],
		'come back to a process that has settled': [HOST.settlingMs, PAUSE.longestRestMs],
		'find a credential gone at the next one': [PATIENCE.accessLostMs, RING.minGapMs],
	});
});

describe('pollers', () => {
	const gapsMs = Array.from({ length: 80 }, (_, index) => (index + 1) * 30_000);

	test('of two rhythms are out of step by more than n8n is late', () => {
		for (const gapMs of gapsMs) {
			expect(wide(gapMs) - ringGapOf('close', gapMs)).toBeGreaterThan(WOKEN_LATE_MS);
			expect(wide(gapMs)).toBeLessThanOrEqual(2 * gapMs + POLLER.wide.moreMs);
		}
		expect(gapsMs.map(wide).toSorted((a, b) => a - b)).toEqual(gapsMs.map(wide));
	});

	holds({
		'are late only when n8n has not woken them in time': [WOKEN_LATE_MS + 1, POLLER.lateMs],
		'that are late rest for as long as n8n settles': [HOST.settlingMs, POLLER.restAfterLateMs],
		'ring for less long than they rest': [POLLER.roundMs + RING.answerMs, RING.minGapMs],
		'are gone ten minutes after a wait is over': [longestUnwatchedMs, minutesToMs(10)],
		'call again before n8n hands on what nobody has collected': [
			longestUnwatchedMs + wide(POLLER.restAfterLateMs) * (1 + POLLER.restJitter),
			PAUSE.uncollectedAfterMs,
		],
		'of a crowd are gone ten minutes after a wait is over': [
			wide(RING.maxGapMs) + WOKEN_LATE_MS,
			minutesToMs(10),
		],
		'that nobody answered are gone by then, too': [
			Math.max(...RETRY.unanswered.gapsMs) * (1 + RETRY.unanswered.jitter) + WOKEN_LATE_MS,
			minutesToMs(10),
		],
		'go on while a delivery may still be at work': [
			RING.answerMs + REQUEST.readMs + DELIVERY.resumingMs,
			POLLER.workingForGoodMs,
		],
	});
});

describe('a watch', () => {
	holds({
		'goes on until the poller comes that n8n has woken late': [
			WOKEN_LATE_MS + POLLER.roundMs + RING.answerMs,
			WATCH.lateCallMs,
		],
		'goes on until a poller comes that was late': [POLLER.lateMs, WATCH.lateCallMs],
		'calls no more often than a poller may': [RING.minGapMs, WATCH.minCallGapMs],
		'gives way for as long as a look is worth': [LOOK.minGapMs, WATCH.busyGapMs],
	});
});

describe('what is known of a wait', () => {
	holds({
		'is kept until the next call, late as it may be': [
			RING.maxSharedGapMs + WATCH.lateCallMs,
			DELIVERY.forgottenAfterMs,
		],
		'holds while the same process answers between two calls': [RING.maxGapMs, HOST.servingMs],
		'n8n’s being there is known from one call to the next': [RING.maxGapMs, PAUSE.reachedForMs],
	});
});

describe('the end of a task', () => {
	holds({
		'is waited for until a link of n8n may still be read': [3 * DAY_MS, PATIENCE.endsWithinMs],
		'is rung for until it cannot be known any more': [
			PATIENCE.endsWithinMs + PATIENCE.refusedForGoodMs + longestUnwatchedMs,
			PAUSE.notifyForMs,
		],
		'comes while its token lives, however late it is rung': [
			PAUSE.notifyForMs + longestUnwatchedMs,
			TOKEN.maxAgeMs,
		],
		'is not given up while the vendor’s query may lag': [
			PATIENCE.propagationMs,
			PATIENCE.unknownForGoodMs,
		],
		'is given up sooner where the vendor knows no task than where it refuses': [
			PATIENCE.unknownForGoodMs,
			PATIENCE.refusedForGoodMs,
		],
		'has its grace within what a user waits at least': [
			PATIENCE.graceMs,
			minutesToMs(PATIENCE.defaultTimeoutMinutes),
		],
		'has its grace seen by more than one call': [RING.minGapMs, PATIENCE.graceMs],
	});

	test('is waited for by a link of n8n for as long as a vendor may try', () => {
		expect(FILE.linkLifetime).toBe('3 days');
	});
});

describe('an order', () => {
	const at = Date.parse('2026-11-20T10:00:00.000Z');

	holds({
		'is cancelled after a stop with no more than what is careful': [
			ORDER.parallelCancels,
			LOOK.carefulPerSecond,
		],
		'is sought for as long as its request may have been out': [
			REQUEST.submitMs,
			LOST.longestOrderMs - LOST.clocksDifferMs,
		],
		'waits for its turn for less long than others give it': [
			LOST.longestOrderMs,
			LOST.longestTurnMs,
		],
		'that is lost is sought after every gap': [longestMs(RETRY.lostOrder), LOST.longestSearchMs],
		'that is lost is sought before its try would be over': [
			LOST.longestSearchMs,
			minutesToMs(PATIENCE.defaultTimeoutMinutes),
		],
		'that is lost is no stranger’s of another clock': [
			LOST.clocksDifferMs + LOST.takenLaterMs,
			LOST.quietMs,
		],
		'is tried some times before another vendor is asked': [
			3 * (RETRY.submit.gapsMs[0] ?? Infinity),
			ORDER.patienceWithFallbackMs,
		],
		'is tried at least once within the patience for what has to be there before': [
			Math.max(...RETRY.submit.gapsMs) * (1 + RETRY.submit.jitter),
			ORDER.preparingPatienceMs,
		],
		'waits for its ledger for less long than for another vendor': [
			2 * TABLE.deadlineMs + longestMs(RETRY.tableWrite),
			ORDER.patienceWithFallbackMs,
		],
		'finds its upload where every vendor keeps it': [ORDER.uploadReuseMs, DAY_MS / 2],
	});

	test('is sought from before it was written down until after its request has ended', () => {
		const { fromMs, toMs } = spanOf(at);
		expect(fromMs).toBeLessThan(at);
		expect(toMs).toBeGreaterThan(at + REQUEST.submitMs);
	});

	test('is tried again ever less often', () => {
		const { gapsMs } = RETRY.submit;
		expect(gapsMs).toEqual(gapsMs.toSorted((a, b) => a - b));
	});
});

describe('requests', () => {
	holds({
		'that bring files may take longer': [REQUEST.readMs, REQUEST.uploadMs],
		'for an order may take as long as one with files, which may go along': [
			REQUEST.uploadMs,
			REQUEST.submitMs,
		],
		'have answers that fit into memory some times over': [
			REQUEST.maxAnswerBytes * WATCH.parallelLooks,
			256 * MEGABYTE,
		],
	});
});

describe('a download', () => {
	holds({
		'has time for all its tries, the gaps between them included': [
			(RETRY.download.gapsMs.length + 1) * DOWNLOAD.minMs + longestMs(RETRY.download),
			DOWNLOAD.timeoutMs,
		],
		'ends before nobody collects it': [DOWNLOAD.timeoutMs, PAUSE.uncollectedAfterMs],
	});
});

describe('files', () => {
	holds({
		'are said to be better off on a disk before n8n loses them': [
			FILE.manyBytesInMemory,
			FILE.maxMegabytesInMemory * MEGABYTE,
		],
		'are read in pieces that are small beside them': [FILE.chunkBytes, FILE.manyBytesInMemory / 8],
	});
});

describe('the ledger', () => {
	holds({
		'leaves a reader room for conditions of its own': [2 * TABLE.foundAtOnce, TABLE.maxConditions],
		'has its answers together before a call is over': [TABLE.gatherMs, RING.answerMs],
		'in trouble is left alone for as long as a try may hang': [
			TABLE.deadlineMs,
			TABLE.gatherInTroubleMs,
		],
	});
});

describe('what others decide', () => {
	holds({
		'SQLite takes no longer list of conditions': [TABLE.maxConditions, 200],
		'n8n takes no longer name for a table': [TABLE.maxNameLength, 128],
		'n8n’s memory mode was seen to lose more': [FILE.maxMegabytesInMemory, 65],
	});
});

describe('tokens', () => {
	holds({
		'live for as long as any task may': [PATIENCE.endsWithinMs, TOKEN.maxAgeMs],
		'are not refused where two machines’ clocks differ as vendors’ may': [
			LOST.clocksDifferMs,
			TOKEN.clockToleranceMs,
		],
		// Four thirds: base64url. Servers commonly take addresses of 8 kB.
		'fit into an address with context and prompt': [
			((TOKEN.maxContextLength + TOKEN.maxPromptLength + 1_000) * 4) / 3,
			8_000,
		],
	});
});

describe('memory', () => {
	holds({
		'of a trigger fits into what n8n writes at every delivery': [
			REMEMBERED.deliveries * 16,
			MEGABYTE / 2,
		],
	});
});

test('whatever is tried again is spread, and never sooner than it was', () => {
	for (const [name, { gapsMs, jitter }] of Object.entries(RETRY)) {
		// At a later try nothing has to be waited for.
		const least = name === 'lostOrderLater' ? 0 : 0.2;
		expect([name, jitter >= least && jitter <= 0.5]).toEqual([name, true]);
		expect(gapsMs.length).toBeGreaterThan(0);
	}
});
