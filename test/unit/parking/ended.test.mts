import type { Problem } from '../../../nodes/shared/domain/problem';
import type { ItemResult } from '../../../nodes/shared/host/rows';
import { newDeliveryAddress, park } from '../../../nodes/shared/parking/park';
import { LEDGER, ledgerWith } from '../fakes/ledger.mts';
import { FakeHost, submittedTask } from '../fakes/host.mts';
import { minutes } from '../fakes/time.mts';

const origin = { provider: 'apikley', model: 'bytedance/v1-lite-text-to-video' };
const file = { data: 'filesystem-v2', id: 'filesystem-v2:kept', mimeType: 'video/mp4' };
const row = { taskId: 'first', status: 'succeeded', videoUrl: 'https://v.test/first.mp4' };

/** An execution whose first item had ended before it was paused for the second. */
async function pausedWith(ended: ItemResult['result']) {
	const host = new FakeHost();
	host.tables = ledgerWith('first', 'second');
	host.track();
	host.vendor.set('first', 'succeeded');
	host.vendor.set('second', 'running');
	const reference = (key: string) => ({ table: LEDGER, key });
	const items = [{ json: {}, binary: { data: { data: '', mimeType: 'image/png' } } }, { json: {} }];
	const execution = host.newExecution({ items });
	execution.node.onError = 'continueRegularOutput';
	const run = host.runOf(execution);
	const submitted = await host.withSessions([
		submittedTask('first', { ledger: reference('first') }),
		submittedTask('second', { itemIndex: 1, ledger: reference('second') }),
	]);
	const known = new Map([[0, { itemIndex: 0, origin, result: ended }]]);
	await host.time.run(park(run, submitted, newDeliveryAddress(run), known));
	execution.items = JSON.parse(JSON.stringify(execution.items));
	return { host, execution };
}

async function deliveredTo({ host, execution }: Awaited<ReturnType<typeof pausedWith>>) {
	host.vendor.set('second', 'succeeded');
	await host.time.pass(minutes(5));
	expect(execution.state).toBe('success');
	return execution.rows ?? [];
}

test('what had ended comes out as it was, and nobody asks for it again', async () => {
	const paused = await pausedWith({ ok: true, value: { json: row, binary: { data: file } } });
	expect(paused.execution.items[0]).toMatchObject({ json: row, binary: { data: file } });
	const [first, second] = await deliveredTo(paused);
	expect(first).toEqual({ json: row, binary: { data: file }, pairedItem: { item: 0 } });
	expect(second?.json).toMatchObject({ taskId: 'second', status: 'succeeded' });
	expect(new Set(paused.host.vendor.looks)).toEqual(new Set(['second']));
	const states = paused.host.tables?.rows(LEDGER).map(({ state }) => state);
	expect(states).toEqual(['succeeded', 'succeeded']);
});

test('a failure comes out as that failure', async () => {
	const problem: Problem = {
		kind: 'generationFailed',
		message: 'No',
		description: 'Why',
		code: '500',
		taskId: 'first',
	};
	const [first] = await deliveredTo(await pausedWith({ ok: false, error: problem }));
	expect(first?.json).toMatchObject({ error: 'No', taskId: 'first' });
});

test('a file that lies in the item itself is fetched anew, so that no call has to read it', async () => {
	const inItem = { data: 'AAAA', mimeType: 'video/mp4' };
	const paused = await pausedWith({ ok: true, value: { json: row, binary: { data: inItem } } });
	expect(JSON.stringify(paused.execution.items)).not.toContain('AAAA');
	const [first] = await deliveredTo(paused);
	expect(first?.json).toMatchObject({ taskId: 'first', status: 'succeeded' });
	expect(first?.binary?.data?.id).toBeDefined();
});

test('if nobody comes, n8n hands on the row that is there', async () => {
	const { host, execution } = await pausedWith({ ok: true, value: { json: row } });
	await host.wake(execution);
	expect(execution.rows?.[0]?.json).toMatchObject(row);
	expect(execution.rows?.[0]?.json).not.toHaveProperty('error');
});
