import { FakeHost, submittedTask } from '../fakes/host.mts';
import { LEDGER, ledgerWith } from '../fakes/ledger.mts';
import { minutes } from '../fakes/time.mts';
import { jsonAnswer } from '../fakes/vendor.mts';

const reference = (key: string) => ({ table: LEDGER, key });

/** Two paused tasks whose orders stand in a ledger, of which one ends well and one does not. */
async function pausedInLedger() {
	const host = new FakeHost();
	host.tables = ledgerWith('good', 'bad', 'another run’s');
	host.track();
	host.vendor.set('good', 'running');
	host.vendor.set('bad', 'running');
	const parent = await host.pause([
		submittedTask('good', { ledger: reference('good') }),
		submittedTask('bad', { itemIndex: 1, ledger: reference('bad') }),
	]);
	parent.node.onError = 'continueRegularOutput';
	const end = async () => {
		host.vendor.set('good', 'succeeded');
		host.vendor.set('bad', 'failed');
		await host.time.pass(minutes(5));
		expect(parent.state).toBe('success');
		expect(parent.rows?.map(({ json }) => json.taskId)).toEqual(['good', 'bad']);
	};
	const rows = () => host.tables?.rows(LEDGER) ?? [];
	const states = () => Object.fromEntries(rows().map(({ orderKey, state }) => [orderKey, state]));
	return { host, parent, end, rows, states };
}

test('a paused node writes down what it takes delivery of, and nothing before', async () => {
	const { host, end, rows, states } = await pausedInLedger();
	await host.time.pass(minutes(3));
	expect(Object.values(states())).toEqual(['submitted', 'submitted', 'submitted']);
	await end();
	expect(host.logged.join()).not.toContain('ledger');
	expect(states()).toEqual({ good: 'succeeded', bad: 'failed', 'another run’s': 'submitted' });
	expect(rows()).toHaveLength(3);
	expect(rows().find(({ orderKey }) => orderKey === 'good')?.videoUrl).toMatch(/^https?:/);
});

test('a video that an error of another item throws away is not handed on', async () => {
	const { host, parent, states } = await pausedInLedger();
	parent.node.onError = 'stopWorkflow';
	host.vendor.set('good', 'succeeded');
	host.vendor.set('bad', 'failed');
	await host.time.pass(minutes(5));
	expect(parent.state).toBe('error');
	expect(states()).toEqual({ good: 'submitted', bad: 'failed', 'another run’s': 'submitted' });
});

test('what cannot be written down is delivered all the same', async () => {
	const { host, end, states } = await pausedInLedger();
	host.tables?.failWith((operation) => (operation === 'insert' ? 'table full' : undefined));
	await end();
	expect(Object.values(states())).toEqual(['submitted', 'submitted', 'submitted']);
	expect(host.logged.join()).toContain('the task ledger was not written: table full');
});

test('a host without tables delivers all the same', async () => {
	const { host, end } = await pausedInLedger();
	host.tables = undefined;
	await end();
	expect(host.logged.join()).toContain('the task ledger was not written: This host has no tables');
});

test('a task that is called finished without a video has failed in the ledger too', async () => {
	const { host, states, rows } = await pausedInLedger();
	const data = { taskId: 'bad', state: 'success', resultJson: '', failMsg: 'too wild' };
	host.vendor.set('bad', 'running', { instead: () => jsonAnswer(200, { code: 200, data }) });
	host.vendor.set('good', 'succeeded');
	await host.time.pass(minutes(6));
	expect(states()).toMatchObject({ good: 'succeeded', bad: 'failed' });
	expect(rows().find(({ orderKey }) => orderKey === 'bad')?.reason).toContain('too wild');
});
