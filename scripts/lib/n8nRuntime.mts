import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const MIN_NODE_MAJOR = 24;

export interface N8nRuntime {
	/** A Node.js that n8n 2.41 accepts: this one, or the packaged one where this one is older. */
	node: string;
	/** n8n's command line, to be run by that Node.js. */
	cli: string;
}

export function n8nFolder(root: string): string {
	return join(root, 'tools', 'n8n');
}

export function findN8n(root: string): N8nRuntime {
	const modules = join(n8nFolder(root), 'node_modules');
	const cli = join(modules, 'n8n', 'bin', 'n8n');
	if (!existsSync(cli)) {
		throw new Error('n8n is not installed. Run: node scripts/ensure-installed.mjs n8n');
	}
	return { node: findNode(modules), cli };
}

/** A module out of n8n's own dependencies, which are not ours. */
export function requireFromN8n<T>(root: string, name: string): T {
	return createRequire(join(n8nFolder(root), 'package.json'))(name) as T;
}

function findNode(modules: string): string {
	if (Number(process.versions.node.split('.')[0]) >= MIN_NODE_MAJOR) return process.execPath;
	const platform = process.platform === 'win32' ? 'win' : process.platform;
	const binary = platform === 'win' ? 'node.exe' : 'node';
	const candidates = ['node', 'node-bin'].map((prefix) =>
		join(modules, `${prefix}-${platform}-${process.arch}`, 'bin', binary),
	);
	const found = candidates.find((path) => existsSync(path) && runs(path));
	if (!found) {
		throw new Error(
			`n8n needs Node.js ${MIN_NODE_MAJOR} or later and none is packaged for ` +
				`${process.platform} ${process.arch}. Run this with Node.js ${MIN_NODE_MAJOR}.`,
		);
	}
	return found;
}

/** The packaged binaries are built for glibc; on musl they exist but do not start. */
function runs(program: string): boolean {
	return spawnSync(program, ['--version']).status === 0;
}
