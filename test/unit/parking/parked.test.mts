import { readParkedItems, toParkedJson } from '../../../nodes/shared/parking/parked';
import { ok } from '../../../nodes/shared/domain/result';

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
