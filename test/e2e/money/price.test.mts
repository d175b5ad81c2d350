import type { IDataObject } from 'n8n-workflow';
import { vendors } from '../../../sandbox/vendors/index.mts';
import { startOpenAiStandIn, type OpenAiStandIn } from '../../../lab/openAiStandIn.mts';
import { outputOf, type WorkflowNode } from '../../../lab/n8nClient.mts';
import { providerOf } from '../../unit/helpers.mts';
import { kits } from '../../vendors/index.mts';
import { agentWorkflow } from '../agentWorkflow.mts';
import {
	createChain,
	credentialTypes,
	manualTrigger,
	seedanceNode,
	useSharedStage,
	type VendorId,
} from '../stage.mts';
import { finishedExecution, rowsOf, startTextRun, textModels } from '../workflows.mts';

const FINISH_TIMEOUT_MS = 120_000;
const LEDGER = 'ledger_spending';

/** The vendors that tell a price before an order. */
const priced = vendors.filter((vendor) => providerOf(vendor).vendor.price !== undefined);

const stage = useSharedStage({ sandbox: { generationMs: 1000 } });
let openAi: OpenAiStandIn;

beforeAll(async () => {
	openAi = await startOpenAiStandIn();
}, 120_000);

afterAll(async () => {
	await openAi?.close();
});

const ordered = (vendor: VendorId) =>
	stage.sandbox.requests.filter(
		(request) => request.vendor === vendor && request.operation === 'create',
	);

const ended = async (id: string) => await finishedExecution(stage, id, FINISH_TIMEOUT_MS);

const run = async (vendor: VendorId, options: IDataObject) =>
	await ended(
		await startTextRun(stage, {
			vendor,
			itemCount: 1,
			parameters: { options: { pollInterval: 1, ...options } },
		}),
	);

/** Seedance Task alone, behind a start. */
async function task(vendor: VendorId, parameters: IDataObject, more: Partial<WorkflowNode> = {}) {
	const node = seedanceNode(stage, vendor, parameters, {
		type: 'n8n-nodes-seedance.seedanceTask',
		...more,
	});
	const id = await createChain(stage, 'Seedance Task', [manualTrigger, node]);
	const execution = await ended(await stage.client.runManually(id));
	return outputOf(execution, node.name).map(({ json }) => json);
}

test.each(priced)(
	'%s: an order above Max Price is refused, and nothing is ordered',
	async (vendor) => {
		const refused = await run(vendor, { maxPrice: 0.01 });
		expect(refused.status).toBe('error');
		expect(JSON.stringify(refused.data.resultData.error)).toMatch(
			/would cost more than 'Max Price'/,
		);
		expect(ordered(vendor)).toEqual([]);

		const below = await run(vendor, { maxPrice: 50, taskLedger: LEDGER });
		expect(below.status).toBe('success');
		expect(ordered(vendor)).toHaveLength(1);
	},
);

test.each(priced)('%s: the same for an agent, who is told why', async (vendor) => {
	const before = ordered(vendor).length;
	const told = openAi.toolAnswers.length;
	const workflow = await agentWorkflow(stage, openAi, 'a boat', {
		provider: vendor,
		model: textModels[vendor],
		options: { maxPrice: 0.01 },
	});
	const { id, name } = stage.credentials[vendor];
	const nodes = workflow.nodes.map((node) =>
		node.name === 'Seedance'
			? { ...node, credentials: { [credentialTypes[vendor]]: { id, name } } }
			: node,
	);
	const { id: workflowId } = await stage.client.createWorkflow({ ...workflow, nodes });
	await ended(await stage.client.runManually(workflowId));
	expect(openAi.toolAnswers.slice(told).join()).toMatch(/would cost more than 'Max Price'/);
	expect(ordered(vendor)).toHaveLength(before);
});

test.each(priced)('%s: Get Price orders nothing', async (vendor) => {
	const before = ordered(vendor).length;
	const [row] = await task(vendor, {
		resource: 'account',
		operation: 'getPrice',
		model: textModels[vendor],
		duration: '8',
	});
	expect(row).toMatchObject({ provider: vendor, currency: 'USD', price: expect.any(Number) });
	expect(Number(row?.price)).toBeGreaterThan(0);
	expect(ordered(vendor)).toHaveLength(before);
});

test('Get Spending: what the ledger knows, by vendor and model', async () => {
	// It is no vendor's, and needs no credential.
	const rows = await task(
		'apikley',
		{ resource: 'ledger', operation: 'getSpending', taskLedger: LEDGER },
		{ credentials: {} },
	);
	expect(rows.map(({ provider }) => provider)).toEqual(priced.toSorted());
	const rowOf = (vendor: VendorId) => rows.find(({ provider }) => provider === vendor);
	expect(rowOf('wavespeed')).toMatchObject({
		orders: 1,
		succeeded: 1,
		usd: expect.any(Number),
		withoutCost: 0,
	});
	// fal tells its units only after the fact, and no money.
	expect(rowOf('fal')).toMatchObject({ orders: 1, succeeded: 1, withoutCost: 1 });
});

test.each(vendors.filter((vendor) => kits[vendor].listTells !== undefined))(
	'%s: an order whose answer is lost is found again',
	async (vendor) => {
		const before = ordered(vendor).length;
		const effect = { kind: 'httpAfter', status: 502 } as const;
		stage.sandbox.addFault({ vendor, operation: 'create', times: 1, effect });
		const execution = await run(vendor, { taskLedger: 'ledger_lost' });
		expect(execution.status).toBe('success');
		expect(rowsOf(execution)[0]).toMatchObject({
			status: 'succeeded',
			foundAgain: expect.stringMatching(/found again/),
		});
		expect(ordered(vendor)).toHaveLength(before + 1);
	},
	FINISH_TIMEOUT_MS,
);
