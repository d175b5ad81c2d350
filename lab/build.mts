import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = ['nodes', 'credentials', 'icons', 'package.json', 'tsconfig.json', 'gulpfile.js'];

/** Builds the package unless dist was written after the last change of a source. Tells whether it built. */
export async function buildIfStale(root = process.cwd()): Promise<boolean> {
	const sources = SOURCES.map((name) => join(root, name)).flatMap(modificationTimesMs);
	const built = modificationTimesMs(join(root, 'dist'));
	if (built.length > 0 && Math.max(...built) > Math.max(...sources)) return false;
	const gulp = join(root, 'node_modules', 'gulp', 'bin', 'gulp.js');
	const build = spawn(process.execPath, [gulp, 'build', '--silent'], {
		cwd: root,
		stdio: ['ignore', 'inherit', 'inherit'],
	});
	const [code] = await once(build, 'close');
	if (code !== 0) throw new Error('The package could not be built');
	return true;
}

function modificationTimesMs(path: string): number[] {
	if (!existsSync(path)) return [];
	const stats = statSync(path);
	if (!stats.isDirectory()) return [stats.mtimeMs];
	// A folder's own time changes when a file in it is deleted, which must count as well.
	const inside = readdirSync(path).flatMap((name) => modificationTimesMs(join(path, name)));
	return [stats.mtimeMs, ...inside];
}
