/**
 * Installs what a command needs and is not there yet, from the committed lock files:
 * `node scripts/ensure-installed.mjs [root] [n8n] [n8n-oldest] [scan] [chromium]`.
 *
 * Plain JavaScript with Node's own modules only, because it runs before anything is installed.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const onWindows = process.platform === 'win32';
const PROGRESS_MS = 1000;
/** The oldest with which the tools here run. */
const MIN_NODE = [20, 19];
const BYTES_PER_MB = 1e6;

class InstallError extends Error {}

/** `diskMb` and `downloadMb` were measured on Linux and say what to expect. */
const targets = {
	root: lockedPackages({
		folder: root,
		what: 'the development tools',
		diskMb: 900,
		downloadMb: 150,
	}),
	n8n: n8nIn({
		folder: join(root, 'tools', 'n8n'),
		what: 'n8n',
		minNodeMajor: 24,
		diskMb: 2400,
		downloadMb: 390,
	}),
	'n8n-oldest': n8nIn({
		folder: join(root, 'tools', 'n8n-oldest'),
		what: 'the oldest n8n that is promised',
		minNodeMajor: 20,
		diskMb: 1300,
		downloadMb: 240,
	}),
	scan: lockedPackages({
		folder: join(root, 'tools', 'scan'),
		what: "n8n's package scanner",
		diskMb: 190,
		downloadMb: 40,
	}),
	chromium: { isThere: () => findChromium() !== undefined, install: installChromium },
};

try {
	requireNode();
	const names = process.argv.slice(2);
	const missing = (names.length > 0 ? names : ['root'])
		.map((name) => {
			const target = targets[name];
			if (target === undefined) {
				throw new InstallError(`"${name}" is not one of: ${Object.keys(targets).join(', ')}`);
			}
			return target;
		})
		.filter(({ isThere }) => !isThere());
	announce(missing);
	for (const { install } of missing) await install();
} catch (error) {
	if (!(error instanceof InstallError)) throw error;
	console.error(error.message);
	process.exit(1);
}

function requireNode() {
	const [major, minor] = process.versions.node.split('.').map(Number);
	const [minMajor, minMinor] = MIN_NODE;
	if (major > minMajor || (major === minMajor && minor >= minMinor)) return;
	throw new InstallError(
		`Node.js ${MIN_NODE.join('.')} or newer is needed; this is ${process.version}.`,
	);
}

/** Says before it begins what comes from where, and how much of it. */
function announce(missing) {
	const downloads = missing.filter(({ diskMb }) => diskMb !== undefined);
	if (downloads.length === 0) return;
	const sum = (key) => downloads.reduce((total, target) => total + target[key], 0);
	const lines = downloads.map(
		({ what, packageCount, downloadMb, diskMb }) =>
			`  ${what}: ${packageCount} packages, about ${size(downloadMb)} to download, ${size(diskMb)} on disk`,
	);
	say(
		[
			'Once, from the npm registry into this folder, with the committed lock files:',
			...lines,
			'That takes some minutes. Ctrl-C ends it; nothing is installed outside of this folder.',
			'',
		].join('\n'),
	);
	const { bavail, bsize } = statfsSync(root);
	const freeMb = (bavail * bsize) / BYTES_PER_MB;
	if (freeMb < sum('diskMb')) {
		throw new InstallError(
			`That needs ${size(sum('diskMb'))}, and only ${size(freeMb)} are free on this disk.`,
		);
	}
}

function size(mb) {
	return mb < 1000 ? `${Math.round(mb / 10) * 10} MB` : `${(mb / 1000).toFixed(1)} GB`;
}

function say(text) {
	process.stderr.write(`${text}\n`);
}

/** What `npm ci` makes of a folder's lock file. */
function lockedPackages({ folder, what, diskMb, downloadMb }) {
	const lockFile = join(folder, 'package-lock.json');
	if (!existsSync(lockFile)) throw new InstallError(`${lockFile} is missing.`);
	const isThere = () => isInstalled(folder, lockFile);
	const { packages } = JSON.parse(readFileSync(lockFile, 'utf8'));
	const paths = Object.keys(packages).filter((path) => path !== '' && fits(packages[path]));
	const install = async () => {
		const progress = () => {
			const count = paths.filter((path) => existsSync(join(folder, path, 'package.json'))).length;
			return `${count} of ${paths.length} packages`;
		};
		await step(`Installing ${what}`, progress, async () => {
			await npm(['ci', '--loglevel=error'], folder);
		});
	};
	return { what, diskMb, downloadMb, packageCount: paths.length, isThere, install };
}

/** Packages for other machines stay away. */
function fits({ os, cpu }) {
	const has = (list, own) => list === undefined || list.includes(own);
	return has(os, process.platform) && has(cpu, process.arch);
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

/** Node.js as a package, for those whose own one is too old for n8n. */
function packagedNode(folder) {
	const system = `${onWindows ? 'win' : process.platform}-${process.arch}`;
	const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
	return [`node-${system}`, `node-bin-${system}`].find(
		(name) => packages[`node_modules/${name}`] !== undefined,
	);
}

/** npm's install scripts stay off, so the one native module without a prebuilt file is built here. */
function n8nIn(about) {
	const { folder, minNodeMajor } = about;
	const target = lockedPackages(about);
	const binary = join(folder, 'node_modules', 'sqlite3', 'build', 'Release', 'node_sqlite3.node');
	const build = async () => {
		const headers = [
			join(folder, 'node_modules', packagedNode(folder) ?? ''),
			join(dirname(process.execPath), '..'),
		].find((path) => existsSync(join(path, 'include', 'node', 'node.h')));
		await npm(
			['rebuild', 'sqlite3', '--ignore-scripts=false', '--loglevel=error'],
			folder,
			headers ? { npm_config_nodedir: headers } : {},
		);
		if (!existsSync(binary)) throw new InstallError(`npm rebuild left no ${binary}.`);
	};
	return {
		...target,
		isThere: () => target.isThere() && existsSync(binary),
		async install() {
			const isTooOld = Number(process.versions.node.split('.')[0]) < minNodeMajor;
			if (isTooOld && packagedNode(folder) === undefined) {
				throw new InstallError(
					`n8n needs Node.js ${minNodeMajor}; this is ${process.version}, and none is packaged for ${process.platform} ${process.arch}. Run this with Node.js ${minNodeMajor}.`,
				);
			}
			if (!target.isThere()) await target.install();
			const what = 'Preparing sqlite3 for n8n (a minute, where it has to be compiled)';
			await step(what, () => '', build);
		},
	};
}

async function installChromium() {
	if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
		throw new InstallError(
			'No Chromium found. Install Chromium or Google Chrome, or set CHROMIUM_PATH to its program.',
		);
	}
	await step(
		'Installing Chromium from Debian',
		() => '',
		async () => {
			await run('apt-get', ['update', '-qq'], root);
			const options = ['install', '-y', '-qq', '--no-install-recommends', 'chromium'];
			await run('apt-get', options, root);
		},
	);
}

/** Kept equal to lab/browser.mts, which cannot be imported before tsx is installed. */
function findChromium() {
	return [
		process.env.CHROMIUM_PATH ?? '',
		'/usr/bin/chromium',
		'/usr/bin/chromium-browser',
		'/usr/bin/google-chrome',
		'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
		'/Applications/Chromium.app/Contents/MacOS/Chromium',
		'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
	].find((path) => existsSync(path));
}

/** Tells how far it is: in a terminal on one line, elsewhere only that it began and ended. */
async function step(title, progress, action) {
	const startedAt = Date.now();
	const seconds = () => Math.round((Date.now() - startedAt) / 1000);
	const { isTTY } = process.stderr;
	const line = () => [title, progress(), `${seconds()} s`].filter((part) => part !== '').join(', ');
	const show = () => process.stderr.write(`\r${line()}   `);
	const timer = isTTY ? setInterval(show, PROGRESS_MS) : undefined;
	if (!isTTY) say(`${title} …`);
	let ending = 'failed';
	try {
		await action();
		ending = 'done';
	} finally {
		clearInterval(timer);
		say(
			`${isTTY ? '\r' : ''}${title}: ${ending} after ${seconds()} s${isTTY ? ' '.repeat(24) : ''}`,
		);
	}
}

/** npm by its own script where it is known, because on Windows `npm` is a batch file. */
async function npm(args, folder, env = {}) {
	const cli = process.env.npm_execpath;
	if (cli?.endsWith('.js')) await run(process.execPath, [cli, ...args], folder, env);
	else await run('npm', args, folder, env);
}

async function run(program, args, folder, env = {}) {
	const child = spawn(program, args, {
		cwd: folder,
		env: { ...process.env, ...env },
		shell: onWindows && program === 'npm',
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let output = '';
	const add = (chunk) => {
		output = (output + chunk.toString()).slice(-20_000);
	};
	child.stdout.on('data', add);
	child.stderr.on('data', add);
	const problem = await new Promise((resolve) => {
		child.on('error', (error) => resolve(error.message));
		child.on('close', (code, signal) =>
			resolve(code === 0 ? undefined : output.trim() || `it ended with ${signal ?? code}`),
		);
	});
	if (problem === undefined) return;
	const lastLines = problem.split('\n').slice(-25).join('\n');
	throw new InstallError(`"${program} ${args.join(' ')}" in ${folder} failed:\n${lastLines}`);
}
