import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { videoOperations } from '../../../nodes/shared/domain/model';
import { findProvider } from '../../../nodes/shared/providers';
import { addressesInExamples, approver, promptSheet } from '../../../lab/exampleNeeds.mts';
import { readWorkflow, withCredentials } from '../../../lab/importWorkflows.mts';
import {
	outputOf,
	type Execution,
	type ExecutionItem,
	type StoredCredential,
	type WorkflowInput,
	type WorkflowNode,
} from '../../../lab/n8nClient.mts';
import { startOpenAiStandIn, type OpenAiStandIn } from '../../../lab/openAiStandIn.mts';
import { provideForStandIns } from '../../../lab/standIns/credentials.mts';
import { environmentFor, startStandIns, type StandIns } from '../../../lab/standIns/index.mts';
import {
	credentialTypes,
	openSharedStage,
	openStage,
	type SharedStage,
	type VendorId,
} from '../stage.mts';
import { finishedExecution } from '../workflows.mts';

/** A slow machine comes on top of a minute in which a young n8n delivers nothing. */
export const TIMEOUT_MS = 300_000;
export const FOLDER = join(process.cwd(), 'examples');

const isOurs = ({ type }: WorkflowNode) => type.startsWith('n8n-nodes-seedance.');

/** What a test does with an example before it runs it, as a person would. */
export interface Changes {
	/** Whose example it becomes; without it, it stays the one in the file. */
	vendor?: VendorId;
	/** Words in the file, and what stands in their place. */
	words?: Record<string, string>;
	/** Parameters of nodes, by the node's name. */
	parameters?: Record<string, Record<string, unknown>>;
}

interface Scene {
	stage: SharedStage;
	openAi: OpenAiStandIn;
	standIns: StandIns;
	credentials: StoredCredential[];
}

/**
 * A stage on which the examples run, for all tests of a file, or a fresh one for each. In an n8n of its
 * own, also nodes whose service has a fixed address find its stand-in.
 */
export function useExamples(
	per: 'file' | 'test' = 'file',
	n8n: 'shared' | 'own' = 'shared',
): Examples {
	const examples = new Examples(n8n);
	const [before, after] = per === 'file' ? [beforeAll, afterAll] : [beforeEach, afterEach];
	before(async () => await examples.open(), TIMEOUT_MS);
	after(async () => await examples.close());
	return examples;
}

class Examples {
	private opened: Scene | undefined;

	constructor(private readonly n8n: 'shared' | 'own') {}

	private get scene(): Scene {
		if (this.opened === undefined) throw new Error('The stage opens before the tests');
		return this.opened;
	}

	get stage(): SharedStage {
		return this.scene.stage;
	}

	get openAi(): OpenAiStandIn {
		return this.scene.openAi;
	}

	get standIns(): StandIns {
		return this.scene.standIns;
	}

	async open(): Promise<void> {
		const standIns = await startStandIns();
		const stage =
			this.n8n === 'own'
				? await openStage({ env: environmentFor(standIns.url, process.cwd()) })
				: await openSharedStage({ settled: true });
		const openAi = await startOpenAiStandIn();
		const { client } = stage;
		const data = { apiKey: openAi.apiKey, url: openAi.baseUrl, header: false };
		const others = await Promise.all([
			client.createCredential({ name: 'OpenAI', type: 'openAiApi', data }),
			client.createCredential({ name: 'Approver', type: 'httpBasicAuth', data: { ...approver } }),
		]);
		const ofServices = await provideForStandIns(
			async (credential) => await client.createCredential(credential),
			standIns,
		);
		const credentials = [...Object.values(stage.credentials), ...others, ...ofServices];
		this.opened = { stage, openAi, standIns, credentials };
	}

	async close(): Promise<void> {
		await this.opened?.stage.close();
		await this.opened?.openAi.close();
		await this.opened?.standIns.close();
		this.opened = undefined;
	}

	/** The example as a workflow of its own; its addresses and its tables are of its own, too. */
	async create(file: string, changes: Changes = {}): Promise<{ id: string; webhookId: string }> {
		const { client, n8n } = this.stage;
		const original = readWorkflow(join(FOLDER, file), {
			...addressesInExamples(n8n.webhookUrl, this.stage.sandbox, this.openAi),
			...changes.words,
		});
		const webhookId = randomUUID();
		const nodes = original.nodes
			.map((node) => (node.webhookId === undefined ? node : { ...node, webhookId }))
			.map((node) => inHandsOf(node, changes.vendor))
			.map((node) => ({
				...node,
				parameters: { ...node.parameters, ...changes.parameters?.[node.name] },
			}));
		const name = `${original.name} (${changes.vendor ?? 'as it is'} ${webhookId.slice(0, 4)})`;
		const workflow: WorkflowInput = { ...original, name, nodes };
		const { id } = await client.createWorkflow(withCredentials(workflow, this.scene.credentials));
		if (original.active) await client.activate(id);
		return { id, webhookId };
	}

	/** Starts an example; gives the execution's ID. */
	async start(file: string, changes: Changes = {}): Promise<string> {
		return await this.stage.client.runManually((await this.create(file, changes)).id);
	}

	async run(file: string, changes: Changes = {}): Promise<Execution> {
		return await this.succeeded(await this.start(file, changes));
	}

	async succeeded(id: string): Promise<Execution> {
		const execution = await finishedExecution(this.stage, id, TIMEOUT_MS);
		expect(execution.data.resultData.error).toBeUndefined();
		expect(execution.status).toBe('success');
		return execution;
	}

	/** A sheet for one test alone: its name, by the words to change. */
	async sheet(prompts: string[]): Promise<{ name: string; words: Record<string, string> }> {
		const name = `prompts_${randomUUID().slice(0, 8)}`;
		const rows = prompts.map((prompt) => ({ prompt }));
		await this.stage.client.ensureDataTable({ ...promptSheet, name, rows });
		return { name, words: { [promptSheet.name]: name } };
	}

	/** What the vendor was asked for. */
	inputOf(taskId: unknown) {
		return this.stage.sandbox.tasks().find((task) => task.taskId === taskId)?.input;
	}

	/** Vendors of the orders that were taken whose prompt has these words, oldest first. */
	vendorsAskedFor(words: string): VendorId[] {
		const asked = this.stage.sandbox.tasks().filter(({ input }) => hasWords(input, words));
		return asked.map(({ vendor }) => vendor);
	}

	async file(item: ExecutionItem | undefined, field: string): Promise<Buffer> {
		const { bytes } = await this.stage.client.binary(item?.binary?.[field]?.id ?? '');
		return bytes;
	}
}

const hasWords = (input: unknown, words: string) => JSON.stringify(input).includes(words);

/** Provider, model and credential are what the notes say has to be changed, and nothing else is. */
function inHandsOf(node: WorkflowNode, vendor: VendorId | undefined): WorkflowNode {
	if (vendor === undefined || !isOurs(node)) return node;
	const { operation } = node.parameters;
	const ofVideo = videoOperations.find((one) => one === operation);
	const ofText = node.type.includes('seedanceImageToVideo') ? 'imageToVideo' : 'textToVideo';
	const kind = node.type.includes('seedanceVideoToVideo') && ofVideo ? ofVideo : ofText;
	const model = findProvider(vendor)?.defaultModels[kind];
	const before = credentialTypes[node.parameters.provider as VendorId];
	const others = Object.entries(node.credentials ?? {}).filter(([type]) => type !== before);
	return {
		...node,
		parameters: {
			...node.parameters,
			provider: vendor,
			...(node.parameters.model === undefined ? {} : { model }),
		},
		credentials: {
			...Object.fromEntries(others),
			[credentialTypes[vendor]]: { id: null, name: vendor },
		},
	};
}

export function only(items: ExecutionItem[]): ExecutionItem {
	expect(items).toHaveLength(1);
	return items[0] as ExecutionItem;
}

export const rowsOf = (execution: Execution, node: string, output = 0) =>
	outputOf(execution, node, output).map(({ json }) => json);

export const runsOf = ({ data }: Execution, node: string) => data.resultData.runData[node] ?? [];
