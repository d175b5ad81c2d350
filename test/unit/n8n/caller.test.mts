import type { IExecuteFunctions, INode, IRunExecutionData } from 'n8n-workflow';
import { findWaitingCaller, parentOf } from '../../../nodes/shared/n8n/caller';

const WEBHOOK = 'n8n-nodes-base.webhook';
const CHAT = '@n8n/n8n-nodes-langchain.chatTrigger';
const FORM = 'n8n-nodes-base.formTrigger';
const CALLED = 'n8n-nodes-base.executeWorkflowTrigger';

interface TriggerNode {
	type: string;
	parameters?: Record<string, unknown>;
}

interface Around {
	mode?: string;
	trigger?: TriggerNode;
	/** The node is a tool, and only its agent stands behind the trigger. */
	isTool?: boolean;
	/** What n8n's database holds, by execution. */
	stored?: Record<string, object | undefined>;
	/** n8n has read the run from its database. */
	isResumed?: boolean;
	/** Whether n8n shows what it keeps to itself. */
	isOpen?: boolean;
	parentId?: string;
	shouldResume?: boolean;
	/** How many items the sub-workflow was given, and the node. */
	called?: number;
	items?: number;
	tellsTrigger?: boolean;
	/** What n8n keeps of the run, where it is not what it keeps today. */
	resultData?: unknown;
}

function contextWith({
	mode = 'webhook',
	trigger = { type: WEBHOOK },
	isTool = false,
	stored = {},
	isResumed = false,
	isOpen = true,
	parentId,
	shouldResume = true,
	called = 1,
	items = 1,
	tellsTrigger = true,
	resultData = {
		runData: {
			Trigger: [{ data: { main: [Array.from({ length: called }, () => ({ json: {} }))] } }],
		},
	},
}: Around): IExecuteFunctions {
	const node = { name: 'Trigger', typeVersion: 1, disabled: false, ...trigger };
	const parentExecution = parentId && { executionId: parentId, workflowId: 'w', shouldResume };
	const context = {
		getMode: () => mode,
		getExecutionId: () => '7',
		getNode: () => ({ name: 'Seedance' }),
		getInputData: () => Array.from({ length: items }, () => ({ json: {} })),
		getExecuteData: () => ({ source: { main: [{ previousNode: 'Agent' }] } }),
		getParentNodes: (name: string) => (name === (isTool ? 'Agent' : 'Seedance') ? [node] : []),
		getExecutionDataById: async (id: string) => await Promise.resolve(stored[id]),
		getWorkflowDataProxy: () => ({ $: () => ({ isExecuted: true }) }),
		logger: { debug: () => undefined },
		...(tellsTrigger && {
			getExecutionContext: () => ({
				triggerNode: { name: 'Trigger', type: trigger.type },
				parentExecutionId: parentId,
			}),
		}),
		...(isOpen && {
			additionalData: { restartExecutionId: isResumed ? '7' : undefined },
			runExecutionData: {
				parentExecution,
				resultData,
			},
		}),
	};
	return context as unknown as IExecuteFunctions;
}

const find = async (around: Around, pausesInSubWorkflows = false) =>
	await findWaitingCaller(contextWith(around), { pausesInSubWorkflows });

describe('Who waits for the last node', () => {
	test.each<[string, TriggerNode, string | undefined]>([
		['a webhook by default', { type: WEBHOOK, parameters: {} }, undefined],
		['onReceived', { type: WEBHOOK, parameters: { responseMode: 'onReceived' } }, undefined],
		['responseNode', { type: WEBHOOK, parameters: { responseMode: 'responseNode' } }, undefined],
		['lastNode', { type: WEBHOOK, parameters: { responseMode: 'lastNode' } }, 'webhook'],
		['streaming', { type: WEBHOOK, parameters: { responseMode: 'streaming' } }, 'webhook'],
		['an expression', { type: WEBHOOK, parameters: { responseMode: '={{ 1 }}' } }, 'webhook'],
		...['firstEntryJson', 'firstEntryBinary', 'allEntries', 'noData'].map(
			(responseData): [string, TriggerNode, string] => [
				`lastNode with ${responseData}`,
				{ type: WEBHOOK, parameters: { responseMode: 'lastNode', responseData } },
				'webhook',
			],
		),
		['a chat by default', { type: CHAT, parameters: { options: {} } }, 'chat'],
		['a chat hub', { type: CHAT, parameters: { availableInChat: true } }, 'chat'],
		[
			'a streaming chat',
			{ type: CHAT, parameters: { options: { responseMode: 'streaming' } } },
			'chat',
		],
		[
			'a chat with response nodes',
			{ type: CHAT, parameters: { options: { responseMode: 'responseNodes' } } },
			undefined,
		],
		[
			'a form, which is answered with nothing',
			{ type: FORM, parameters: { responseMode: 'lastNode' } },
			undefined,
		],
		['a schedule', { type: 'n8n-nodes-base.scheduleTrigger', parameters: {} }, undefined],
	])('%s', async (_, trigger, expected) => {
		expect(await find({ trigger })).toBe(expected);
		// In front of an agent whose tool the node is, and where n8n names no trigger.
		expect(await find({ trigger, isTool: true })).toBe(expected);
		expect(await find({ trigger, tellsTrigger: false })).toBe(expected);
	});

	const lastNode = { type: WEBHOOK, parameters: { responseMode: 'lastNode' } };

	test.each(['manual', 'retry', 'trigger', 'cli'])('nobody in mode %s', async (mode) => {
		expect(await find({ mode, trigger: lastNode })).toBeUndefined();
	});

	test('nobody any more in a run that n8n has resumed', async () => {
		expect(await find({ trigger: lastNode, isResumed: true })).toBeUndefined();
		const stored = { 7: { resultData: { lastNodeExecuted: 'Wait' } } };
		expect(await find({ trigger: lastNode, isOpen: false, stored })).toBeUndefined();
	});

	test('somebody in a run that n8n saves as it goes', async () => {
		const stored = { 7: { resultData: { lastNodeExecuted: 'Set' } } };
		expect(await find({ trigger: lastNode, stored })).toBe('webhook');
	});

	test('whoever may wait, where the trigger’s parameters are nowhere to be seen', async () => {
		const trigger = { type: WEBHOOK };
		expect(await find({ trigger })).toBe('webhook');
		const stored = {
			7: {
				resultData: {},
				executionData: {
					nodeExecutionStack: [{ node: { name: 'Trigger', type: WEBHOOK, parameters: {} } }],
				},
			},
		};
		expect(await find({ trigger, stored })).toBeUndefined();
	});
});

describe('A sub-workflow', () => {
	const called = { mode: 'integrated', trigger: { type: CALLED, parameters: {} }, parentId: '3' };

	test('with one item is waited for, whatever the node itself is given', async () => {
		expect(await find({ ...called, called: 1, items: 5 })).toBe('workflow');
		expect(await find({ ...called, called: 5, items: 1 })).toBeUndefined();
		expect(await find({ ...called, isTool: true })).toBe('workflow');
	});

	test.each([
		null,
		'text',
		{},
		{ runData: null },
		{ runData: { Other: [{ data: { main: [[]] } }] } },
		{ runData: { Trigger: 'text' } },
		{ runData: { Trigger: [] } },
		{ runData: { Trigger: [null] } },
		{ runData: { Trigger: [{ data: null }] } },
		{ runData: { Trigger: [{ data: { main: null } }] } },
		{ runData: { Trigger: [{ data: { main: [null] } }] } },
	])('of which n8n keeps %j has as many items as the node is given', async (resultData) => {
		expect(await find({ ...called, resultData, items: 1 })).toBe('workflow');
		expect(await find({ ...called, resultData, items: 5 })).toBeUndefined();
	});

	test('that nobody waits for pauses', async () => {
		const alone = { ...called, shouldResume: false };
		expect(await find(alone)).toBeUndefined();
		expect(parentOf(contextWith(alone))).toBeUndefined();
		expect(parentOf(contextWith(called))).toBe('3');
	});

	test('pauses where the user says so', async () => {
		expect(await find(called, true)).toBeUndefined();
	});

	const startedBy = (node: Partial<INode>, parentExecution?: object) =>
		({
			resultData: {},
			parentExecution,
			executionData: { nodeExecutionStack: [{ node }] },
		}) as unknown as IRunExecutionData;
	const grandparent = startedBy({ type: WEBHOOK, parameters: { responseMode: 'lastNode' } });

	test('is waited for where a visitor waits for its caller, however far up', async () => {
		const many = { ...called, called: 3 };
		expect(await find({ ...many, stored: { 3: grandparent } }, true)).toBe('webhook');
		const above = { executionId: '2', workflowId: 'w', shouldResume: true };
		const stored = { 3: startedBy({ type: CALLED, parameters: {} }, above), 2: grandparent };
		expect(await find({ ...many, stored })).toBe('webhook');
		expect(await find({ ...many, stored: {} })).toBeUndefined();
	});

	test('is not where that visitor has his answer', async () => {
		const resumed = { ...grandparent, resultData: { lastNodeExecuted: 'Wait', runData: {} } };
		expect(await find({ ...called, called: 3, stored: { 3: resumed } })).toBeUndefined();
		const above = { executionId: '2', workflowId: 'w', shouldResume: false };
		const stored = { 3: startedBy({ type: CALLED, parameters: {} }, above), 2: grandparent };
		expect(await find({ ...called, called: 3, stored })).toBeUndefined();
	});
});
