import { FakeN8n, submittedTask } from '../fakes/n8n.mts';
import { LEDGER, ledgerWith } from '../fakes/ledger.mts';
import { minutes } from '../fakes/time.mts';
import { jsonAnswer } from '../fakes/vendor.mts';

afterEach(() => jest.restoreAllMocks());

const reference = (key: string) => ({ table: LEDGER, key });

/** Two paused tasks whose orders stand in a ledger, of which one ends well and one does not. */
async function pausedInLedger() {
	const n8n = new FakeN8n();
	n8n.tables = ledgerWith('good', 'bad', 'another run’s');
	n8n.track();
	n8n.vendor.set('good', 'running');
	n8n.vendor.set('bad', 'running');
	const parent = await n8n.pause([
		submittedTask('good', { ledger: reference('good') }),
		submittedTask('bad', { itemIndex: 1, ledger: reference('bad') }),
	]);
	parent.node.onError = 'continueRegularOutput';
	const end = async () => {
		n8n.vendor.set('good', 'succeeded');
		n8n.vendor.set('bad', 'failed');
		await n8n.time.pass(minutes(5));
		expect(parent.state).toBe('success');
		expect(parent.rows?.map(({ json }) => json.taskId)).toEqual(['good', 'bad']);
	};
	const rows = () => n8n.tables?.rows(LEDGER) ?? [];
	const states = () => Object.fromEntries(rows().map(({ orderKey, state }) => [orderKey, state]));
	return { n8n, parent, end, rows, states };
}

test('a paused node writes down what it takes delivery of, and nothing before', async () => {
	const { n8n, end, rows, states } = await pausedInLedger();
	await n8n.time.pass(minutes(3));
	expect(Object.values(states())).toEqual(['submitted', 'submitted', 'submitted']);
	await end();
	expect(n8n.logged.join()).not.toContain('ledger');
	expect(states()).toEqual({ good: 'succeeded', bad: 'failed', 'another run’s': 'submitted' });
	expect(rows()).toHaveLength(3);
	expect(rows().find(({ orderKey }) => orderKey === 'good')?.videoUrl).toMatch(/^https?:/);
});

test('a video that an error of another item throws away is not handed on', async () => {
	const { n8n, parent, states } = await pausedInLedger();
	parent.node.onError = 'stopWorkflow';
	n8n.vendor.set('good', 'succeeded');
	n8n.vendor.set('bad', 'failed');
	await n8n.time.pass(minutes(5));
	expect(parent.state).toBe('error');
	expect(states()).toEqual({ good: 'submitted', bad: 'failed', 'another run’s': 'submitted' });
});

test('what cannot be written down is delivered all the same', async () => {
	const { n8n, end, states } = await pausedInLedger();
	n8n.tables?.failWith((operation) => (operation === 'insert' ? 'table full' : undefined));
	await end();
	expect(Object.values(states())).toEqual(['submitted', 'submitted', 'submitted']);
	expect(n8n.logged.join()).toContain('the task ledger was not written: table full');
});

test('an n8n that runs no workflow for a call delivers all the same', async () => {
	const { n8n, end } = await pausedInLedger();
	n8n.tables = undefined;
	await end();
	expect(n8n.logged.join()).toContain('runs no workflow for a call');
});

test('a task that is called finished without a video has failed in the ledger too', async () => {
	const { n8n, states, rows } = await pausedInLedger();
	const data = { taskId: 'bad', state: 'success', resultJson: '', failMsg: 'too wild' };
	n8n.vendor.set('bad', 'running', { instead: () => jsonAnswer(200, { code: 200, data }) });
	n8n.vendor.set('good', 'succeeded');
	await n8n.time.pass(minutes(6));
	expect(states()).toMatchObject({ good: 'succeeded', bad: 'failed' });
	expect(rows().find(({ orderKey }) => orderKey === 'bad')?.reason).toContain('too wild');
});
