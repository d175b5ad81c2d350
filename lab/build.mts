import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = ['nodes', 'credentials', 'icons', 'package.json', 'tsconfig.json', 'gulpfile.js'];

/** Builds the package unless dist was written after the last change of a source. Tells whether it built. */
export function buildIfStale(root = process.cwd()): boolean {
	const sources = SOURCES.map((name) => join(root, name)).flatMap(modificationTimesMs);
	const built = modificationTimesMs(join(root, 'dist'));
	if (built.length > 0 && Math.max(...built) > Math.max(...sources)) return false;
	const gulp = join(root, 'node_modules', 'gulp', 'bin', 'gulp.js');
	execFileSync(process.execPath, [gulp, 'build', '--silent'], {
		cwd: root,
		stdio: ['ignore', 'inherit', 'inherit'],
	});
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
