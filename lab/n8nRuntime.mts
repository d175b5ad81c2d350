import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** Names a folder with another n8n than tools/n8n, e.g. tools/n8n-oldest. */
export const FOLDER_VARIABLE = 'SEEDANCE_N8N_FOLDER';

export interface N8nRuntime {
	/** A Node.js that this n8n accepts: this one, or else a packaged one. */
	node: string;
	/** n8n's command line, to be run by that Node.js. */
	cli: string;
}

const usualFolder = (root: string): string => join(root, 'tools', 'n8n');

/** Where the n8n that is run is installed. */
export function n8nFolder(root: string): string {
	const folder = process.env[FOLDER_VARIABLE];
	return folder === undefined ? usualFolder(root) : resolve(root, folder);
}

const manifestSchema = z.object({
	version: z.string(),
	engines: z.object({ node: z.string() }),
});

const readManifest = (root: string): z.infer<typeof manifestSchema> =>
	manifestSchema.parse(
		JSON.parse(readFileSync(join(n8nFolder(root), 'node_modules', 'n8n', 'package.json'), 'utf8')),
	);

/** The version of the n8n that is run, e.g. `2.41.1`. */
export const n8nVersion = (root: string): string => readManifest(root).version;

export function findN8n(root: string): N8nRuntime {
	const cli = join(n8nFolder(root), 'node_modules', 'n8n', 'bin', 'n8n');
	if (!existsSync(cli)) {
		throw new Error(
			`There is no n8n in ${n8nFolder(root)}. Run: node scripts/ensure-installed.mjs n8n (or n8n-oldest)`,
		);
	}
	return { node: findNode(root, readManifest(root).engines.node), cli };
}

/** A module out of n8n's own dependencies, which are not ours. */
export function requireFromN8n<T>(root: string, name: string): T {
	return createRequire(join(n8nFolder(root), 'package.json'))(name) as T;
}

function findNode(root: string, range: string): string {
	const platform = process.platform === 'win32' ? 'win' : process.platform;
	const binary = platform === 'win' ? 'node.exe' : 'node';
	const packaged = [n8nFolder(root), usualFolder(root)].flatMap((folder) =>
		['node', 'node-bin'].map((prefix) =>
			join(folder, 'node_modules', `${prefix}-${platform}-${process.arch}`, 'bin', binary),
		),
	);
	const found = [process.execPath, ...packaged].find((path) => isNodeIn(path, range));
	if (found === undefined) {
		throw new Error(
			`n8n needs Node.js ${range} and none is packaged for ${process.platform} ${process.arch}. ` +
				'Run this with such a Node.js.',
		);
	}
	return found;
}

/** The packaged binaries are built for glibc; on musl they exist but do not start. */
function isNodeIn(program: string, range: string): boolean {
	if (program === process.execPath) return isInRange(process.version, range);
	if (!existsSync(program)) return false;
	const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
	return status === 0 && isInRange(stdout, range);
}

/** Whether a version is in a range as n8n writes it: `>=20.19 <= 24.x`, `>=24`. */
export function isInRange(version: string, range: string): boolean {
	const numbers = (text = '') => text.match(/\d+/g)?.map(Number) ?? [];
	const [major = 0, minor = 0] = numbers(version);
	const [leastMajor = 0, leastMinor = 0] = numbers(/>=\s*([\d.]+)/.exec(range)?.[1]);
	const [mostMajor = Infinity] = numbers(/<=\s*(\d+)/.exec(range)?.[1]);
	if (major > mostMajor) return false;
	return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}
