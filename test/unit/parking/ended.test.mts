import type { Problem } from '../../../nodes/shared/domain/problem';
import type { ItemResult } from '../../../nodes/shared/host/rows';
import { LEDGER, ledgerWith } from '../fakes/ledger.mts';
import { FakeN8n, submittedTask } from '../fakes/n8n.mts';
import { minutes } from '../fakes/time.mts';

afterEach(() => jest.restoreAllMocks());

const origin = { provider: 'apikley', model: 'bytedance/v1-lite-text-to-video' };
const file = { data: 'filesystem-v2', id: 'filesystem-v2:kept', mimeType: 'video/mp4' };
const row = { taskId: 'first', status: 'succeeded', videoUrl: 'https://v.test/first.mp4' };

/** An execution whose first item had ended before it was paused for the second. */
async function pausedWith(ended: ItemResult['result']) {
	const n8n = new FakeN8n();
	n8n.tables = ledgerWith('first', 'second');
	n8n.track();
	n8n.vendor.set('first', 'succeeded');
	n8n.vendor.set('second', 'running');
	const reference = (key: string) => ({ table: LEDGER, key });
	const items = [{ json: {}, binary: { data: { data: '', mimeType: 'image/png' } } }, { json: {} }];
	const execution = n8n.newExecution({ items });
	execution.node.onError = 'continueRegularOutput';
	const context = n8n.executeContext(execution);
	const { park, newDeliveryAddress } = n8n.process.park;
	const run = n8n.process.openRun(context);
	const submitted = await n8n.withSessions([
		submittedTask('first', { ledger: reference('first') }),
		submittedTask('second', { itemIndex: 1, ledger: reference('second') }),
	]);
	const known = new Map([[0, { itemIndex: 0, origin, result: ended }]]);
	await n8n.time.run(park(run, submitted, newDeliveryAddress(run), known));
	execution.items = JSON.parse(JSON.stringify(execution.items));
	return { n8n, execution };
}

async function deliveredTo({ n8n, execution }: Awaited<ReturnType<typeof pausedWith>>) {
	n8n.vendor.set('second', 'succeeded');
	await n8n.time.pass(minutes(5));
	expect(execution.state).toBe('success');
	return execution.rows ?? [];
}

test('what had ended comes out as it was, and nobody asks for it again', async () => {
	const paused = await pausedWith({ ok: true, value: { json: row, binary: { data: file } } });
	expect(paused.execution.items[0]).toMatchObject({ json: row, binary: { data: file } });
	const [first, second] = await deliveredTo(paused);
	expect(first).toEqual({ json: row, binary: { data: file }, pairedItem: { item: 0 } });
	expect(second?.json).toMatchObject({ taskId: 'second', status: 'succeeded' });
	expect(new Set(paused.n8n.vendor.looks)).toEqual(new Set(['second']));
	const states = paused.n8n.tables?.rows(LEDGER).map(({ state }) => state);
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
	const { n8n, execution } = await pausedWith({ ok: true, value: { json: row } });
	await n8n.wake(execution);
	expect(execution.rows?.[0]?.json).toMatchObject(row);
	expect(execution.rows?.[0]?.json).not.toHaveProperty('error');
});
