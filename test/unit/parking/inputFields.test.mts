import { submittedTask, unwatched, type FakeHost } from '../fakes/host.mts';

const input = { title: 'Folge 1', prompt: 'as it came', status: 'stale', ledger: { a: 1 } };

function named(host: FakeHost, taskId: string, itemIndex: number) {
	const given = submittedTask(taskId, { provider: host.vendor.id, itemIndex });
	if (!given.result.ok) throw new Error('No task');
	const { output, ...rest } = given.result.value;
	return {
		...given,
		origin: { ...given.origin, input, ordered: { prompt: 'as ordered' } },
		result: { ok: true as const, value: { ...rest, output: { ...output, fileName: 'Folge – 1' } } },
	};
}

test('a paused item keeps its own fields and the name of its file', async () => {
	const host = unwatched();
	host.vendor.set('t0', 'succeeded');
	host.vendor.set('t1', 'running');
	const execution = await host.pause([named(host, 't0', 0), named(host, 't1', 1)], {
		node: { onError: 'continueRegularOutput' as const },
	});
	// What is handed on if nobody comes has them, too.
	expect(execution.items[0]?.json).toMatchObject({ title: 'Folge 1', error: expect.any(String) });
	await host.look(execution);
	host.vendor.set('t1', 'failed');
	const { rows } = await host.look(execution);
	expect(rows).toMatchObject([
		{
			json: { title: 'Folge 1', prompt: 'as ordered', status: 'succeeded' },
			binary: { data: { fileName: 'Folge – 1.mp4' } },
		},
		{ json: { title: 'Folge 1', status: 'failed', error: expect.any(String) } },
	]);
	for (const { json } of rows ?? []) {
		expect(json).not.toHaveProperty('parked');
		expect(json).not.toHaveProperty('ledger');
	}
});
