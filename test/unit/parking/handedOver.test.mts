import { park, newDeliveryAddress } from '../../../nodes/shared/parking/park';
import { rowsHandedOver } from '../../../nodes/shared/parking/handedOver';
import { FakeHost, refusedItem, submittedTask, type Execution } from '../fakes/host.mts';

/** An execution that one run of its node has paused for two tasks and an item without one. */
async function pausedOnce() {
	const host = new FakeHost();
	const tasks = [submittedTask('a'), refusedItem(1), submittedTask('b', { itemIndex: 2 })];
	return { host, execution: await host.pause(tasks) };
}

/** What the node is given when it runs again with these rows. */
const givenTo = (host: FakeHost, execution: Execution, items: Execution['items'], more = {}) =>
	rowsHandedOver(host.runOf({ ...execution, items, ...more }));

const handedOver = [
	{ json: { taskId: 'a', status: 'succeeded' }, binary: { data: { data: '', mimeType: 'v/m' } } },
	{ json: { error: 'Too long' } },
	{ json: { error: 'Failed', details: { taskId: 'b' } } },
];

test('rows that a call has handed over are known again, each with its item', async () => {
	const { host, execution } = await pausedOnce();
	const rows = handedOver.map((row, item) => ({ ...row, pairedItem: { item } }));
	expect(givenTo(host, execution, handedOver)).toEqual(rows);
	const older = { json: { error: 'Failed', message: { taskId: 'b' } } };
	expect(givenTo(host, execution, [...handedOver.slice(0, 2), older])).toHaveLength(3);
});

test.each([
	['of another order', handedOver.toReversed(), {}],
	['of which one is missing', handedOver.slice(0, 2), {}],
	['of other tasks', [{ json: { taskId: 'c' } }, ...handedOver.slice(1)], {}],
	['of another run of the node', handedOver, { runIndex: 1 }],
	['of a node that was never paused', handedOver, { kept: {} }],
])('rows %s are input like any other', async (_, items, more) => {
	const { host, execution } = await pausedOnce();
	expect(givenTo(host, execution, items, more)).toBeUndefined();
});

test('another run of the node notes its own beside', async () => {
	const { host, execution } = await pausedOnce();
	execution.runIndex = 1;
	const run = host.runOf(execution);
	await park(run, await host.withSessions([submittedTask('c')]), newDeliveryAddress(run));
	expect(givenTo(host, execution, [{ json: { taskId: 'c' } }])).toHaveLength(1);
	expect(givenTo(host, execution, handedOver, { runIndex: 0 })).toHaveLength(3);
});
