/** Where pages, the manifest and the nodes' codex files name vendors: filled in from the registry. */
import type { Catalogue, Provider } from '../../nodes/shared/domain/provider.ts';
import { wordsFor } from '../editions/codex.mts';

/** What a list in a page may say of the vendors that it names. */
const abilities: Readonly<Record<string, (provider: Provider) => boolean>> = {
	all: () => true,
	price: ({ vendor }) => vendor.price !== undefined,
	models: ({ vendor }) => vendor.models !== undefined,
	findLost: ({ vendor }) => vendor.findLost !== undefined,
	cannotFindLost: ({ vendor }) => vendor.findLost === undefined,
	extend: ({ kinds }) => kinds.includes('extend'),
};

const LIST = /(<!-- vendors:(\w+)(?: (and|or))? -->)[^<]*(<!-- \/vendors -->)/g;

/** The names with commas, and with the word before the last one. */
function inWords(names: readonly string[], word?: string): string {
	const last = names.at(-1);
	if (word === undefined || last === undefined || names.length === 1) return names.join(', ');
	return `${names.slice(0, -1).join(', ')} ${word} ${last}`;
}

/** The page with the vendors' names between its marks, `<!-- vendors:price or -->…<!-- /vendors -->`. */
export function nameVendors(page: string, providers: Catalogue): string {
	return page.replaceAll(LIST, (_, start: string, ability: string, word: string, end: string) => {
		const has = abilities[ability];
		if (has === undefined) throw new Error(`No list of vendors is called ${ability}`);
		const labels = Object.values(providers).flatMap((one) => (has(one) ? [one.label] : []));
		return start + inWords(labels, word) + end;
	});
}

/** The manifest, whose description ends with the vendors. */
export const describeVendors = (manifest: string, providers: Catalogue): string =>
	manifest.replace(/(?<="description": "[^"]* through )[^"]*/, () =>
		inWords(
			Object.values(providers).map(({ label }) => label),
			'and',
		),
	);

/** A node's codex file with the words by which people look for these vendors, in the place of all others'. */
export function aliasVendors(codex: string, asked: Catalogue, all: Catalogue): string {
	const { alias } = JSON.parse(codex) as { alias: string[] };
	const known = new Set(Object.values(all).flatMap(wordsFor));
	const place = alias.findIndex((word) => known.has(word));
	const own = alias.filter((word) => !known.has(word));
	const words = own.toSpliced(place === -1 ? own.length : place, 0, ...vendorWords(asked));
	const lines = words.map((word) => `\t\t${JSON.stringify(word)}`).join(',\n');
	return codex.replace(/"alias": \[[^\]]*\]/, () => `"alias": [\n${lines}\n\t]`);
}

const vendorWords = (providers: Catalogue): string[] => Object.values(providers).flatMap(wordsFor);
