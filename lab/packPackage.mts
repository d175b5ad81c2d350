import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { cpSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Packs the built repository, or what is built in another `folder`, as it would be published and
 * unpacks it into the cache.
 * The folder is named by its content, so packing the same content twice gives the same folder.
 */
export function packPackage(root = process.cwd(), folder = root): string {
	const cache = join(root, 'node_modules', '.cache', 'seedance-package');
	mkdirSync(cache, { recursive: true });
	const work = mkdtempSync(join(cache, 'packing-'));
	try {
		npm(['pack', '--silent', '--ignore-scripts', '--pack-destination', work], folder);
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

interface Manifest {
	name: string;
	n8n: { nodes: string[]; credentials: string[] };
}

const readManifest = (packageDir: string): Manifest =>
	JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as Manifest;

/** A build that runs at the same moment leaves files out; n8n would start without the nodes in them. */
function assertComplete(packageDir: string): void {
	const { n8n } = readManifest(packageDir);
	const missing = [...n8n.nodes, ...n8n.credentials].filter(
		(file) => !existsSync(join(packageDir, file)),
	);
	if (missing.length > 0)
		throw new Error(`The package lacks ${missing.join(', ')}: build it first`);
}

/** Puts the files where n8n looks for community packages. Copied, never linked: a link would resolve its own n8n-workflow. */
export function installCommunityPackage(userFolder: string, packageDir: string): void {
	const { name } = readManifest(packageDir);
	const target = join(userFolder, '.n8n', 'nodes', 'node_modules', name);
	rmSync(target, { recursive: true, force: true });
	cpSync(packageDir, target, { recursive: true, dereference: true });
}

function npm(args: string[], cwd: string) {
	const cli = process.env.npm_execpath;
	if (cli?.endsWith('.js')) execFileSync(process.execPath, [cli, ...args], { cwd });
	else execFileSync('npm', args, { cwd, shell: process.platform === 'win32' });
}
