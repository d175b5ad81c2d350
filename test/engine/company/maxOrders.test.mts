import { numbered, ownPrompt, prompts, useBench, type Given } from '../bench.mts';
import { useOwnWebhooks } from './ownWebhooks.mts';
import { fakeDataTables } from '../../unit/fakes/dataTables.mts';

const bench = useBench();
const { n8n } = useOwnWebhooks();

const run = async (maxOrders: unknown, { parameters, ...more }: Given = {}) =>
	await bench.run({
		...more,
		parameters: {
			...ownPrompt,
			completion: 'submit',
			...parameters,
			options: { maxOrders, ...Object(parameters?.options) },
		},
	});

const refused = 'Max Orders is 2, and this video would be one more';

test('what goes beyond is refused before anything is paid', async () => {
	const { status, error } = await run(2, { items: numbered(3) });
	expect(status).toBe('error');
	expect(error?.message).toBe(`${refused} [item 2]`);
	expect(error?.description).toContain("raise 'Max Orders'");
	expect(bench.creates()).toEqual([]);
});

test('with Continue On Fail the first ones are ordered', async () => {
	const { items } = await run(2, { items: numbered(4), onError: 'continueRegularOutput' });
	expect(items.map(({ json }) => json.error)).toEqual([undefined, undefined, refused, refused]);
	expect(items[2]?.json.failure).toMatchObject({ code: 'maxOrders' });
	expect(bench.creates()).toHaveLength(2);
});

test.each(['submit', 'wait', 'pause'])(
	'the rounds of a loop and the calls of an agent count together: %s',
	async (completion) => {
		let result = await run(2, {
			parameters: { completion },
			batches: [prompts('A'), prompts('B'), prompts('C')],
			n8n: n8n(),
		});
		while (result.status === 'waiting') {
			result = await result.resume([{ json: { taskId: bench.taskIds().at(-1) } }]);
		}
		expect(result.status).toBe('error');
		expect(result.error?.message).toContain(refused);
		expect(bench.creates()).toHaveLength(2);
	},
);

test('a retry counts on, and what is paid for needs no order', async () => {
	const given = { items: prompts('A', 'B [fail]'), parameters: { completion: 'wait' } };
	const first = await run(2, given);
	expect(first.status).toBe('error');
	expect(bench.creates()).toHaveLength(2);
	const second = await first.retry();
	expect(second.error?.message).toContain(refused);
	expect(bench.creates()).toHaveLength(2);
});

test('a retry whose tasks go on is no new order', async () => {
	bench.fault({ operation: 'status', times: 1, effect: { kind: 'http', status: 401 } });
	const first = await run(1, { items: numbered(1), parameters: { completion: 'wait' } });
	expect(first.status).toBe('error');
	const second = await first.retry();
	expect(second.status).toBe('success');
	expect(bench.creates()).toHaveLength(1);
});

test('an order that the vendor certainly did not take does not count', async () => {
	bench.fault({ operation: 'create', times: 1, effect: { kind: 'http', status: 402 } });
	const { items } = await run(2, {
		batches: [prompts('A'), prompts('B'), prompts('C')],
		onError: 'continueRegularOutput',
	});
	expect(bench.taskIds()).toHaveLength(2);
	expect(items[0]?.json.taskId).toBe(bench.taskIds()[1]);
});

test('one that may have been taken counts', async () => {
	bench.fault({ operation: 'create', times: 1, effect: { kind: 'http', status: 500 } });
	await run(2, {
		batches: [prompts('A'), prompts('B'), prompts('C')],
		onError: 'continueRegularOutput',
	});
	expect(bench.creates()).toHaveLength(2);
});

test('what the ledger of a crashed run knows counts', async () => {
	const tables = fakeDataTables();
	const around = { tables, resumeToken: 'token' };
	const options = { taskLedger: 'ledger' };
	await run(2, { items: prompts('A', 'B'), parameters: { options }, n8n: around });
	const { items } = await run(2, {
		items: prompts('A', 'B', 'C'),
		parameters: { options },
		n8n: { ...around, executionId: '2' },
		mode: 'retry',
		onError: 'continueRegularOutput',
	});
	expect(items.map(({ json }) => json.error)).toEqual([undefined, undefined, refused]);
	expect(bench.creates()).toHaveLength(2);
});

test.each([0, -1, 'many'])('%j is no number of orders', async (maxOrders) => {
	const { error } = await run(maxOrders, { items: numbered(1) });
	expect(error?.message).toContain('Max Orders must be a number greater than 0');
	expect(bench.creates()).toEqual([]);
});
