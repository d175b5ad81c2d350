import type { RetryPolicy } from './retry';

/*
 * All times and limits of the package, by what they belong to, so that those that depend on each other
 * can be seen together; `test/unit/domain/limits.test.mts` holds how they do. Not here: what a vendor
 * documents (its own folder), what a film may have (`film/limits.ts`), and how far a reader goes into
 * bytes and texts of strangers (beside it).
 */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY_MS = 24 * HOUR;
export const MEGABYTE = 1024 * 1024;

/** Looks at a task: `tasks/schedule.ts` says how these work together. */
export const LOOK = {
	/** A look costs a vendor a millisecond, and nobody likes to wait for a video that is there. */
	minGapMs: 2 * SECOND,
	/** Counts from ten minutes on, so that a job of two days does not cost a hundred thousand looks. */
	gapPerElapsed: 1 / 300,
	/** However many are in the works or fail, a video is found a tenth of its time late at most. */
	maxGapPerElapsed: 0.1,
	/** Where the user sets no Poll Interval. */
	defaultMaxGapMs: 30 * SECOND,
	/** Of a vendor's documented rate; the rest is for orders and the user's others. */
	shareOfRate: 0.5,
	/** Where a vendor documents no rate: ten tasks, each looked at every two seconds. */
	carefulPerSecond: 5,
	/** The look at the very end of the time still gets a moment for its answer. */
	lastMs: 5 * SECOND,
} as const;

/** When nobody looks any longer, or believes what was said last. */
export const PATIENCE = {
	/** Where the user sets no Timeout: several times what the slowest model takes. */
	defaultTimeoutMinutes: 30,
	/** For what may pass by itself: a finished task whose video is not named, a task that is not found. */
	graceMs: 2 * MINUTE,
	/** A task that was just created may be unknown to the vendor's own task query for a moment. */
	propagationMs: 2 * MINUTE,
	/** A vendor that has never heard of a task this long after it was submitted has no such task. */
	unknownForGoodMs: 10 * MINUTE,
	/** An answer about a task that was refused for so long will not come any more. */
	refusedForGoodMs: 2 * HOUR,
	/** Three days is the longest that a vendor can be told to try; nobody will ever know a later end. */
	endsWithinMs: 4 * DAY_MS,
	/** A credential that was not there for so long is gone. */
	accessLostMs: MINUTE,
} as const;

/** Requests to a vendor. */
export const REQUEST = {
	readMs: 30 * SECOND,
	/** Tens of megabytes go out more slowly than an answer comes in. */
	uploadMs: 2 * MINUTE,
	/** Some vendors look through the images before they answer; who gives up may have paid. */
	submitMs: 2 * MINUTE,
	/** Unpacked; the longest answer that a vendor documents, a hundred tasks, has some hundred kilobytes. */
	maxAnswerBytes: 10 * MEGABYTE,
	/** Of an answer, in a message: enough for a sentence and a code. */
	excerptLength: 300,
	/** Answers that may be used again, such as public keys: some for each credential. */
	maxCached: 100,
} as const;

/** Until a vendor has taken an order. */
export const ORDER = {
	/** How long a vendor may keep an item waiting while another one could make the video. */
	patienceWithFallbackMs: MINUTE,
	/** How long a balance or an upload is tried for that the vendor does not take now. */
	preparingPatienceMs: 2 * MINUTE,
	/** A balance counts for the items that are ordered in the same moments. */
	balanceFreshMs: 10 * SECOND,
	/** Every vendor keeps an uploaded file for a day at least. */
	uploadReuseMs: HOUR,
	/** Of a batch, the last items: each call costs n8n 0.15 s, and who watches finds the others. */
	maxCallbackUrls: 20,
	/** Cancellations after a stop: n8n may end soon, and a vendor's rate is not to be taken at once. */
	parallelCancels: 5,
} as const;

/** Search for an order whose answer was lost. */
export const LOST = {
	/** The vendor's clock and this one differ by no more. */
	clocksDifferMs: 10 * SECOND,
	/** A gateway that gave up may hand the order on a little later. */
	takenLaterMs: 30 * SECOND,
	/** Longer than a request for an order may take: of one that n8n's end has cut off, no more is known. */
	longestOrderMs: 150 * SECOND,
	/** Nobody knows when an order will go out that waits for its turn, but it does not wait for longer. */
	longestTurnMs: HOUR,
	/** A list that tells no prompts proves an order only where nobody else orders the model at the time. */
	quietMs: 10 * MINUTE,
	/** Each may cost the ledger a query, and nobody orders so many in twenty minutes by hand. */
	maxNear: 1_000,
	/** Whatever the list's answers take, nobody waits for longer. */
	longestSearchMs: 2 * MINUTE,
} as const;

/** Files that come down. */
export const DOWNLOAD = {
	/** A media host that stalls or drips in the middle of a file must not hold the execution for ever. */
	timeoutMs: 15 * MINUTE,
	/** A video that was ready at the very end of the node's time still gets a moment to come down. */
	minMs: MINUTE,
	/** As many as browsers and media hosts need, and few enough to see a circle soon. */
	maxRedirects: 5,
	/** Packing what cannot be packed, such as a video, makes it longer by far less than this. */
	maxPackingGain: 1.01,
} as const;

/** Files in n8n's memory and store. */
export const FILE = {
	/** Where the user sets no Max File Size: many times what the longest video of any model has. */
	defaultMaxMegabytes: 1024,
	/** A file that is uploaded is whole in memory for that time. */
	maxUploadMegabytes: 100,
	/**
	 * In memory mode n8n writes all files of an execution into one text. Of n8n 2.41 (SQLite) clips and a
	 * film of 65 MB came back from there; with 76 MB it told success and had saved nothing.
	 */
	maxMegabytesInMemory: 64,
	/** From here on n8n is said to be better off with files on its disk. */
	manyBytesInMemory: 32 * MEGABYTE,
	/** Read at once: few calls, and little that is held. */
	chunkBytes: MEGABYTE,
	/** Of a link to a file of n8n, in n8n's words: no vendor lets a task wait in its queue for longer. */
	linkLifetime: '3 days',
} as const;

/** The task ledger's table. */
export const TABLE = {
	/** What hangs for so long counts as lost: an order must not wait for its ledger. */
	deadlineMs: 10 * SECOND,
	/** How long an answer may wait for others to be written down with it. If n8n is killed, it is lost. */
	gatherMs: 250,
	/** The same, while the table takes nothing. */
	gatherInTroubleMs: 10 * SECOND,
	/** SQLite takes no longer list of conditions. */
	maxConditions: 200,
	/** Conditions of one query that reads: half of that, because a reader may add its own. */
	foundAtOnce: 100,
	/** n8n takes no longer name for a table. */
	maxNameLength: 128,
	/** Of a prompt, in a row that people read. */
	promptLength: 200,
	/** Each day is a query of its own. */
	maxSpendingDays: 366,
} as const;

/** Calls to a paused execution or a trigger. */
export const RING = {
	/** Long enough for a webhook to look at some tasks, and short, because a killed caller is lost. */
	answerMs: 10 * SECOND,
	/** n8n wakes a parked execution about once a minute. */
	minGapMs: MINUTE,
	gapPerElapsed: 0.05,
	/** Nothing of this package may be left ten minutes after a wait is over, whoever finds that out last. */
	maxGapMs: 5 * MINUTE,
	/** A call to a paused execution costs n8n a hundred times more than a look from where one is watched. */
	watchedGapMs: 4 * MINUTE,
	/** Where a process watches many waits, calls to them share a part of its time: one in five seconds. */
	gapPerWaitMs: 5 * SECOND,
	maxSharedGapMs: 40 * MINUTE,
} as const;

/** The hidden executions that ring. */
export const POLLER = {
	/** The wide rhythm is out of step with the close one, so that the two are rarely awake together. */
	wide: { gaps: 2, moreMs: 75 * SECOND, cappedFromMs: 8 * MINUTE, cappedGaps: 1.6 },
	/** n8n wakes a parked execution at most a minute late; later than this it was down meanwhile. */
	lateMs: 90 * SECOND,
	/** Who was late rests first, so that all that n8n wakes after a start does not call at once. */
	restAfterLateMs: MINUTE,
	restJitter: 0.5,
	/** From so many waits on that begin in four minutes, calls to them are rarer anyway (`gapPerWaitMs`). */
	crowdedFromWaits: RING.watchedGapMs / RING.gapPerWaitMs,
	/** A round rings for so long; the next one goes on with the others. */
	roundMs: 20 * SECOND,
	/** An execution that is at work for so long has gone past its wait. */
	workingForGoodMs: 4 * MINUTE,
} as const;

/** Looks between two calls. */
export const WATCH = {
	/** Enough that the last of a few hundred is looked at no later than the first. */
	parallelLooks: 20,
	/** Of a process, whatever ends at once: each costs n8n 0.2 s, and its caller waits for ten. */
	parallelCalls: 10,
	/** Of a batch, what has ended is fetched together; a call that did not come through is made again. */
	minCallGapMs: MINUTE,
	/** A look that would have taken from the vendor's rate what others need comes so much later. */
	busyGapMs: 2 * SECOND,
	/** A caller may come so much later than it was asked to. */
	lateCallMs: 2 * MINUTE,
} as const;

/** A call to a paused execution. */
export const DELIVERY = {
	parallelLooks: 10,
	/**
	 * A call looks at as many tasks as it can in this time, before its caller gives up and misses the
	 * note; the next one goes on with the others.
	 */
	lookingMs: 7 * SECOND,
	/** An execution that shows up again after so many deliveries has crashed and cannot be resumed. */
	maxDeliveries: 3,
	/** n8n takes some moments to resume; a call in these moments would deliver a second time. */
	resumingMs: 5 * SECOND,
	/** A wait that was not called for so long is over: its pollers call more often. */
	forgottenAfterMs: 1.6 * RING.maxSharedGapMs + 10 * MINUTE,
} as const;

/** A paused execution, and a trigger that is to be rung. */
export const PAUSE = {
	/** How long after the last deadline n8n hands on what was parked, should nobody have come. */
	uncollectedAfterMs: 20 * MINUTE,
	/** Vendors forget a task after some days; ringing for it makes no sense for longer. */
	notifyForMs: 7 * DAY_MS,
	/** An n8n that has answered lately is there, also where it is too busy to answer in time just now. */
	reachedForMs: 10 * MINUTE,
	/** A process that has just started asks to be left alone, and is believed for so long at most. */
	longestRestMs: 2 * MINUTE,
	/** First calls that are made at once: n8n answers each in 0.15 s. */
	parallelCalls: 20,
} as const;

/** The n8n that this runs in. */
export const HOST = {
	/**
	 * In its first moments n8n 2.41 is still repairing executions that a crash has left, and writes old
	 * snapshots over those that are being resumed (execution-recovery.service): nothing of value is
	 * resumed in that time.
	 */
	settlingMs: MINUTE,
	/** n8n before 2.36 has a sleep that does not take a signal: a stop is seen this late at most. */
	sleepSliceMs: SECOND,
	/** Another process that makes a credential's secret at the same moment has written its own by then. */
	secretSettledMs: 500,
	/** A process that was not seen for so long does not serve a trigger any more. */
	servingMs: 10 * MINUTE,
	/** How far sub-workflows may call each other before nobody looks further up. */
	maxCallers: 20,
} as const;

/** What goes into an address that is handed out. */
export const TOKEN = {
	/** No vendor keeps a task for longer. */
	maxAgeMs: 14 * DAY_MS,
	/** A token from the future, by more than two machines' clocks may differ, is none of ours. */
	clockToleranceMs: 5 * MINUTE,
	/** Longest `context` in characters of JSON: it travels inside a URL. */
	maxContextLength: 2_000,
	/** A longer prompt would make an address that some do not take. */
	maxPromptLength: 500,
} as const;

/** A vendor's own list of models, and the schemas that it tells. */
export const MODEL_LIST = {
	/** What a vendor has told counts for so long: its models change by the week, an outage by the minute. */
	goodForMs: 10 * MINUTE,
	badForMs: 30 * SECOND,
	/** A list or a schema holds no item up for longer. */
	answerMs: 20 * SECOND,
	maxIdLength: 300,
	/** Of a model's name, in the editor's list. */
	maxNameLength: 60,
} as const;

/** How many of a kind are remembered in a process; then the eldest goes. */
export const REMEMBERED = {
	/** Since when tasks were seen in a state that may pass. */
	passingStates: 1_000,
	accounts: 1_000,
	/** Parents of sub-workflows that are parked. */
	parents: 1_000,
	modelLists: 200,
	/** Orders of an account: they go long after the time in which a list could tell of them. */
	orders: 20_000,
	/** Of a trigger, and in n8n's static data, which it writes as a whole: 16 characters for each. */
	deliveries: 20_000,
} as const;

/** What is tried again, and when; whether it may be is said where it is tried. */
export const RETRY = {
	/** An order that the vendor certainly did not take, for as long as there is time and patience. */
	submit: {
		gapsMs: [2, 4, 8, 16, 32, 60].map((count) => count * SECOND),
		isEndless: true,
		jitter: 0.25,
	},
	/** A file that was broken or did not come. */
	download: { gapsMs: [2 * SECOND, 4 * SECOND], jitter: 0.25 },
	/** A write that the ledger's table did not take: an order waits for it. */
	tableWrite: { gapsMs: [200], jitter: 0.5 },
	/** A database that is busy, e.g. after a restart. */
	tableRead: { gapsMs: [SECOND, SECOND], jitter: 0.25 },
	/** A vendor may report an end before the node that has ordered it has written down the task. */
	orderNoted: { gapsMs: [SECOND, SECOND, SECOND], jitter: 0.25 },
	/** Before each of the first calls, of which one is enough; pollers come minutes later. */
	firstCalls: { gapsMs: [2, 3, 5, 20, 60].map((count) => count * SECOND), jitter: 0.25 },
	/**
	 * Before a call to an n8n that has not got round to answering the last ones: what nobody waits for any
	 * longer is worked off all the same, so that calls at short gaps would leave it no time for any.
	 */
	unanswered: {
		gapsMs: [1, 2, 4, 8, 10].map((count) => count * MINUTE),
		isEndless: true,
		jitter: 0.5,
	},
	/** Before each search for a lost order: lists lag, and others of the run get their answers meanwhile. */
	lostOrder: { gapsMs: [2, 5, 13, 30].map((count) => count * SECOND), jitter: 0.25 },
	/** The same at a later try: everything has long been written down. */
	lostOrderLater: { gapsMs: [0], jitter: 0 },
} satisfies Record<string, RetryPolicy>;
