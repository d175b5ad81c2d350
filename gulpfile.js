const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { copyFile, rm } = require('node:fs/promises');
const path = require('node:path');
const { parseArgs } = require('node:util');
const esbuild = require('esbuild');
const { dest, parallel, series, src } = require('gulp');

const OUT = 'dist';

/** Binary-safe: without `encoding: false` gulp 5 would decode a PNG as UTF-8. */
const copy = (globs) => src(globs, { base: '.', encoding: false }).pipe(dest(OUT));

/** Also what keeps a deleted source file from living on in the package. */
const clean = () => rm(OUT, { recursive: true, force: true });

/** TypeScript 7 takes a fifth of the time; the linters still need 5. */
const tsc = path.join(path.dirname(require.resolve('typescript7/package.json')), 'bin', 'tsc');

async function types() {
	// What `node10` in tsconfig.json, for the linters, is called now.
	const options = ['-p', 'tsconfig.json', '--moduleResolution', 'bundler'];
	const compiler = spawn(process.execPath, [tsc, ...options], {
		cwd: __dirname,
		stdio: 'inherit',
	});
	const [code, signal] = await once(compiler, 'exit');
	if (code !== 0) throw new Error(`tsc ended with ${signal ?? `exit code ${code}`}`);
}

const LIBRARY = 'nodes/shared/film/mediabunny';

/** Whoever gets the library is told its licence, and where its source is. */
function licenceOf({ name, version, license, homepage }) {
	const source = `https://github.com/Vanilagy/${name}/tree/v${version}`;
	return `/*! ${name} ${version}, ${license}, (c) Vanilagy and contributors. Source: ${source} (${homepage}). The licence is in ${path.basename(LIBRARY)}.LICENSE.txt. */`;
}

/** The only library that goes into the package; what TypeScript has put there would need it installed. */
async function library() {
	const home = path.join(__dirname, 'node_modules/mediabunny');
	await esbuild.build({
		entryPoints: [`${LIBRARY}.ts`],
		outfile: `${OUT}/${LIBRARY}.js`,
		bundle: true,
		// The package's way to do without Node's own modules, which n8n Cloud refuses.
		platform: 'browser',
		format: 'cjs',
		target: 'es2022',
		minify: true,
		// It looks for nothing in the world around it, and another package's copy is none of its business.
		define: { globalThis: 'bundleScope' },
		inject: ['scripts/bundleScope.mjs'],
		drop: ['console'],
		legalComments: 'none',
		banner: { js: licenceOf(require(`${home}/package.json`)) },
		logLevel: 'warning',
	});
	await copyFile(path.join(home, 'LICENSE'), `${OUT}/${LIBRARY}.LICENSE.txt`);
}

const assets = () =>
	copy(['icons', 'nodes', 'credentials'].map((folder) => `${folder}/**/*.{svg,png}`));
const codex = () => copy(['nodes/**/*.node.json']);
/**
 * Packages of one vendor, beside the one of all: `gulp edition --vendor fal`, or all of them without
 * `--vendor`. Made of what is built: run `build` before.
 */
async function edition() {
	const { buildEdition, editionIds } = require('tsx/cjs/api').require(
		'./scripts/editions/edition.mts',
		__filename,
	);
	const { vendor } = parseArgs({ options: { vendor: { type: 'string' } }, strict: false }).values;
	const ids = editionIds(__dirname);
	if (vendor !== undefined && !ids.includes(vendor)) {
		throw new Error(`There is no edition for ${vendor}, only for ${ids.join(', ')}`);
	}
	for (const id of vendor === undefined ? ids : [vendor]) buildEdition(__dirname, id);
}

const build = series(clean, parallel(series(types, library), assets, codex));

module.exports = { clean, types, library, assets, codex, build, edition, default: build };
