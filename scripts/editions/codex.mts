import type { Catalogue, Provider } from '../../nodes/shared/domain/provider.ts';
import { packageOf } from '../../nodes/shared/domain/packages.ts';
import { anchorOf } from '../pages/markdown.mts';

export const REPOSITORY = 'https://github.com/n8n-nodes-seedance/n8n-nodes-seedance';

/** The page of a package of one vendor. */
export const homeOf = (id: string): string => `${REPOSITORY}/tree/main/editions/${id}#readme`;

/** The words by which people look for a vendor. */
export const wordsFor = ({ label, aliases = [] }: Provider): string[] => [label, ...aliases];

interface Codex {
	node: string;
	resources: Record<string, Array<{ url: string }>>;
	alias: string[];
}

/** A node's codex file as it stands in the package of one vendor: its own name, page and words. */
export function codexFor(codex: string, id: string, providers: Catalogue): string {
	const read = JSON.parse(codex) as Codex;
	const provider = providers[id];
	const name = packageOf(id);
	if (provider === undefined || name === undefined) throw new Error(`There is no vendor ${id}`);
	const others = Object.entries(providers).flatMap(([other, entry]) =>
		other === id ? [] : wordsFor(entry),
	);
	const { credentialDocumentation: asked } = read.resources;
	const adapted = {
		...read,
		node: `${name}.${read.node.split('.')[1] ?? ''}`,
		resources: {
			...(asked && { credentialDocumentation: [{ url: vendorPageOf(provider) }] }),
			primaryDocumentation: [{ url: homeOf(id) }],
		},
		alias: read.alias.filter((word) => !others.includes(word)),
	};
	return `${JSON.stringify(adapted, undefined, '\t')}\n`;
}

/** A vendor's section among the vendors. */
export const vendorPageOf = ({ label }: Provider): string =>
	`${REPOSITORY}/blob/main/docs/vendors.md#${anchorOf(label)}`;
