/**
 * Packages of one vendor, `n8n-nodes-seedance-<vendor>`, made of the built package of all: the same
 * code with another list of vendors, and nothing that this one does not need. What is in such a
 * package stands in its manifest, `editions/<vendor>/package.json` (scripts/editions/pages.mts).
 */
import {
	cpSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import ts from 'typescript';
import type { Catalogue } from '../../nodes/shared/domain/provider.ts';
import { codexFor } from './codex.mts';

export const EDITIONS = 'editions';

/** The list of vendors, which is all that differs between the packages' code. */
const CATALOGUE = 'dist/nodes/shared/providers/catalogue.js';
/** The only library in a package, with what its licence asks for. */
const LIBRARY = 'dist/nodes/shared/film/mediabunny';
const LIBRARY_NOTICES = [`${LIBRARY}.LICENSE.txt`, 'THIRD-PARTY.md'];
const LICENCE = 'LICENSE.md';

export interface EditionManifest {
	name: string;
	version: string;
	files: string[];
	n8n: { nodes: string[]; credentials: string[] };
}

export const editionIds = (root: string): string[] =>
	readdirSync(path.join(root, EDITIONS), { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map(({ name }) => name)
		.toSorted();

export const editionFolder = (root: string, id: string): string => path.join(root, EDITIONS, id);

export const readManifest = (root: string, id: string): EditionManifest => {
	const file = path.join(editionFolder(root, id), 'package.json');
	return JSON.parse(readFileSync(file, 'utf8')) as EditionManifest;
};

const catalogueOf = (id: string): string =>
	`"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
/** The only vendor of this package. */
exports.providers = { ${id}: require("./${id}").${id} };
`;

/**
 * Builds the package of one vendor beside its manifest, from the package of all as it was built last.
 * @throws when that one is not built, or the manifest and the code do not agree.
 */
export function buildEdition(root: string, id: string): void {
	const target = editionFolder(root, id);
	const manifest = readManifest(root, id);
	const textOf = (file: string) => {
		if (file === CATALOGUE) return catalogueOf(id);
		const text = readFileSync(path.join(root, file), 'utf8');
		return isOfSeveralVendors(file, id) ? withoutComments(text) : text;
	};
	const entries = [...manifest.n8n.nodes, ...manifest.n8n.credentials];
	const files = reachableFrom(root, entries, textOf);

	rmSync(path.join(target, 'dist'), { recursive: true, force: true });
	const write = (file: string, text: string) => {
		mkdirSync(path.dirname(path.join(target, file)), { recursive: true });
		writeFileSync(path.join(target, file), text);
	};
	for (const file of files) write(file, textOf(file));
	const { providers } = requireBuilt(root, 'providers/index.js') as { providers: Catalogue };
	for (const node of manifest.n8n.nodes) {
		const file = node.replace(/\.js$/, '.json');
		// A hidden node has none.
		if (existsSync(path.join(root, file))) write(file, codexFor(textOf(file), id, providers));
	}
	const copied = ['dist/icons', LICENCE, ...(files.has(`${LIBRARY}.js`) ? LIBRARY_NOTICES : [])];
	for (const file of copied)
		cpSync(path.join(root, file), path.join(target, file), { recursive: true });
	const isListed = copied.every(
		(file) => file.startsWith('dist/') || file === LICENCE || manifest.files.includes(file),
	);
	if (!isListed) throw new Error(`"files" of ${manifest.name} lacks one of ${copied.join(', ')}`);
}

/** Code that vendors share who run the same API; its comments name them all. */
function isOfSeveralVendors(file: string, id: string): boolean {
	const [, folder] = /^dist\/nodes\/shared\/providers\/(\w+)\//.exec(file) ?? [];
	return file.startsWith('dist/credentials/shared/') || (folder !== undefined && folder !== id);
}

const withoutComments = (text: string): string =>
	ts.transpileModule(text, {
		compilerOptions: { removeComments: true, target: ts.ScriptTarget.ES2022, allowJs: true },
	}).outputText;

const requireBuilt = (root: string, file: string): unknown =>
	createRequire(path.join(root, 'package.json'))(`./dist/nodes/shared/${file}`);

/** The built files that these load, at once or later, and themselves. */
function reachableFrom(
	root: string,
	entries: readonly string[],
	textOf: (file: string) => string,
): Set<string> {
	const seen = new Set<string>();
	const visit = (file: string) => {
		if (seen.has(file)) return;
		seen.add(file);
		for (const id of ownModules(textOf(file))) visit(resolveBuilt(root, file, id));
	};
	entries.forEach(visit);
	return seen;
}

/** The files that a built one loads, as it names them. */
const ownModules = (code: string): string[] =>
	[...code.matchAll(/\brequire\((['"])(\.[^'"]+)\1\)/g)].map(([, , id = '']) => id);

function resolveBuilt(root: string, from: string, id: string): string {
	const target = path.posix.join(path.posix.dirname(from), id);
	return existsSync(path.join(root, `${target}.js`)) ? `${target}.js` : `${target}/index.js`;
}
