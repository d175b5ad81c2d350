import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { cpSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export const PACKAGE_NAME = 'n8n-nodes-seedance';

/**
 * Packs the built repository as it would be published and unpacks it into the cache.
 * The folder is named by its content, so packing the same content twice gives the same folder.
 */
export function packPackage(root = process.cwd()): string {
	const cache = join(root, 'node_modules', '.cache', 'seedance-package');
	mkdirSync(cache, { recursive: true });
	const work = mkdtempSync(join(cache, 'packing-'));
	try {
		npm(['pack', '--silent', '--ignore-scripts', '--pack-destination', work], root);
		const tarball = readdirSync(work).find((file) => file.endsWith('.tgz'));
		if (!tarball) throw new Error('npm pack left no tarball');
		const hash = createHash('sha256').update(readFileSync(join(work, tarball)));
		const unpacked = join(cache, hash.digest('hex').slice(0, 16));
		if (existsSync(unpacked)) return unpacked;
		execFileSync('tar', ['-xzf', tarball], { cwd: work });
		assertComplete(join(work, 'package'));
		renameSync(join(work, 'package'), unpacked);
		return unpacked;
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

/** A build that runs at the same moment leaves files out; n8n would start without the nodes in them. */
function assertComplete(packageDir: string): void {
	const { n8n } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as {
		n8n: { nodes: string[]; credentials: string[] };
	};
	const missing = [...n8n.nodes, ...n8n.credentials].filter(
		(file) => !existsSync(join(packageDir, file)),
	);
	if (missing.length > 0)
		throw new Error(`The package lacks ${missing.join(', ')}: build it first`);
}

/** Puts the files where n8n looks for community packages. Copied, never linked: a link would resolve its own n8n-workflow. */
export function installCommunityPackage(
	userFolder: string,
	packageDir: string,
	name = PACKAGE_NAME,
): void {
	const target = join(userFolder, '.n8n', 'nodes', 'node_modules', name);
	rmSync(target, { recursive: true, force: true });
	cpSync(packageDir, target, { recursive: true, dereference: true });
}

function npm(args: string[], cwd: string) {
	const cli = process.env.npm_execpath;
	if (cli?.endsWith('.js')) execFileSync(process.execPath, [cli, ...args], { cwd });
	else execFileSync('npm', args, { cwd, shell: process.platform === 'win32' });
}
