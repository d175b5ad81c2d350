import type { INodeCredentialDescription, INodeProperties } from 'n8n-workflow';
import type { GenerationKind } from '../domain/model';
import type { Catalogue } from '../domain/provider';
import { orderParameter, taskParameter } from '../domain/ownParameters';
import { onlyVendor, providers } from '../providers';
import { providerNames } from './providerOptions';

export const MAX_FALLBACKS = 5;

/** As many as there are beside the node's own. */
export const MAX_OTHERS = Object.keys(providers).length - 1;

/** A list in a node whose entries name vendors. */
interface ProviderList {
	path: string;
	maxEntries: number;
}

const fallbackList: ProviderList = {
	path: `/${orderParameter.fallbackProviders.name}.${orderParameter.fallbackProviders.entry}`,
	maxEntries: MAX_FALLBACKS,
};
const othersList: ProviderList = {
	path: `/${taskParameter.otherProviders.name}.${taskParameter.otherProviders.entry}`,
	maxEntries: MAX_OTHERS,
};

/**
 * n8n shows a credential by the values of parameters, all of which have to agree, so that "the node's
 * vendor or one of the fallbacks" cannot be said. But it shows whatever depends on an expression
 * (2.41.1), so each entry of such a list holds a hidden one after the name of its vendor's credential;
 * n8n sends 280 of these names to every browser.
 */
export const markerOf = (credentialType: string) => credentialType.replace(/^seedance/, 'for');

/** The vendor of an entry; n8n asks for all credentials in one place, above the parameters (2.41.1). */
export function vendorOfEntry(catalogue: Catalogue, description: string): INodeProperties {
	const [firstId = ''] = Object.keys(catalogue);
	return {
		displayName: 'Provider',
		name: 'provider',
		type: 'options',
		noDataExpression: true,
		options: providerNames(catalogue),
		default: firstId,
		description,
		hint: 'Its credential is chosen at the top of the node',
	};
}

/** The hidden expressions of an entry, of which n8n shows the one of the entry's vendor. */
export const markerProperties = (catalogue: Catalogue): INodeProperties[] =>
	Object.entries(catalogue).map(([id, { credentialType }]) => ({
		displayName: 'Key',
		name: markerOf(credentialType),
		type: 'hidden',
		displayOptions: { show: { provider: [id] } },
		default: '=1',
	}));

/** The credentials of a node: for each provider its own, shown where the node names the provider. */
export function credentialsOf(
	catalogue: Catalogue,
	kinds: readonly GenerationKind[],
	{
		fallbacks = false,
		others = false,
		hide,
	}: { fallbacks?: boolean; others?: boolean; hide?: Record<string, string[]> } = {},
): INodeCredentialDescription[] {
	const lists = [...(fallbacks ? [fallbackList] : []), ...(others ? [othersList] : [])];
	return Object.entries(catalogue)
		.filter(([, provider]) => provider.kinds.some((kind) => kinds.includes(kind)))
		.map(([id, { credentialType }]) => ({
			name: credentialType,
			required: true,
			displayOptions: {
				show: {
					...(onlyVendor === undefined ? markersOf(lists, credentialType) : {}),
					// Written as a path, because n8n's editor takes a plain parameter on which all credentials
					// depend for a choice of authentication, and hides it (2.41.1).
					'/provider': [id],
				},
				...(hide && { hide }),
			},
		}));
}

/** Conditions that are true of every value, for the sake of the expressions that may stand there. */
const markersOf = (lists: readonly ProviderList[], credentialType: string) =>
	Object.fromEntries(
		lists.flatMap(({ path, maxEntries }) =>
			Array.from({ length: maxEntries }, (_, index) => [
				`${path}[${index}].${markerOf(credentialType)}`,
				[{ _cnd: { not: 0 } }],
			]),
		),
	);
