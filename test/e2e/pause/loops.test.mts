import { outputOf, type Execution, type WorkflowNode } from '../../../lab/n8nClient.mts';
import {
	chain,
	itemsNode,
	manualTrigger,
	useSharedStage,
	seedanceNode,
	splitNode,
	type VendorId,
} from '../stage.mts';
import { afterNode, finishedExecution, rowsOf, textModels } from '../workflows.mts';
import { promptsInOrder } from './pausedRuns.mts';

/** Polled rounds take at least a minute each. */
const TIMEOUT_MS = 480_000;

const stage = useSharedStage();
const started = new Map<string, string>();

beforeAll(async () => {
	started.set('polled', await startLoop('modellix', 3, ['Seedance']));
	started.set('called back', await startLoop('apikley', 6, ['Seedance']));
	started.set('two nodes', await startLoop('apikley', 3, ['Seedance', 'Second']));
}, TIMEOUT_MS);

const loopNode: WorkflowNode = {
	name: 'Loop',
	type: 'n8n-nodes-base.splitInBatches',
	typeVersion: 3,
	position: [500, 0],
	parameters: { options: {} },
};

/** Loop Over Items with one item a round; `names` are the Seedance nodes in it. */
async function startLoop(vendor: VendorId, rounds: number, names: string[]): Promise<string> {
	const label = `${vendor} ${names.length}`;
	const seedance = names.map((name) =>
		seedanceNode(
			stage,
			vendor,
			{
				model: textModels[vendor],
				prompt: `={{ $('Loop').item.json.prompts }} (${label}, ${name})`,
				completion: 'pause',
			},
			{ name },
		),
	);
	const main = (node: string) => [{ node, type: 'main', index: 0 }];
	const { id } = await stage.client.createWorkflow({
		name: `Loop ${label}`,
		nodes: [manualTrigger, itemsNode(rounds), splitNode, loopNode, ...seedance, afterNode],
		connections: {
			...chain('Start', 'Items', 'Split', 'Loop'),
			...chain(...names, 'Loop'),
			Loop: { main: [main('After'), main(names[0] ?? '')] },
		},
	});
	return await stage.client.runManually(id);
}

async function endOf(name: string): Promise<Execution> {
	const execution = await finishedExecution(stage, started.get(name) ?? '', TIMEOUT_MS);
	expect(execution.data.resultData.error).toBeUndefined();
	expect(execution.status).toBe('success');
	return execution;
}

const prompts = (rounds: number, label: string) =>
	Array.from({ length: rounds }, (_, round) => `clip ${round} (${label})`);

const created = (label: string) =>
	stage.sandbox.requests.filter(
		({ operation, rawBody }) => operation === 'create' && rawBody.includes(`(${label}`),
	);

test.each([
	['called back', 'apikley 1', 6],
	['two nodes', 'apikley 2', 3],
	['polled', 'modellix 1', 3],
])(
	'Loop Over Items, %s: every item gets its own video, paid for once',
	async (name, label, rounds) => {
		const execution = await endOf(name);
		const names = name === 'two nodes' ? ['Seedance', 'Second'] : ['Seedance'];
		expect(promptsInOrder(stage, rowsOf(execution))).toEqual(
			prompts(rounds, `${label}, ${names.at(-1)}`),
		);
		for (const node of names) {
			const runs = execution.data.resultData.runData[node] ?? [];
			const items = runs.flatMap(({ data }) => data?.main?.[0] ?? []);
			expect(
				promptsInOrder(
					stage,
					items.map(({ json }) => json),
				),
			).toEqual(prompts(rounds, `${label}, ${node}`));
			for (const { json, binary } of items) {
				expect(json.status).toBe('succeeded');
				expect(binary?.data?.fileName).toBe(`${String(json.taskId)}.mp4`);
			}
		}
		expect(outputOf(execution, 'After')).toHaveLength(rounds);
		expect(created(label)).toHaveLength(rounds * names.length);
	},
	TIMEOUT_MS,
);
