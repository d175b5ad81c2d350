import { problemWithSibling } from '../../../nodes/shared/parking/siblings';
import { deliveryUrlOf, FakeHost, submittedTask } from '../fakes/host.mts';

/** A sub-workflow's execution that is parked for its caller. */
async function parkedFor(parentId: string | undefined) {
	const host = new FakeHost();
	return { host, parked: await host.pause([submittedTask('t0')], { parentId }) };
}

/** Whether another one may begin, and whom it has asked. */
async function begun(host: FakeHost, parentId: string | undefined, process = host.process) {
	host.calls.length = 0;
	const run = host.runOf(host.newExecution({ parentId }), process);
	const problem = await host.time.run(problemWithSibling(run));
	return { run, problem, asked: host.calls.map(({ url, body }) => [url, body]) };
}

test('a child that starts while one of the same parent is parked is refused', async () => {
	const { host, parked } = await parkedFor('p1');
	const { problem, asked } = await begun(host, 'p1');
	expect(problem?.message).toBe(
		'Another sub-workflow of the same caller is paused, and n8n would lose this video',
	);
	expect(problem?.description).toContain('Execution 101 is paused');
	expect(problem?.description).toContain('Nothing was ordered here.');
	expect(asked).toEqual([[deliveryUrlOf(parked), {}]]);
	expect(host.vendor.looks).toEqual([]);
});

test('one that starts after the other has ended is not, and asks once', async () => {
	const { host, parked } = await parkedFor('p1');
	parked.state = 'success';
	const { run, problem, asked } = await begun(host, 'p1');
	expect(problem).toBeUndefined();
	expect(asked).toHaveLength(1);
	expect(await host.time.run(problemWithSibling(run))).toBeUndefined();
	expect(host.calls).toHaveLength(1);
});

test.each([
	['of another parent', 'p1', 'p2'],
	['that nobody called', 'p1', undefined],
	['beside one that nobody waits for', undefined, 'p1'],
	['beside one that nobody waits for, as itself', undefined, undefined],
])('one %s asks nobody', async (_, other, own) => {
	const { host } = await parkedFor(other);
	const { problem, asked } = await begun(host, own);
	expect(problem).toBeUndefined();
	expect(asked).toEqual([]);
});

test('a child is no sibling of itself, and knows none of another process', async () => {
	const { host, parked } = await parkedFor('p1');
	host.calls.length = 0;
	expect(await problemWithSibling(host.runOf(parked))).toBeUndefined();
	expect((await begun(host, 'p1', host.anotherProcess())).problem).toBeUndefined();
	expect(host.calls).toEqual([]);
});
