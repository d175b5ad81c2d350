/**
 * Builds the package of every vendor and looks what is in it. Quick, so that all of them are looked at
 * whenever the package of all is; those that are to be submitted to n8n are packed and scanned besides
 * (scripts/check-package.mts and scripts/scan.mts, with the folder).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ESLint } from 'eslint';
import type { ICredentialType, INodeType } from 'n8n-workflow';
import { providers } from '../nodes/shared/providers/index.ts';
import { buildEdition, editionFolder, editionIds, readManifest } from './editions/edition.mts';
import { namesOf, ownValues, wordsOf } from './editions/vendorNames.mts';

const root = path.join(import.meta.dirname, '..');
const config = path.join(root, 'eslint.config.mjs');

/** What is wrong with the package of a vendor, in words; nothing if all is well. */
async function check(id: string): Promise<string[]> {
	buildEdition(root, id);
	const dir = editionFolder(root, id);
	const { n8n } = readManifest(root, id);
	const nodes = n8n.nodes.map((file) => instanceOf<INodeType>(dir, file));
	const credentials = n8n.credentials.map((file) => instanceOf<ICredentialType>(dir, file));
	return [
		...credentials.flatMap((credential) => checkCredential(id, credential)),
		...nodes.flatMap((node) => checkNode(id, node)),
		...(await lintManifest(dir)),
		...missingModules(dir),
		...foreignNames(id, dir),
	];
}

function instanceOf<T>(dir: string, file: string): T {
	const absolute = path.join(dir, file);
	const classes = createRequire(absolute)(absolute) as Record<string, new () => T>;
	const Class = classes[path.basename(file).split('.')[0] ?? ''];
	if (Class === undefined) throw new Error(`${file} does not export its class`);
	return new Class();
}

const checkCredential = (id: string, { name }: ICredentialType): string[] =>
	name === providers[id]?.credentialType ? [] : [`has the credential ${name}`];

/** One vendor, which nobody chooses, and whose name is in the title. */
function checkNode(id: string, { description }: INodeType): string[] {
	const { name, displayName, hidden, credentials = [], properties } = description;
	if (hidden === true) return [];
	const provider = properties.find((property) => property.name === 'provider');
	const isFixed = provider?.type === 'hidden' && provider.default === id;
	const { label = '', credentialType } = providers[id] ?? {};
	const others = credentials.filter((credential) => credential.name !== credentialType);
	const visible = properties.filter(({ type }) => type !== 'hidden');
	return [
		...(isFixed ? [] : ['lets people choose a provider']),
		...(visible.some((property) => property.name === 'fallbackProviders') ? ['has fallbacks'] : []),
		...(displayName.includes(label) ? [] : [`does not name ${label} in '${displayName}'`]),
		...(credentials.length === 1 && others.length === 0 ? [] : ['has other credentials']),
	].map((problem) => `${name} ${problem}`);
}

/** As `n8n-node lint` in the package's own folder. */
async function lintManifest(dir: string): Promise<string[]> {
	const linter = new ESLint({ cwd: dir, overrideConfigFile: config });
	const results = await linter.lintFiles(['package.json']);
	return results.flatMap(({ messages }) =>
		messages.map(({ line, message }) => `package.json:${line} ${message}`),
	);
}

/** What is loaded later than when n8n starts would be missed by nobody until then. */
const missingModules = (dir: string): string[] =>
	builtFiles(dir).flatMap((file) => {
		if (!file.endsWith('.js')) return [];
		const code = readFileSync(path.join(dir, file), 'utf8');
		const { resolve } = createRequire(path.join(dir, file));
		const missing = [...code.matchAll(/['"](\.\.?\/[\w./]+)['"]/g)]
			.map(([, id = '']) => id)
			.filter((id) => !canResolve(resolve, id));
		return missing.map((id) => `${file} needs ${id}, which is missing`);
	});

function canResolve(resolve: (id: string) => string, id: string): boolean {
	try {
		return existsSync(resolve(id));
	} catch {
		return false;
	}
}

const builtFiles = (dir: string): string[] =>
	readdirSync(path.join(dir, 'dist'), { recursive: true, encoding: 'utf8' })
		.filter((file) => /\.(js|json)$/.test(file))
		.map((file) => path.posix.join('dist', ...file.split(path.sep)));

/** Where another vendor is named in what is packed. */
function foreignNames(id: string, dir: string): string[] {
	const allowed = ownValues[id] ?? [];
	const others = Object.entries(providers).flatMap(([other, provider]) =>
		other === id || allowed.includes(other) ? [] : namesOf(other, provider).map(wordsOf),
	);
	return builtFiles(dir).flatMap((file) => {
		const text = wordsOf(readFileSync(path.join(dir, file), 'utf8'));
		const named = others.filter((words) => text.includes(words));
		return [...new Set(named)].map((words) => `${file} names${words.trimEnd()}`);
	});
}

if (!existsSync(path.join(root, 'dist'))) throw new Error('Build the package of all first');
const lacking = Object.keys(providers).filter((id) => !editionIds(root).includes(id));
const problems = [...lacking.map((id) => `editions/${id} is missing: npx tsx scripts/docs.mts`)];
for (const id of editionIds(root)) {
	problems.push(...(await check(id)).map((problem) => `${id}: ${problem}`));
}
for (const problem of problems) console.log(`✖ ${problem}`);
console.log(`check-editions: ${editionIds(root).length} packages, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
