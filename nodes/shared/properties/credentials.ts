import type { INodeCredentialDescription } from 'n8n-workflow';
import type { GenerationKind } from '../domain/model';
import type { Catalogue } from '../domain/provider';
import { FALLBACK_ENTRY, FALLBACKS } from '../models/placement';

export const MAX_FALLBACKS = 5;

/**
 * n8n shows a credential by the values of parameters, all of which have to agree, so that "the node's
 * vendor or one of the fallbacks" cannot be said. But it shows whatever depends on an expression
 * (2.41.1), so each fallback holds a hidden one under the name of its vendor's credential.
 */
export const markerOf = (credentialType: string) => `${credentialType}Needed`;

/** The credentials of a node: for each provider its own, shown where the node names the provider. */
export function credentialsOf(
	catalogue: Catalogue,
	kinds: readonly GenerationKind[],
	options: { fallbacks?: boolean; hide?: Record<string, string[]> } = {},
): INodeCredentialDescription[] {
	return Object.entries(catalogue)
		.filter(([, provider]) => provider.kinds.some((kind) => kinds.includes(kind)))
		.map(([id, { credentialType }]) => ({
			name: credentialType,
			required: true,
			displayOptions: {
				show: {
					...(options.fallbacks ? markersOf(credentialType) : {}),
					// Written as a path, because n8n's editor takes a plain parameter on which all credentials
					// depend for a choice of authentication, and hides it (2.41.1).
					'/provider': [id],
				},
				...(options.hide && { hide: options.hide }),
			},
		}));
}

/** Conditions that are true of every value, for the sake of the expressions that may stand there. */
const markersOf = (credentialType: string) =>
	Object.fromEntries(
		Array.from({ length: MAX_FALLBACKS }, (_, index) => [
			`/${FALLBACKS}.${FALLBACK_ENTRY}[${index}].${markerOf(credentialType)}`,
			[{ _cnd: { not: '' } }],
		]),
	);
