/**
 * Installs what a command needs and is not there yet, from the committed lock files:
 * `node scripts/ensure-installed.mjs [root] [n8n] [n8n-oldest] [scan] [chromium]`.
 *
 * Plain JavaScript with Node's own modules only, because it runs before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const onWindows = process.platform === 'win32';

class InstallError extends Error {}

const targets = {
	root: () => installFromLockFile(root, 'the development tools'),
	n8n: () => installN8n('n8n', 'n8n (2.2 GB, a few minutes)'),
	'n8n-oldest': () => installN8n('n8n-oldest', 'the oldest n8n (1.3 GB, a few minutes)'),
	scan: () => installFromLockFile(join(root, 'tools', 'scan'), "n8n's package scanner"),
	chromium: installChromium,
};

try {
	const names = process.argv.slice(2);
	for (const name of names.length > 0 ? names : ['root']) {
		const install = targets[name];
		if (!install) {
			throw new InstallError(`"${name}" is not one of: ${Object.keys(targets).join(', ')}`);
		}
		install();
	}
} catch (error) {
	if (!(error instanceof InstallError)) throw error;
	console.error(error.message);
	process.exit(1);
}

function installN8n(name, what) {
	const folder = join(root, 'tools', name);
	installFromLockFile(folder, what);
	buildSqlite(folder);
}

function installFromLockFile(folder, what) {
	const lockFile = join(folder, 'package-lock.json');
	if (!existsSync(lockFile)) throw new InstallError(`${lockFile} is missing.`);
	if (isInstalled(folder, lockFile)) return;
	step(`Installing ${what}`, () => npm(['ci', '--loglevel=error'], folder));
}

/** npm writes its hidden lock file last, so an interrupted install does not count as one. */
function isInstalled(folder, lockFile) {
	const hiddenLockFile = join(folder, 'node_modules', '.package-lock.json');
	if (!existsSync(hiddenLockFile)) return false;
	const installed = JSON.parse(readFileSync(hiddenLockFile, 'utf8')).packages;
	const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages;
	return Object.entries(wanted).every(
		([path, { version, optional }]) =>
			path === '' || (optional && !installed[path]) || installed[path]?.version === version,
	);
}

/** npm's install scripts stay off, so the one native module without a prebuilt file is built here. */
function buildSqlite(folder) {
	const binary = join(folder, 'node_modules', 'sqlite3', 'build', 'Release', 'node_sqlite3.node');
	if (existsSync(binary)) return;
	const headers = [
		join(folder, 'node_modules', `node-${process.platform}-${process.arch}`),
		join(dirname(process.execPath), '..'),
	].find((path) => existsSync(join(path, 'include', 'node', 'node.h')));
	step('Building sqlite3 for n8n (about a minute)', () => {
		npm(
			['rebuild', 'sqlite3', '--ignore-scripts=false', '--loglevel=error'],
			folder,
			headers ? { npm_config_nodedir: headers } : {},
		);
		if (!existsSync(binary)) throw new InstallError(`npm rebuild left no ${binary}.`);
	});
}

function installChromium() {
	if (chromiumPaths().some((path) => existsSync(path))) return;
	if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
		throw new InstallError(
			'No Chromium found. Install Chromium or Google Chrome, or set CHROMIUM_PATH to its program.',
		);
	}
	step('Installing Chromium from Debian', () => {
		run('apt-get', ['update', '-qq'], root);
		run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], root);
	});
}

/** Kept equal to scripts/lib/browser.mts, which cannot be imported before tsx is installed. */
function chromiumPaths() {
	return [
		process.env.CHROMIUM_PATH ?? '',
		'/usr/bin/chromium',
		'/usr/bin/chromium-browser',
		'/usr/bin/google-chrome',
		'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
		'/Applications/Chromium.app/Contents/MacOS/Chromium',
		'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
	];
}

function step(title, action) {
	const startedAt = Date.now();
	process.stderr.write(`${title} … `);
	try {
		action();
	} catch (error) {
		process.stderr.write('failed\n');
		throw error;
	}
	process.stderr.write(`done in ${Math.round((Date.now() - startedAt) / 1000)} s\n`);
}

function npm(args, folder, env = {}) {
	const cli = process.env.npm_execpath;
	if (cli?.endsWith('.js')) run(process.execPath, [cli, ...args], folder, env);
	else run('npm', args, folder, env);
}

function run(program, args, folder, env = {}) {
	const { status, error, stdout, stderr } = spawnSync(program, args, {
		cwd: folder,
		env: { ...process.env, ...env },
		encoding: 'utf8',
		maxBuffer: 256 * 1024 * 1024,
		shell: onWindows && program === 'npm',
	});
	if (status === 0) return;
	const lastLines = `${stdout ?? ''}\n${stderr ?? ''}`.trim().split('\n').slice(-25).join('\n');
	throw new InstallError(
		`"${program} ${args.join(' ')}" in ${folder} failed:\n${error?.message ?? lastLines}`,
	);
}
