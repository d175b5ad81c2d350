import type { Provider } from '../../nodes/shared/domain/provider.ts';

/** A text as words in lower case, those of `readFalAnswer` and `FAL_HOST` one by one. */
export const wordsOf = (text: string): string =>
	` ${(text.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? []).join(' ').toLowerCase()} `;

/** What a vendor is called, in code and out of it. */
export function namesOf(id: string, provider: Provider): string[] {
	const { label, aliases = [], credentialType, baseUrl, hosts = {} } = provider;
	const addresses = [baseUrl, ...Object.values(hosts)].map((url) => new URL(url).host);
	return [id, label, ...aliases, credentialType, ...addresses];
}

/** One of those who run models for AI/ML API: a value of a field of its own. */
export const ownValues: Readonly<Record<string, readonly string[]>> = { aimlapi: ['fal'] };
