import type { Provider } from '../domain/provider';
import { providers } from './catalogue';

export { providers };

/** The provider of that ID; undefined for one that this version does not know. */
export function findProvider(id: unknown): Provider | undefined {
	return typeof id === 'string' && Object.hasOwn(providers, id) ? providers[id] : undefined;
}

const [first, ...others] = Object.values(providers);

/** The vendor of a package that has one alone; undefined in the package of all. */
export const onlyVendor: Provider | undefined = others.length === 0 ? first : undefined;
