import type { Fault, FaultKind } from '../domain/fault';
import { option, orderParameter, taskParameter } from '../domain/ownParameters';
import type { Problem, ProblemKind } from '../domain/problem';
import { FULL_PACKAGE, packageOf } from '../domain/packages';
import type { Provider } from '../domain/provider';
import { fail } from '../domain/result';
import { shown } from '../domain/shown';
import type { Task, TaskReference } from '../domain/task';

interface Advice {
	/** Follows the provider's name. */
	happened: string;
	fix: (provider: Provider) => string;
}

const later = () => 'Try again later.';

const advice: Record<FaultKind, Advice> = {
	invalidInput: {
		happened: 'did not accept the parameters',
		fix: () => 'Correct the parameter that the vendor names.',
	},
	unauthorized: {
		happened: 'did not accept the API key',
		fix: ({ label, apiKeysUrl }) =>
			`Check the API key in the ${label} credential; keys are managed at ${apiKeysUrl}.`,
	},
	insufficientCredits: {
		happened: 'does not have enough credits left on the account',
		fix: ({ label }) => `Top up the ${label} account or choose a cheaper resolution or duration.`,
	},
	tooExpensive: {
		happened: `would cost more than '${option.maxPrice.label}' allows`,
		fix: () =>
			`Choose a cheaper model, resolution or duration, or raise '${option.maxPrice.label}' under Options.`,
	},
	priceUnknown: {
		happened: `does not tell what this video would cost, and '${option.maxPrice.label}' is set`,
		fix: () =>
			`Choose resolution and duration yourself, or remove the option '${option.maxPrice.label}' to order without knowing.`,
	},
	forbidden: {
		happened: 'does not allow this request',
		fix: ({ label }) => `Check what the API key may do in the ${label} account.`,
	},
	notFound: {
		happened: 'does not know this task, model or address',
		fix: () =>
			"Check the task ID, the model and the credential's base URL. Vendors forget tasks after some days.",
	},
	conflict: {
		happened: 'does not allow this in the present state of the task',
		fix: () => 'Look at the task first, with the node Seedance Task, operation Get.',
	},
	rateLimited: {
		happened: 'is receiving too many requests from this account',
		fix: () => `Lower the option '${option.maxParallel.label}' or start fewer workflows at once.`,
	},
	maintenance: { happened: 'is under maintenance', fix: later },
	generationFailed: {
		happened: 'could not generate the video',
		fix: () => 'Change the prompt or the image if the reason names them, else try again.',
	},
	featureDisabled: {
		happened: 'has switched this feature off',
		fix: () => 'Choose another model or another vendor.',
	},
	rejected: {
		happened: 'did not take the request',
		fix: () => "Check the credential's base URL and the model.",
	},
	serverError: { happened: 'answered with a server error', fix: later },
	unreadableAnswer: {
		happened: 'gave an answer that could not be read',
		fix: () => "Check the credential's base URL; if it is right, try again later.",
	},
	notReachable: {
		happened: 'could not be reached',
		fix: () => "Check the credential's base URL and the network of this n8n instance.",
	},
	noAnswer: { happened: 'did not answer', fix: later },
	stopped: { happened: 'was not asked any further', fix: () => 'The execution was stopped.' },
};

const sentences = (...parts: Array<string | undefined>): string =>
	parts.filter((part) => part !== undefined && part !== '').join(' ');

/** What a page says without its marks. */
const plainOf = (message: string): string =>
	/<!doctype|<html/i.test(message)
		? message
				.replaceAll(/<(style|script)[^]*?(<\/\1>|$)/gi, ' ')
				.replaceAll(/<[^>]*>?/g, ' ')
				.replaceAll(/\s+/g, ' ')
				.trim()
		: message;

const inVendorsWords = ({ message, vendorCode, requestId }: Fault): string =>
	`Answer: "${plainOf(message) || message}"${inBrackets(
		vendorCode && `code ${vendorCode}`,
		requestId && `request ID ${requestId}`,
	)}.`;

function inBrackets(...parts: Array<string | undefined>): string {
	const told = parts.filter((part) => part !== undefined && part !== '');
	return told.length === 0 ? '' : ` (${told.join(', ')})`;
}

const naming = (taskId: string | undefined): string | undefined =>
	taskId === undefined ? undefined : `Task ID: ${taskId}.`;

type AskedTask = Pick<TaskReference, 'taskId' | 'taskUrls'>;

type SeenTask = AskedTask & Pick<Task, 'status'>;

/** The task that a problem is about, with all that it takes to find it again. */
const about = ({ taskId, taskUrls }: AskedTask) => ({
	taskId,
	...(taskUrls === undefined ? {} : { taskUrls }),
});

/** A problem that is this package's to name. */
const own = (
	kind: ProblemKind,
	message: string,
	...description: Array<string | undefined>
): Problem => ({ message, description: sentences(...description), kind, code: kind });

/** The same with a task, which the description names last. */
const ownOf = (
	task: SeenTask,
	kind: ProblemKind,
	message: string,
	...description: Array<string | undefined>
): Problem => ({
	...own(kind, message, ...description, naming(task.taskId)),
	...about(task),
	status: task.status,
});

const HOW_TO_GET = 'It is paid for: get it with the node Seedance Task, operation Wait.';

/** What helps where the vendor's check objects to the sound. */
function fixOfSound(words: string): string | undefined {
	const isOfSound = /audio|sound|voice|speech|music/i.test(words);
	const isModeration =
		/moderat|sensitiv|polic|safety|flag|nsfw|violat|copyright|block|risk|inappropriate|prohibited/i;
	return isOfSound && isModeration.test(words)
		? "The vendor's check objects to the sound: switch 'Generate Audio' off, or change what the prompt says of voices and music."
		: undefined;
}

/** The words and codes of vendors' checks of contents; a field's name like `nsfw_checker` is none of them. */
const ofContents =
	/(?<!case[- ])sensitive|moderat|flagged|content[ _-](policy|checker)|RiskDetection|copyright|inappropriate/i;

const refusedContents: Advice = {
	happened: 'refused the order: its check of contents objects to the prompt or a file',
	fix: () => 'Change what the vendor objects to; ordered again as it is, it is refused again.',
};

/** Pages of those that stand in front of a vendor, which answer in its place. */
const pages: ReadonlyArray<[isIt: RegExp, advice: Advice]> = [
	[
		/cloudflare|cf-ray|just a moment|attention required/i,
		{
			happened: 'was not reached: Cloudflare, which stands in front of it, answered with a page',
			fix: () =>
				"It may keep out the address of this n8n, or the vendor may be away: try again later, or from another network. Check the credential's base URL as well.",
		},
	],
	[
		/<!doctype html|<html/i,
		{
			happened: 'was not reached: a web page came instead of an answer',
			fix: () =>
				"Check the credential's base URL: it must be the address of the vendor's API, not of its website. A proxy in between may answer, too.",
		},
	],
];

const redirected: Advice = {
	happened: 'was not reached: its address redirects to another one',
	fix: () =>
		"Enter the address to which it redirects as the credential's base URL. The node follows no redirects, because the API key would go along.",
};

/** Whether somebody else has answered in the vendor's place. */
const isFromElsewhere = (fault: Fault): boolean =>
	adviceFor(fault).happened.startsWith('was not reached');

/** What helps after a refusal: by who has answered, and by what. */
function adviceFor({ kind, message, vendorCode = '', httpStatus = 0 }: Fault): Advice {
	if (httpStatus >= 300 && httpStatus < 400) return redirected;
	const page = /<[a-z!]/i.test(message) ? pages.find(([isIt]) => isIt.test(message)) : undefined;
	if (page !== undefined) return page[1];
	const isOfContents = kind === 'invalidInput' && ofContents.test(`${vendorCode} ${message}`);
	const { happened, fix } = isOfContents ? refusedContents : advice[kind];
	const isOfInput = kind === 'invalidInput' || kind === 'generationFailed';
	return isOfInput
		? { happened, fix: (provider) => fixOfSound(message) ?? fix(provider) }
		: { happened, fix };
}

/** A request to the vendor that did not work. */
export function problemOfFault(provider: Provider, fault: Fault, task?: AskedTask): Problem {
	const { happened, fix } = adviceFor(fault);
	return {
		message: `${provider.label} ${happened}`,
		description: sentences(fix(provider), inVendorsWords(fault), naming(task?.taskId)),
		kind: fault.kind,
		code: fault.vendorCode ?? fault.kind,
		requestId: fault.requestId,
		...(task && about(task)),
		httpStatus: fault.httpStatus,
	};
}

/**
 * A create request of which nobody can know whether the vendor took it; `listTold` says why the vendor's
 * own list did not help.
 */
export const problemOfUnknownSubmission = (
	provider: Provider,
	fault?: Fault,
	listTold?: string,
): Problem => ({
	...own(
		'mayHaveBeenAccepted',
		`${provider.label} may have accepted this video, but its answer was lost`,
		listTold && `${provider.label}'s own list of tasks does not settle it: ${listTold}.`,
		`Look at the recent tasks in the ${provider.label} account before you pay again.`,
		`To submit this item again at the next try, switch on the option '${option.resubmitUnknown.label}'.`,
		fault && isFromElsewhere(fault) ? adviceFor(fault).fix(provider) : undefined,
		fault && inVendorsWords(fault),
	),
	httpStatus: fault?.httpStatus,
});

/** A video that is not ordered now for that problem, and that an earlier try may have ordered. */
export const problemOfUnknownEarlier = (problem: Problem): Problem => ({
	...problem,
	...own(
		'mayHaveBeenAccepted',
		'An earlier try may have ordered this video, and its answer was lost',
		"Look at the recent tasks in the vendor's account before you order it again.",
		`Now nothing was ordered: ${problem.message.replace(/\.?$/, '.')}`,
		problem.description,
	),
});

/** Nobody can know what an earlier try of this execution has ordered. */
export const problemOfUnreadableLedger = (reason: string): Problem =>
	own(
		'mayHaveBeenAccepted',
		'An earlier try may have ordered this video, and its ledger cannot be read',
		`${reason.replace(/\.$/, '')}.`,
		`Mend the table and retry. If you know that nothing was ordered, switch on the option '${option.resubmitUnknown.label}' or switch '${orderParameter.taskLedger.label}' off (in older nodes, remove that option).`,
	);

/** A vendor that this package does not have; `only` is the one that it has, where it is a single one. */
export function problemOfUnknownVendor(providerId: unknown, only?: { label: string }): Problem {
	if (only === undefined) {
		return problemOfAccess(
			`The provider ${shown(providerId)} is not known to this version of the node`,
			`Choose another 'Provider' or update ${FULL_PACKAGE}.`,
		);
	}
	const its = packageOf(String(providerId));
	const packages = its === undefined ? FULL_PACKAGE : `${its}, or ${FULL_PACKAGE} with all vendors`;
	return problemOfAccess(
		`This package asks ${only.label} alone, and the workflow wants the provider ${shown(providerId)}`,
		`For that provider install ${packages}, and use its node. To have the video made by ${only.label}, take this node anew from the nodes panel.`,
	);
}

/** A row that another vendor's node has made, where the package has one vendor only. */
export const problemOfForeignRow = (providerId: string, only: { label: string }): Problem =>
	problemOfInput(
		`The row says that its task was made by the provider ${shown(providerId)}, and this package asks ${only.label} alone`,
		`Send such rows to the Seedance Task of ${FULL_PACKAGE}, which has all vendors, or of the package for that vendor, whose name ends in the vendor's.`,
	);

/** A task of an earlier try, at a vendor that the node does not name any more. */
export const problemOfElsewhere = (providerId: string, task: AskedTask): Problem => ({
	...own(
		'orderedElsewhere',
		`An earlier try has ordered this video from '${providerId}', which the node does not name any more`,
		`It is paid for: get it with the node Seedance Task, operation Wait, or put the vendor back into '${orderParameter.fallbackProviders.label}'.`,
		`Both take a package that has this vendor: ${FULL_PACKAGE} has all.`,
		naming(task.taskId),
	),
	...about(task),
});

/** The code of a task that its vendor called finished and never named a video of. */
export const WITHOUT_VIDEO: ProblemKind = 'noVideo';

/** How a task ended that has no video, in this package's own words. */
export function kindOfEnd({ status, failure }: Pick<Task, 'status' | 'failure'>): ProblemKind {
	if (failure?.kind !== undefined) return failure.kind;
	return status === 'cancelled' || status === 'expired' ? status : 'generationFailed';
}

function howItEnded({ status, failure }: Task): string {
	if (status === 'cancelled') return 'cancelled the task';
	if (status === 'expired') return 'let the task expire before it was finished';
	return failure?.kind === WITHOUT_VIDEO
		? 'finished the task without a video'
		: advice.generationFailed.happened;
}

const fixOfEnd = (provider: Provider, words: string): string =>
	fixOfSound(words) ??
	(ofContents.test(words)
		? "That is the vendor's check of contents. Change what the vendor objects to; where that is the video it made, another try may pass."
		: advice.generationFailed.fix(provider));

/** A task that ended without a video. */
export function problemOfTask(provider: Provider, task: Task): Problem {
	const { taskId, status } = task;
	const code = task.failure?.code ?? status;
	const reason = task.failure?.message ?? `the task is ${status}`;
	return {
		message: `${provider.label} ${howItEnded(task)}: ${reason}`,
		description: sentences(
			fixOfEnd(provider, `${code} ${reason}`),
			task.failure?.code === undefined ? undefined : `Code: ${task.failure.code}.`,
			naming(taskId),
		),
		kind: kindOfEnd(task),
		code,
		...about(task),
		status,
	};
}

/** As much of a task as was seen last. */
type LastSeen = SeenTask & Pick<Task, 'unknownStatus' | 'withoutVideo'>;

/** What is known of a task whose time is over; only one without a known end is still running. */
function lastSeenAs(
	{ label }: Provider,
	{ status, unknownStatus, withoutVideo }: LastSeen,
	time: string,
	lastFault?: Fault,
): string {
	if (withoutVideo !== undefined) {
		return `${label} says that the task has ended, and named no video within ${time}: ${withoutVideo.message}`;
	}
	if (lastFault?.afterEnd) {
		return `${label} says that the task has ended, and its result could not be read within ${time}`;
	}
	return `The video was not finished after ${time}; it is still running at ${label} (${unknownStatus ?? status})`;
}

/** A task that had not finished when the node stopped waiting. It goes on at the vendor. */
export function problemOfTimeout(
	provider: Provider,
	task: LastSeen,
	timeoutMinutes: number,
	lastFault?: Fault,
): Problem {
	const time = `${timeoutMinutes} ${timeoutMinutes === 1 ? 'minute' : 'minutes'}`;
	return ownOf(
		task,
		'timeout',
		lastSeenAs(provider, task, time, lastFault),
		`Get it with the node Seedance Task, operation Wait, and raise the option '${option.timeout.label}'.`,
		'It is paid for: do not submit it again.',
		lastFault && `The last check did not work. ${inVendorsWords(lastFault)}`,
	);
}

/** A task so old that its end cannot be known any more. */
export function problemOfLongAgo(provider: Provider, task: LastSeen, lastFault?: Fault): Problem {
	const state = task.unknownStatus ?? task.status;
	const known =
		lastFault === undefined ? `it was last seen as ${state}` : 'nothing is to be learnt of it now';
	return ownOf(
		{ ...task, status: 'expired' },
		'endUnknown',
		`The end of this task cannot be known any more: ${known} at ${provider.label}, days after it was ordered`,
		'No vendor works on a video for so long. Order it anew if you still need it.',
		lastFault && inVendorsWords(lastFault),
	);
}

/** A task that is paid for, and that nobody looks after because n8n did not let it be handed over. */
export const problemOfHandOver = (provider: Provider, task: SeenTask, reason: string): Problem =>
	ownOf(
		task,
		'handOverFailed',
		`The video is submitted to ${provider.label}, but n8n did not let the node hand the wait over`,
		HOW_TO_GET,
		`Reason: ${reason}.`,
	);

/**
 * A task whose paused execution was woken by its own timer: nobody brought the video. What n8n hands
 * on then is what the node parked with, so this is written before anything has happened.
 */
export const problemOfUncollected = (provider: { label: string }, task: SeenTask): Problem =>
	ownOf(
		task,
		'notCollected',
		`The video was not collected from ${provider.label} while the execution was paused`,
		HOW_TO_GET,
		'The hidden executions that look after a paused one were stopped, or n8n could not reach its own webhooks (WEBHOOK_URL).',
	);

/** The vendor cannot be asked at all, e.g. because the credential was deleted meanwhile. */
export const problemOfAccess = (
	reason: string,
	description: string,
	task?: AskedTask,
): Problem => ({
	...own(
		'noAccess',
		reason,
		description,
		task && 'The task of this item is paid for and goes on at the vendor.',
		naming(task?.taskId),
	),
	...(task && about(task)),
});

/** Something that nobody has foreseen, with one item's paid task. */
export const problemOfTrouble = (task: SeenTask, reason: string): Problem =>
	ownOf(task, 'unexpected', `The node could not go on with this video: ${reason}`, HOW_TO_GET);

/** How a finished video is downloaded after all: n8n keeps the error of a paused node for every retry. */
const waysToDownload = {
	retry: 'A retry downloads it again and does not pay again.',
	get: 'Seedance Task, operation Get, downloads it with the task ID, which costs nothing.',
};

/** A finished video that could not be downloaded. */
export const problemOfDownload = (
	task: Task,
	reason: string,
	way: keyof typeof waysToDownload,
): Problem => ({
	...ownOf(
		task,
		'downloadFailed',
		'The video is finished but could not be downloaded',
		waysToDownload[way],
		`Reason: ${reason}.`,
		`Video URL: ${task.videoUrl}`,
	),
	videoUrl: task.videoUrl,
});

/** An order beyond what the user lets the node order in one execution. */
export const problemOfMaxOrders = ({ max, used }: { max?: number; used: () => number }): Problem =>
	own(
		'maxOrders',
		`${option.maxOrders.label} is ${max}, and this video would be one more`,
		`The node has ordered ${used()} in this execution. Nothing was ordered for this item.`,
		`If it is wanted all the same, raise '${option.maxOrders.label}' under Options and retry.`,
	);

/** How a chain goes on: with the clip made again, or where its frame cannot be had. */
const waysOn = {
	clip: 'A retry goes on from the last good clip and does not pay for it again.',
	frame:
		'A retry asks for the frame again and does not pay for the clip. If it cannot be had, order the items behind it by themselves, with Seedance Image to Video and a picture of where the clip ends.',
};

/** A clip that is not ordered, because the clip before it has no last frame to begin with. */
export const problemOfChainEnd = (
	endedAt: number,
	reason: string,
	way: keyof typeof waysOn,
): Problem =>
	own(
		'chainEnded',
		`The chain of clips ended at item ${endedAt}, before this one`,
		reason,
		'Nothing was ordered behind it.',
		waysOn[way],
	);

/** A sub-workflow that is called for each item while the one for another item is parked. */
export const problemOfSibling = (executionId: string): Problem =>
	own(
		'siblingPaused',
		'Another sub-workflow of the same caller is paused, and n8n would lose this video',
		`Execution ${executionId} is paused for the caller, which goes on with the rows of the first sub-workflow that ends. Nothing was ordered here.`,
		`Have the sub-workflow run once with all items, or switch off the option '${option.pauseInSubWorkflows.label}'.`,
	);

/** A video that every vendor in turn certainly did not take, with the names of all and the reason of each. */
export function problemOfAllRefusals(
	{ kind, code, httpStatus, requestId }: Problem,
	labels: readonly string[],
	reasons: readonly string[],
): Problem {
	const told = reasons.map((reason, index) => `${index + 1}. ${reason.replace(/\.?$/, '.')}`);
	return {
		message: `None of the ${reasons.length} providers took the video: ${labels.join(', ')}`,
		description: sentences(...told, 'Nothing was submitted.'),
		kind,
		code,
		httpStatus,
		requestId,
	};
}

/** Input that never reached a paid request. */
export const problemOfInput = (message: string, description: string): Problem =>
	own('invalidInput', message, description);

/** The same as what comes of reading it. */
export const refuse = (message: string, description: string) =>
	fail(problemOfInput(message, description));

/** The same, about a vendor that may have to stand in for the node's own. */
export const problemInFallback = (provider: Provider, problem: Problem): Problem =>
	problemUnder(orderParameter.fallbackProviders.label, provider, problem);

/** The same, about a vendor whose rows come in beside those of the node's own. */
export const problemInOther = (provider: Provider, problem: Problem): Problem =>
	problemUnder(taskParameter.otherProviders.label, provider, problem);

function problemUnder(list: string, { label }: Provider, problem: Problem): Problem {
	const where = `This is about ${label} under '${list}'.`;
	return { ...problem, description: sentences(problem.description, where) };
}
