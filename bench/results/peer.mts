import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { WorkflowNode } from '../../lab/n8nClient.mts';
import type { SharedStage } from '../../test/e2e/stage.mts';
import { createWorkflow, type BenchWorkflow } from './workflows.mts';

/**
 * Somebody else's node for one of the vendors, to be measured beside ours: fetched when the bench runs,
 * and no part of the project.
 */
export const PEER = {
	name: 'n8n-nodes-aimlapi',
	type: 'n8n-nodes-aimlapi.aimlApi',
	credentialType: 'aimlApi',
};

/** Names a folder with the peer's package, built, where no registry has it. */
const FOLDER_VARIABLE = 'BENCH_PEER';

type Fetched = { ok: true; value: { name: string; folder: string } } | { ok: false; error: string };

/** Gets the peer's package into a temporary folder; says why where it cannot be had. */
export function fetchPeer(): Fetched {
	const given = process.env[FOLDER_VARIABLE];
	if (given !== undefined) return packageIn(resolve(given));
	const folder = mkdtempSync(join(tmpdir(), 'seedance-peer-'));
	try {
		execFileSync('npm', ['pack', '--silent', PEER.name], { cwd: folder, stdio: 'pipe' });
		const [tarball = ''] = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
		execFileSync('tar', ['-xzf', tarball], { cwd: folder });
		return packageIn(join(folder, 'package'));
	} catch {
		const error = `the npm registry does not give it out here; ${FOLDER_VARIABLE} may name its folder`;
		return { ok: false, error };
	}
}

const packageIn = (folder: string): Fetched =>
	existsSync(join(folder, 'package.json'))
		? { ok: true, value: { name: PEER.name, folder } }
		: { ok: false, error: `there is no package in ${folder}` };

/** Whether n8n has loaded the peer's node. */
export const hasPeer = async ({ client }: Pick<SharedStage, 'client'>): Promise<boolean> =>
	(await client.nodeTypes()).some(({ name }) => name === PEER.type);

/** The peer's node with one video an execution, pointed at the sandbox by its credential. */
export async function createPeer(
	stage: SharedStage,
	reportUrl: string,
	label: string,
): Promise<BenchWorkflow> {
	const { apiKeys, baseUrls } = stage.sandbox;
	const { id, name } = await stage.client.createCredential({
		name: `peer ${baseUrls.aimlapi}`,
		type: PEER.credentialType,
		data: { apiKey: apiKeys.aimlapi, url: `${baseUrls.aimlapi}/v1` },
	});
	const node: WorkflowNode = {
		name: 'Peer',
		type: PEER.type,
		typeVersion: 1,
		position: [600, 0],
		parameters: {
			operation: 'videoGeneration',
			model: 'bytedance/seedance-1-0-lite-t2v',
			videoPrompt: `={{ $json.prompts }} ${label}`,
		},
		credentials: { [PEER.credentialType]: { id, name } },
	};
	return await createWorkflow(stage, `peer ${label}`, 1, reportUrl, node);
}
