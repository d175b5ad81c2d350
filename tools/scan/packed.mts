import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface PackedPackage {
	/** Where the tarball is unpacked: what a user's n8n gets. */
	dir: string;
	packedBytes: number;
	files: string[];
}

type PackReport = Array<{ filename: string; size: number; files: Array<{ path: string }> }>;

export function run(command: string, args: string[], cwd: string): string {
	const result = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
	if (result.error) throw result.error;
	if (result.status !== 0) {
		throw new Error(`${command} ${args.join(' ')} failed\n${result.stdout}${result.stderr}`);
	}
	return result.stdout;
}

/** The tarball npm would publish, not the working tree: only it shows what `files` lets through. */
export function packPackage(root: string, into: string): PackedPackage {
	const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', into];
	const [report] = JSON.parse(run('npm', args, root)) as PackReport;
	if (!report) throw new Error('npm pack reported no tarball');
	const dir = path.join(into, 'package');
	mkdirSync(dir);
	const tarball = path.join(into, report.filename);
	run('tar', ['-xzf', tarball, '-C', dir, '--strip-components=1'], into);
	return { dir, packedBytes: report.size, files: report.files.map((file) => file.path) };
}

export async function withTempDir<T>(work: (dir: string) => Promise<T> | T): Promise<T> {
	const dir = mkdtempSync(path.join(tmpdir(), 'seedance-package-'));
	try {
		return await work(dir);
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
}
