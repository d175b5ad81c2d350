import { createRunExecutionData, Workflow } from 'n8n-workflow';
import type {
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeType,
	IRunExecutionData,
	IWorkflowBase,
} from 'n8n-workflow';
import { WorkflowExecute } from 'n8n-core';
import { fail, ok } from '../../nodes/shared/domain/result.ts';
import { openDataTable } from '../../nodes/shared/n8n/dataTable.ts';
import { noteStoppedTasks, type RunInline } from '../../nodes/shared/n8n/executions.ts';
import { readPlan, type PollerPlan } from '../../nodes/shared/host/pollerPlan.ts';
import { pollerWorkflow } from '../../nodes/shared/n8n/pollerWorkflow.ts';
import type { LedgerRow } from '../../nodes/shared/tasks/ledgerRow.ts';
import type { DataTable } from '../../nodes/shared/tasks/tables.ts';
import { clock } from '../../nodes/shared/n8n/clock.ts';
import { hostileTexts } from '../hostileTexts.mts';
import { fakeDataTables } from '../unit/fakes/dataTables.mts';
import { additionalDataOf } from './harness.mts';

/** What n8n makes of every parameter of a workflow when it runs, by the nodes' names. */
async function evaluated(code: IWorkflowBase): Promise<Record<string, IDataObject>> {
	const seen: Record<string, IDataObject> = {};
	const names = [...new Set(code.nodes.flatMap(({ parameters }) => Object.keys(parameters)))];
	const recorder: INodeType = {
		description: {
			displayName: 'Recorder',
			name: 'recorder',
			group: ['transform'],
			version: [1, 1.1],
			description: 'Notes its parameters',
			defaults: { name: 'Recorder' },
			inputs: ['main'],
			outputs: ['main'],
			properties: names.map((name) => ({ displayName: name, name, type: 'string', default: '' })),
		},
		async execute() {
			const { name, parameters } = this.getNode();
			const values = Object.keys(parameters).map((key) => [
				key,
				this.getNodeParameter(key, 0) as unknown,
			]);
			seen[name] = Object.fromEntries(values) as IDataObject;
			return await Promise.resolve([[{ json: {} }]]);
		},
	};
	const workflow = new Workflow({
		...code,
		// The poller's output leads back to itself.
		connections: Object.fromEntries(
			Object.entries(code.connections).filter(
				([from, to]) => !JSON.stringify(to).includes(JSON.stringify(from)),
			),
		),
		id: 'inline',
		nodeTypes: {
			getByName: () => recorder,
			getByNameAndVersion: () => recorder,
			getKnownTypes: () => ({}),
		},
	});
	const [start] = Object.values(workflow.nodes);
	if (start === undefined) throw new Error('No node');
	const data: IRunExecutionData = createRunExecutionData({
		executionData: {
			nodeExecutionStack: [{ node: start, data: { main: [[{ json: {} }]] }, source: null }],
		},
	});
	const additional = additionalDataOf({ credentials: {} }, 'integrated', code);
	const run = await new WorkflowExecute(additional, 'integrated', data).processRunExecutionData(
		workflow,
	);
	expect(run.data.resultData.error).toBeUndefined();
	return seen;
}

const row = (text: string): LedgerRow => ({
	orderedAt: '2026-11-20T10:00:00.000Z',
	state: 'submitted',
	provider: text,
	prompt: text,
	taskId: text,
	origin: text,
	orderKey: text,
	rowKey: text,
});

/** Every workflow that the ledger runs, when whatever it is told is this text. */
async function ledgerWorkflows(text: string): Promise<IWorkflowBase[]> {
	const tables = fakeDataTables([], { keepsHistory: false });
	const codes: IWorkflowBase[] = [];
	const run: RunInline = async (code, items) => {
		codes.push(code);
		// Only the parameters count here, and the fake evaluates none.
		if (code.nodes[1]?.parameters.resource === 'row') return fail('not run');
		return ok(code.nodes[1]?.parameters.operation === 'list' ? [] : await tables.run(code, items));
	};
	const opened = await openDataTable(run, clock, text, 'make');
	if (!opened.ok) throw new Error(opened.error);
	const table: DataTable = opened.value;
	await table.get({ conditions: [{ column: 'taskId', is: 'eq', value: text }], match: 'all' });
	await table.get({
		conditions: [{ column: text, is: 'lt', value: text }],
		match: 'any',
		newest: 5,
	});
	await table.replace([row(text)], [text, 'key#1']);
	await table.replace([], [text]);
	return codes;
}

const plan = (text: string): PollerPlan => ({
	rings: [{ url: text, body: { nonce: text } }],
	rhythm: 'wide',
	startedAt: 1,
	endsAt: 2,
});

const pollerOf = (text: string) =>
	pollerWorkflow({ name: text, type: 'n8n-nodes-seedance.seedanceTask' }, plan(text));

/** The workflow in which the tasks of a stopped execution are left. */
async function stoppedWorkflow(text: string): Promise<IWorkflowBase> {
	const started: IWorkflowBase[] = [];
	const context = {
		getWorkflowDataProxy: () => ({ $execution: { id: text }, $workflow: { id: text } }),
		getMode: () => 'trigger',
		executeWorkflow: async ({ code }: { code: IWorkflowBase }) => {
			started.push(code);
			await Promise.resolve();
		},
	} as unknown as IExecuteFunctions;
	await noteStoppedTasks(context, [{ taskId: text }]);
	const [code] = started;
	if (code === undefined) throw new Error('Nothing was started');
	return code;
}

const textsIn = (value: unknown): string[] =>
	typeof value === 'string'
		? [value]
		: typeof value === 'object' && value !== null
			? Object.values(value).flatMap(textsIn)
			: [];

/** The package's own constant, with nothing but the numbers of characters in it. */
const literal = /^=\{\{ "(?:\\u[\da-f]{4})+" \}\}$/;

test.each(hostileTexts)(
	'no parameter of a generated workflow is an expression: %j',
	async (text) => {
		const codes = [...(await ledgerWorkflows(text)), pollerOf(text), await stoppedWorkflow(text)];
		expect(codes).toHaveLength(8);
		const parameters = codes.flatMap(({ nodes }) => nodes.map((node: INode) => node.parameters));
		const expressions = textsIn(parameters).filter((one) => one.startsWith('='));
		expect(expressions.filter((one) => !literal.test(one))).toEqual([]);
		if (text.startsWith('=')) expect(expressions.length).toBeGreaterThan(4);
		// n8n evaluates no names and notes; that they begin with words of the package costs nothing.
		for (const { name, nodes } of codes) {
			expect(name).toMatch(/^Seedance: /);
			for (const node of nodes) expect(`${node.name}${node.notes ?? ''}`).not.toMatch(/^=/);
		}
	},
);

test.each(hostileTexts)('n8n hands it on as the text that it is: %j', async (text) => {
	const [list, create, byTask, newest, replaced, removed] = await ledgerWorkflows(text);
	if (!list || !create || !byTask || !newest || !replaced || !removed) throw new Error('Too few');
	const cell = /^=/.test(text.trim()) ? `'${text}` : text;
	const condition = (keyName: string, is: string, keyValue: string) => ({
		conditions: [{ keyName, condition: is, keyValue }],
	});
	expect((await evaluated(list)).list?.options).toEqual({ filterName: text });
	expect((await evaluated(create)).create?.tableName).toBe(text);
	expect((await evaluated(byTask)).get?.filters).toEqual(condition('taskId', 'eq', cell));
	expect((await evaluated(newest)).get?.filters).toEqual(condition(text, 'lt', cell));
	expect((await evaluated(replaced))['Remove 1']?.filters).toEqual({
		conditions: [text, 'key#1'].map((keyValue) => ({
			keyName: 'rowKey',
			condition: 'eq',
			keyValue,
		})),
	});
	expect((await evaluated(removed))['Remove 1']?.filters).toEqual(condition('rowKey', 'eq', text));
	const poller = pollerOf(text);
	const told = (await evaluated(poller))[`Poller for ${text}`]?.plan;
	expect(readPlan(JSON.parse(String(told)))).toEqual(plan(text));
});

test('what has to be found later is kept, whatever the instance keeps of others', async () => {
	const kept = ({ settings }: IWorkflowBase) => [
		settings?.saveDataSuccessExecution,
		settings?.saveDataErrorExecution,
	];
	expect(kept(await stoppedWorkflow('t'))).toEqual(['all', 'all']);
	expect(kept(pollerOf('t'))).toEqual(['none', 'all']);
	for (const code of await ledgerWorkflows('t')) expect(kept(code)).toEqual(['none', 'none']);
});
