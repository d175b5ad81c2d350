import { ok } from '../../../nodes/shared/domain/result';
import {
	readParkedItems,
	toParkedJson,
	type ParkedItem,
	type ParkedTask,
} from '../../../nodes/shared/parking/parked';
import type { RowOrigin } from '../../../nodes/shared/tasks/row';

const parked = (nonce: string, taskId: string) => ({
	json: toParkedJson(
		{
			nonce,
			itemIndex: 0,
			origin: { provider: 'apikley', model: 'm' },
			task: ok({
				taskId,
				modelId: 'm',
				status: 'queued',
				submittedAt: 1,
				deadlineAt: 2,
				timeoutMinutes: 1,
				output: { raw: false },
			}),
		},
		{ label: 'Apikley' },
	),
});
const tasksOf = (items: unknown) =>
	readParkedItems(items).map(({ task }) => (task.ok ? task.value.taskId : 'none'));

test('the items of a park are read', () => {
	expect(tasksOf([parked('n', 't1'), parked('n', 't2')])).toEqual(['t1', 't2']);
});

// A node that runs once for all items parks the first one; the others are as they came in.
test('an item that only says that it is parked is not, for want of this park’s nonce', () => {
	expect(tasksOf([parked('n', 't1'), parked('x', 'forged')])).toEqual(['t1']);
});

test('what is known of an order comes back with it', () => {
	const origin: RowOrigin = {
		provider: 'modellix',
		model: 'm',
		ordered: { prompt: 'A boat', duration: 5 },
		refusedBy: [
			{ provider: 'apikley', model: 'n', kind: 'rateLimited', code: '429', message: 'no' },
		],
		foundAgain: true,
		input: { title: 'Folge 1' },
	};
	const task: ParkedTask = {
		taskId: 't1',
		modelId: 'm',
		taskUrls: { status: 'https://vendor.example/t1' },
		status: 'running',
		submittedAt: 1,
		orderedAt: 2,
		deadlineAt: 3,
		timeoutMinutes: 4,
		maxPollGapMs: 5,
		ledger: { table: 'orders', key: 'k' },
		output: { raw: true, binaryProperty: 'clip', maxFileBytes: 6, fileName: 'Folge 1' },
	};
	const item: ParkedItem = { nonce: 'n', key: 'k', itemIndex: 0, origin, task: ok(task) };
	const json = toParkedJson(item, { label: 'Modellix' });
	expect(readParkedItems(JSON.parse(JSON.stringify([{ json }])))).toEqual([item]);
});
