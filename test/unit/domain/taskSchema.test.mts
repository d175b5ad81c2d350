import { endStatuses, isEnd, taskStatuses } from '../../../nodes/shared/domain/status';
import { hasEnded, hasEndedBadly } from '../../../nodes/shared/domain/task';
import {
	taskUrlsSchema,
	endStatusSchema,
	statusSchema,
	taskReferenceSchema,
} from '../../../nodes/shared/domain/taskSchema';

// Saved executions, ledgers and rows hold these words.
const running = ['queued', 'running'] as const;
const bad = ['failed', 'cancelled', 'expired'] as const;

test('a task has these states and no others', () => {
	expect(taskStatuses).toEqual([...running, 'succeeded', ...bad]);
	expect(statusSchema.options).toEqual(taskStatuses);
	expect(endStatusSchema.options).toEqual(endStatuses);
	expect(statusSchema.safeParse('done').success).toBe(false);
});

test('it has ended in four of them, badly in three', () => {
	expect(taskStatuses.filter((status) => hasEnded({ status }))).toEqual(['succeeded', ...bad]);
	expect(taskStatuses.filter((status) => hasEndedBadly({ status }))).toEqual(bad);
	expect([undefined, '', 'submitted', 'unknown'].filter(isEnd)).toEqual([]);
});

test('the addresses of a task are texts by name', () => {
	expect(taskUrlsSchema.safeParse({ status: 'https://a.test' }).success).toBe(true);
	expect(taskUrlsSchema.safeParse({ status: 7 }).success).toBe(false);
	expect(taskUrlsSchema.safeParse(['https://a.test']).success).toBe(false);
});

test('a reference needs task and model, and nothing else', () => {
	const reference = { taskId: 't', modelId: 'm' };
	expect(taskReferenceSchema.parse({ ...reference, more: 1 })).toEqual(reference);
	const taskUrls = { status: 'https://a.test' };
	expect(taskReferenceSchema.parse({ ...reference, taskUrls })).toEqual({ ...reference, taskUrls });
	expect(taskReferenceSchema.safeParse({ taskId: 't' }).success).toBe(false);
	expect(taskReferenceSchema.safeParse({ modelId: 'm' }).success).toBe(false);
});
