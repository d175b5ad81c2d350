import type { Fault, FaultKind } from '../domain/fault';
import type { Problem } from '../domain/problem';
import type { Provider } from '../domain/provider';
import type { Task, TaskReference, TaskStatus } from '../domain/task';

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
		fix: () => "Lower the option 'Max Parallel Tasks' or start fewer workflows at once.",
	},
	maintenance: { happened: 'is under maintenance', fix: later },
	generationFailed: {
		happened: 'could not generate the video',
		fix: () => 'Change the prompt or the image if the reason names them, else try again.',
	},
	featureDisabled: {
		happened: 'has switched this feature off',
		fix: () => 'Choose another model or provider.',
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

const inVendorsWords = ({ message, vendorCode }: Fault): string =>
	`Answer: "${message}"${vendorCode === undefined ? '' : ` (code ${vendorCode})`}.`;

const naming = (taskId: string | undefined): string | undefined =>
	taskId === undefined ? undefined : `Task ID: ${taskId}.`;

type AskedTask = Pick<TaskReference, 'taskId' | 'addresses'>;

/** The task that a problem is about, with all that it takes to find it again. */
const about = ({ taskId, addresses }: AskedTask) => ({
	taskId,
	...(addresses === undefined ? {} : { addresses }),
});

/** A request to the vendor that did not work. */
export function problemOfFault(provider: Provider, fault: Fault, task?: AskedTask): Problem {
	const { happened, fix } = advice[fault.kind];
	return {
		message: `${provider.label} ${happened}`,
		description: sentences(fix(provider), inVendorsWords(fault), naming(task?.taskId)),
		code: fault.vendorCode ?? fault.kind,
		...(task && about(task)),
		httpStatus: fault.httpStatus,
	};
}

/** A create request of which nobody can know whether the vendor took it. */
export function problemOfUnknownSubmission(provider: Provider, fault?: Fault): Problem {
	return {
		message: `${provider.label} may have accepted this video, but its answer was lost`,
		description: sentences(
			`Look at the recent tasks in the ${provider.label} account before you pay again.`,
			"To submit this item again at the next try, switch on the option 'Resubmit Unknown'.",
			fault && inVendorsWords(fault),
		),
		code: 'mayHaveBeenAccepted',
		httpStatus: fault?.httpStatus,
	};
}

/** Nobody can know what an earlier try of this execution has ordered. */
export function problemOfUnreadableLedger(reason: string): Problem {
	return {
		message: 'An earlier try may have ordered this video, and its ledger cannot be read',
		description: sentences(
			`${reason.replace(/\.$/, '')}.`,
			"Mend the table and retry. If you know that nothing was ordered, switch on the option 'Resubmit Unknown' or empty 'Task Ledger'.",
		),
		code: 'mayHaveBeenAccepted',
	};
}

/** A task of an earlier try, at a vendor that the node does not name any more. */
export function problemOfElsewhere(providerId: string, task: AskedTask): Problem {
	return {
		message: `An earlier try has ordered this video from '${providerId}', which the node does not name any more`,
		description: sentences(
			"It is paid for: get it with the node Seedance Task, operation Wait, or put the vendor back into 'Fallback Providers'.",
			naming(task.taskId),
		),
		code: 'orderedElsewhere',
		...about(task),
	};
}

/** A task that ended without a video. */
export function problemOfTask(provider: Provider, task: Task): Problem {
	const { taskId, status } = task;
	const code = task.failure?.code ?? status;
	const reason = task.failure?.message ?? `the task is ${status}`;
	const happened = {
		failed: advice.generationFailed.happened,
		cancelled: 'cancelled the task',
		expired: 'let the task expire before it was finished',
	}[status === 'cancelled' || status === 'expired' ? status : 'failed'];
	return {
		message: `${provider.label} ${happened}: ${reason}`,
		description: sentences(
			advice.generationFailed.fix(provider),
			task.failure?.code === undefined ? undefined : `Code: ${task.failure.code}.`,
			naming(taskId),
		),
		code,
		...about(task),
		status,
	};
}

/** A task that had not finished when the node stopped waiting. It goes on at the vendor. */
export function problemOfTimeout(
	provider: Provider,
	task: AskedTask & { status: TaskStatus; unknownStatus?: string },
	timeoutMinutes: number,
	lastFault?: Fault,
): Problem {
	const state = task.unknownStatus ?? task.status;
	return {
		message: `The video was not finished after ${timeoutMinutes} ${timeoutMinutes === 1 ? 'minute' : 'minutes'}; it is still running at ${provider.label} (${state})`,
		description: sentences(
			`Get it with the node Seedance Task, operation Wait, and raise the option 'Timeout'.`,
			'It is paid for: do not submit it again.',
			lastFault && `The last check did not work. ${inVendorsWords(lastFault)}`,
			naming(task.taskId),
		),
		code: 'timeout',
		...about(task),
		status: task.status,
	};
}

/** A task that is paid for, and that nobody looks after because n8n did not let it be handed over. */
export function problemOfHandOver(
	provider: Provider,
	task: AskedTask & { status: TaskStatus },
	reason: string,
): Problem {
	return {
		message: `The video is submitted to ${provider.label}, but n8n did not let the node hand the wait over`,
		description: sentences(
			'It is paid for: get it with the node Seedance Task, operation Wait.',
			`Reason: ${reason}.`,
			naming(task.taskId),
		),
		code: 'handOverFailed',
		...about(task),
		status: task.status,
	};
}

/**
 * A task whose paused execution was woken by its own timer: nobody brought the video. What n8n hands
 * on then is what the node parked with, so this is written before anything has happened.
 */
export function problemOfUncollected(
	provider: { label: string },
	task: AskedTask & { status: TaskStatus },
): Problem {
	return {
		message: `The video was not collected from ${provider.label} while the execution was paused`,
		description: sentences(
			'It is paid for: get it with the node Seedance Task, operation Wait.',
			'The hidden executions that look after a paused one were stopped, or n8n could not reach its own webhooks (WEBHOOK_URL).',
			naming(task.taskId),
		),
		code: 'notCollected',
		...about(task),
		status: task.status,
	};
}

/** The vendor cannot be asked at all, e.g. because the credential was deleted meanwhile. */
export function problemOfAccess(reason: string, description: string, task?: AskedTask): Problem {
	return {
		message: reason,
		description: sentences(
			description,
			task && 'The task of this item is paid for and goes on at the vendor.',
			naming(task?.taskId),
		),
		code: 'noAccess',
		...(task && about(task)),
	};
}

/** Something that nobody has foreseen, with one item's paid task. */
export function problemOfTrouble(
	task: AskedTask & { status: TaskStatus },
	reason: string,
): Problem {
	return {
		message: `The node could not go on with this video: ${reason}`,
		description: sentences(
			'It is paid for: get it with the node Seedance Task, operation Wait.',
			naming(task.taskId),
		),
		code: 'unexpected',
		...about(task),
		status: task.status,
	};
}

/** How a finished video is downloaded after all: n8n keeps the error of a paused node for every retry. */
const waysToDownload = {
	retry: 'A retry downloads it again and does not pay again.',
	get: 'Seedance Task, operation Get, downloads it with the task ID, which costs nothing.',
};

/** A finished video that could not be downloaded. */
export function problemOfDownload(
	task: Task,
	reason: string,
	way: keyof typeof waysToDownload,
): Problem {
	return {
		message: 'The video is finished but could not be downloaded',
		description: sentences(
			waysToDownload[way],
			`Reason: ${reason}.`,
			`Video URL: ${task.videoUrl}`,
			naming(task.taskId),
		),
		code: 'downloadFailed',
		...about(task),
		status: task.status,
		videoUrl: task.videoUrl,
	};
}

/** An order beyond what the user lets the node order in one execution. */
export function problemOfMaxOrders({ max, used }: { max?: number; used: () => number }): Problem {
	return {
		message: `Max Orders is ${max}, and this video would be one more`,
		description: sentences(
			`The node has ordered ${used()} in this execution. Nothing was ordered for this item.`,
			"If it is wanted all the same, raise 'Max Orders' under Options and retry.",
		),
		code: 'maxOrders',
	};
}

/** A sub-workflow that is called for each item while the one for another item is parked. */
export function problemOfSibling(executionId: string): Problem {
	return {
		message: 'Another sub-workflow of the same caller is paused, and n8n would lose this video',
		description: sentences(
			`Execution ${executionId} is paused for the caller, which goes on with the rows of the first sub-workflow that ends. Nothing was ordered here.`,
			"Have the sub-workflow run once with all items, or switch off the option 'Pause in Sub-Workflows'.",
		),
		code: 'siblingPaused',
	};
}

/** Input that never reached a paid request. */
export function problemOfInput(message: string, description: string): Problem {
	return { message, description, code: 'invalidInput' };
}

/** The same, about a vendor that may have to stand in for the node's own. */
export function problemInFallback({ label }: Provider, problem: Problem): Problem {
	const where = `This is about ${label} under 'Fallback Providers'.`;
	return { ...problem, description: sentences(problem.description, where) };
}
