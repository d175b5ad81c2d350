import type { StoredTask } from './tasks.mts';
import type { JsonObject, TaskState } from './types.mts';
import type { Answer } from './vendors/vendor.mts';

/** The words of a prompt by which a task ends as no document says. */
const WITHOUT_VIDEO = '[empty]';
const IN_OTHER_WORDS = '[other words]';
const WITHOUT_FRAME = '[no frame]';

/** Whether the address of its last frame leads to nothing that may be had. */
export const isWithoutFrame = ({ input }: Pick<StoredTask, 'input'>): boolean =>
	String(input.prompt).includes(WITHOUT_FRAME);

export const moderationWord = 'blocked by the output filter';

/** Ends as some other vendor says them, and as no vendor writes them. */
const otherWords: Partial<Record<TaskState, string>> = { succeeded: ' Done', failed: 'FAILURE' };

/** By its name, or where a vendor gives it out itself. */
const isVideo = (value: unknown) =>
	typeof value === 'string' && /\.mp4\b|\/content\?index=/.test(value);

type Change = (name: string, value: unknown) => unknown;

function changed(value: unknown, change: Change, name = ''): unknown {
	if (Array.isArray(value)) return value.map((one) => changed(one, change, name));
	if (typeof value !== 'object' || value === null) return change(name, value);
	const entries = Object.entries(value).map(([key, one]) => [key, changed(one, change, key)]);
	return Object.fromEntries(entries) as JsonObject;
}

/** An answer about an ended task, as its prompt wants it. */
export function oddly(answer: Answer, task: StoredTask | undefined, state?: TaskState): Answer {
	const prompt = String(task?.input.prompt ?? '');
	let { body } = answer;
	if (prompt.includes(WITHOUT_VIDEO) && state === 'succeeded') {
		const bare = changed(body, (_, value) => (isVideo(value) ? null : value));
		body = { ...(bare as JsonObject), moderation: moderationWord };
	}
	const word = prompt.includes(IN_OTHER_WORDS) && state ? otherWords[state] : undefined;
	if (word !== undefined) {
		body = changed(body, (name, value) => (/^(state|status)$/.test(name) ? word : value));
	}
	return { ...answer, body };
}
