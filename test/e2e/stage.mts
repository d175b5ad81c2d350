import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { forEachVendor, vendors } from '../../sandbox/vendors/index.mts';
import {
	startSandbox,
	type Sandbox,
	type SandboxOptions,
	type VendorId,
} from '../../sandbox/index.mts';
import { buildEdition, editionFolder } from '../../scripts/editions/edition.mts';
import { type N8nHandle, packPackage, startN8n } from '../../lab/n8n.mts';
import { N8nClient, type StoredCredential, type WorkflowNode } from '../../lab/n8nClient.mts';
import { providerOf } from '../unit/helpers.mts';
import { account } from './account.mts';
import { sharedN8n, type SharedN8n } from './shared/address.mts';

export type { VendorId };

export const credentialTypes: Record<VendorId, string> = forEachVendor(
	(vendor) => providerOf(vendor).credentialType,
);

/** An n8n with an owner, and for the test alone a sandbox and a credential per vendor. */
export interface SharedStage {
	n8n: Pick<N8nHandle, 'url' | 'webhookUrl' | 'userFolder' | 'logs'>;
	client: N8nClient;
	sandbox: Sandbox;
	credentials: Record<VendorId, StoredCredential>;
	close(): Promise<void>;
}

/** The same with an n8n for the test alone, which may be killed. */
export interface Stage extends SharedStage {
	n8n: N8nHandle;
}

export interface SharedStageOptions {
	sandbox?: SandboxOptions;
	apikleyWebhookSecret?: string;
	/** Without it, the credential makes a secret of its own. */
	apikleyCallbackSecret?: string;
}

export interface StageOptions extends SharedStageOptions {
	mode?: 'regular' | 'queue';
	env?: Record<string, string>;
	/** Packages of one vendor that are installed beside the one of all. */
	editions?: readonly VendorId[];
	/** Further community packages, unpacked. */
	peerDirs?: readonly string[];
}

/** Before that nothing is delivered into paused executions, because n8n may still be recovering. */
const YOUNG_MS = 60_000;

/** An n8n of its own may start beside those of other files. */
const START_TIMEOUT_MS = 300_000;

/** A stage in the n8n that all test files share. `settled` has it old enough to deliver at once. */
export async function openSharedStage(
	options: SharedStageOptions & { settled?: boolean } = {},
): Promise<SharedStage> {
	const n8n: SharedN8n = sharedN8n();
	if (options.settled) await sleep(Math.max(0, n8n.startedAt + YOUNG_MS - Date.now()));
	const sandbox = await startSandbox({ port: 0, generationMs: 1500, ...options.sandbox });
	const client = new N8nClient(n8n.url, { webhookUrl: n8n.webhookUrl });
	await client.signIn(account);
	const credentials = await createCredentials(client, sandbox, options);
	return { n8n, client, sandbox, credentials, close: () => sandbox.close() };
}

/** A stage that stands before the first hook of a file and is closed behind the last one. */
function useOpened<S extends SharedStage>(open: () => Promise<S>, timeoutMs?: number) {
	let opened: S | undefined;
	const stage = () => {
		if (opened === undefined) throw new Error('The stage stands from the first hook on');
		return opened;
	};
	beforeAll(async () => {
		opened = await open();
	}, timeoutMs);
	afterAll(async () => await opened?.close());
	return {
		get n8n(): S['n8n'] {
			return stage().n8n;
		},
		get client() {
			return stage().client;
		},
		get sandbox() {
			return stage().sandbox;
		},
		get credentials() {
			return stage().credentials;
		},
		close: async () => await stage().close(),
	};
}

/** A shared stage for all tests of a file. */
export const useSharedStage = (options?: Parameters<typeof openSharedStage>[0]): SharedStage =>
	useOpened(async () => await openSharedStage(options));

/** A stage of their own for all tests of a file. */
export const useStage = (options?: StageOptions): Stage =>
	useOpened(async () => await openStage(options), START_TIMEOUT_MS);

/** A real n8n with the packed package, the sandbox, an owner and a credential per vendor. */
export async function openStage(options: StageOptions = {}): Promise<Stage> {
	const userFolder = mkdtempSync(join(tmpdir(), 'seedance-e2e-'));
	const sandbox = await startSandbox({ port: 0, generationMs: 1500, ...options.sandbox });
	const n8n = await startN8n({
		userFolder,
		packageDir: packPackage(process.cwd()),
		otherPackageDirs: [...(options.editions ?? []).map(packEdition), ...(options.peerDirs ?? [])],
		mode: options.mode,
		env: options.env,
		workerCount: 2,
	});
	const close = async () => {
		await n8n.stop();
		await sandbox.close();
		rmSync(userFolder, { recursive: true, force: true });
	};
	try {
		const client = new N8nClient(n8n.url, { webhookUrl: n8n.webhookUrl });
		await client.signInAsOwner(account);
		const credentials = await createCredentials(client, sandbox, options);
		return { n8n, client, sandbox, credentials, close };
	} catch (error) {
		// The test has no stage to close then, and a process left behind keeps Jest from ending.
		await close();
		throw error;
	}
}

function packEdition(vendor: VendorId): string {
	const root = process.cwd();
	buildEdition(root, vendor);
	return packPackage(root, editionFolder(root, vendor));
}

async function createCredentials(
	client: N8nClient,
	{ apiKeys, baseUrls }: Sandbox,
	{ apikleyWebhookSecret = '', apikleyCallbackSecret = '' }: SharedStageOptions,
): Promise<Record<VendorId, StoredCredential>> {
	const credential = async (vendor: VendorId) =>
		await client.createCredential({
			name: `Sandbox ${vendor}`,
			type: credentialTypes[vendor],
			data: {
				apiKey: apiKeys[vendor],
				baseUrl: baseUrls[vendor],
				...(vendor === 'apikley' && {
					webhookSecret: apikleyWebhookSecret,
					callbackSecret: apikleyCallbackSecret,
				}),
			},
		});
	const stored = await Promise.all(vendors.map(credential));
	return forEachVendor((vendor) => credentialOf(stored, vendor));
}

/** The credential of a vendor among those that were made in the vendors' order. */
export function credentialOf(stored: StoredCredential[], vendor: VendorId): StoredCredential {
	const credential = stored[vendors.indexOf(vendor)];
	if (credential === undefined) throw new Error(`No credential for ${vendor}`);
	return credential;
}

export const manualTrigger: WorkflowNode = {
	name: 'Start',
	type: 'n8n-nodes-base.manualTrigger',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

/** A node that puts out this JSON, or what this expression gives. */
export const setNode = (name: string, json: object | string): WorkflowNode => ({
	name,
	type: 'n8n-nodes-base.set',
	typeVersion: 3.4,
	position: [200, 0],
	parameters: { mode: 'raw', jsonOutput: typeof json === 'string' ? json : JSON.stringify(json) },
});

/** Puts out `count` prompts, which `splitNode` makes items of. */
export const itemsNode = (count: number): WorkflowNode =>
	setNode('Items', { prompts: Array.from({ length: count }, (_, i) => `clip ${i}`) });

export const splitNode: WorkflowNode = {
	name: 'Split',
	type: 'n8n-nodes-base.splitOut',
	typeVersion: 1,
	position: [400, 0],
	parameters: { fieldToSplitOut: 'prompts' },
};

/** Connects nodes one after the other. */
export function chain(...names: string[]): Record<string, unknown> {
	return Object.fromEntries(
		names
			.slice(0, -1)
			.map((name, index) => [
				name,
				{ main: [[{ node: names[index + 1], type: 'main', index: 0 }]] },
			]),
	);
}

/** A workflow in which each of these nodes hands on to the next one; gives its ID. */
export async function createChain(
	{ client }: Pick<SharedStage, 'client'>,
	name: string,
	nodes: WorkflowNode[],
): Promise<string> {
	const connections = chain(...nodes.map((node) => node.name));
	return (await client.createWorkflow({ name, nodes, connections })).id;
}

export function seedanceNode(
	stage: Pick<SharedStage, 'credentials'>,
	vendor: VendorId,
	parameters: Record<string, unknown>,
	more: Partial<WorkflowNode> = {},
): WorkflowNode {
	const { id, name } = stage.credentials[vendor];
	return {
		name: 'Seedance',
		type: 'n8n-nodes-seedance.seedanceTextToVideo',
		typeVersion: 1,
		position: [600, 0],
		parameters: { provider: vendor, ...parameters },
		credentials: { [credentialTypes[vendor]]: { id, name } },
		...more,
	};
}
