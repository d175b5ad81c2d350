import { editingFailure } from './editing.mts';
import type {
	FaultEffect,
	JsonObject,
	SandboxClock,
	SandboxTask,
	TaskState,
	VendorId,
} from './types.mts';

export type StoredTask = Omit<SandboxTask, 'state'>;

export interface TaskDraft {
	taskId: string;
	vendor: VendorId;
	model: string;
	input: JsonObject;
	createBody: JsonObject;
	callbackUrl?: string;
	clientRequestId?: string;
	/** A task of which it is clear at once how it fails. */
	failure?: StoredTask['failure'];
	/** A task that would take longer than this fails at this age. */
	expiresAfterMs?: number;
}

const slowFactor = 10;
/** Part of a task's time spent queued. */
const queuedShare = 0.3;

const promptOf = (input: JsonObject) => (typeof input.prompt === 'string' ? input.prompt : '');

/** The prompt's way to ask for an empty account. */
export const asksForNoCredits = (input: JsonObject) => promptOf(input).includes('[credits]');

/** The prompt's way to be refused by the vendor's check of contents, in the words that it documents. */
export const isFlagged = (input: JsonObject) => promptOf(input).includes('[flagged]');

/** How the maker's own check refuses a prompt; what resellers without words of their own pass on. */
export const makersRefusal = {
	code: 'InputTextSensitiveContentDetected',
	message: 'The request failed because the input text may contain sensitive information.',
};

function plannedFailure(prompt: string, effect?: FaultEffect): StoredTask['failure'] {
	if (effect?.kind === 'refuseWithTask') return { code: '501', message: 'Generation failed' };
	if (effect?.kind !== 'failTask' && !prompt.includes('[fail]')) return undefined;
	const { code = '500', message = 'Internal server error' } =
		effect?.kind === 'failTask' ? effect : {};
	return { code, message };
}

/** Tasks move by the clock alone: a state is worked out when it is asked for. */
export function createTaskStore(clock: SandboxClock, initialGenerationMs: number) {
	const stored = new Map<string, StoredTask>();
	/** Found by their media links alone. */
	const others = new Map<string, StoredTask>();
	let generationMs = initialGenerationMs;

	function create(draft: TaskDraft, effect?: FaultEffect): StoredTask {
		const { expiresAfterMs = Infinity, failure: known, ...fields } = draft;
		const prompt = promptOf(draft.input);
		const createdAt = clock.now();
		const slow = prompt.includes('[slow]') ? slowFactor : 1;
		const takesMs = known ? 0 : generationMs * slow;
		const failure =
			takesMs > expiresAfterMs
				? { code: 'expired', message: 'Task expired before it was finished' }
				: (known ?? plannedFailure(prompt, effect) ?? editingFailure(draft.model, draft.input));
		const task: StoredTask = {
			...fields,
			createdAt,
			finishesAt: createdAt + Math.min(takesMs, expiresAfterMs),
			visibleFrom: createdAt + (effect?.kind === 'slowPropagation' ? effect.forMs : 0),
			...(failure && { failure }),
		};
		stored.set(task.taskId, task);
		return task;
	}

	/** A task that nobody here created: finished, with a video to download. */
	function otherThan(task: StoredTask): StoredTask {
		const other: StoredTask = {
			...task,
			taskId: `${task.taskId}-other`,
			finishesAt: Math.min(task.finishesAt, clock.now()),
			failure: undefined,
		};
		others.set(other.taskId, other);
		return other;
	}

	/** 0 to 1. */
	function progress(task: StoredTask): number {
		if (clock.now() >= task.finishesAt) return 1;
		return (clock.now() - task.createdAt) / (task.finishesAt - task.createdAt);
	}

	function state(task: StoredTask): TaskState {
		const share = progress(task);
		if (share >= 1) return task.failure ? 'failed' : 'succeeded';
		return share < queuedShare ? 'queued' : 'running';
	}

	return {
		create,
		otherThan,
		progress,
		state,
		/** When the work on a task begins. */
		startsAt: (task: StoredTask) =>
			task.createdAt + (task.finishesAt - task.createdAt) * queuedShare,
		find: (taskId: string) => stored.get(taskId) ?? others.get(taskId),
		/** As a status request sees it. */
		findVisible(vendor: VendorId, taskId: string) {
			const task = stored.get(taskId);
			if (task?.vendor !== vendor || clock.now() < task.visibleFrom) return undefined;
			return task;
		},
		/** Ends a task now. */
		end(task: StoredTask, failure: StoredTask['failure']) {
			stored.set(task.taskId, { ...task, failure, finishesAt: clock.now() });
		},
		/** As if all tasks had been ordered so much earlier. */
		age(ms: number) {
			for (const [taskId, task] of stored) {
				const { createdAt, finishesAt } = task;
				const earlier = { createdAt: createdAt - ms, finishesAt: finishesAt - ms };
				stored.set(taskId, { ...task, ...earlier });
			}
		},
		remove(task: StoredTask) {
			stored.delete(task.taskId);
		},
		all: () => [...stored.values()],
		clear() {
			stored.clear();
			others.clear();
		},
		setGenerationMs(ms: number) {
			generationMs = ms;
		},
		generationMs: () => generationMs,
	};
}

export type TaskStore = ReturnType<typeof createTaskStore>;
