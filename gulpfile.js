const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { rm } = require('node:fs/promises');
const { dest, parallel, series, src } = require('gulp');

const OUT = 'dist';

/** Binary-safe: without `encoding: false` gulp 5 would decode a PNG as UTF-8. */
const copy = (globs) => src(globs, { base: '.', encoding: false }).pipe(dest(OUT));

/** Also what keeps a deleted source file from living on in the package. */
const clean = () => rm(OUT, { recursive: true, force: true });

async function types() {
	const tsc = require.resolve('typescript/bin/tsc');
	const compiler = spawn(process.execPath, [tsc, '-p', 'tsconfig.json'], {
		cwd: __dirname,
		stdio: 'inherit',
	});
	const [code, signal] = await once(compiler, 'exit');
	if (code !== 0) throw new Error(`tsc ended with ${signal ?? `exit code ${code}`}`);
}

const assets = () => copy(['icons/**/*.svg', '{nodes,credentials}/**/*.{svg,png}']);
const codex = () => copy(['nodes/**/*.node.json']);
const build = series(clean, parallel(types, assets, codex));

module.exports = { clean, types, assets, codex, build, default: build };
