import { aimlapi } from './aimlapi';
import { apikley } from './apikley';
import { modellix } from './modellix';
import type { Catalogue, GenerationKind, ModelEntry, ProviderEntry } from './types';

export * from './schema';
export type * from './types';

/** Value of the `model` parameter that stands for a model the catalogue does not know. */
export const CUSTOM_MODEL = 'custom';

const providers = { apikley, modellix, aimlapi } satisfies Catalogue;

export type ProviderId = keyof typeof providers;

/** Everything that can be made, in the order in which the node offers it. */
export const catalogue: Record<ProviderId, ProviderEntry> = providers;

export function isProviderId(value: unknown): value is ProviderId {
	return typeof value === 'string' && Object.hasOwn(catalogue, value);
}

export function modelsOf(provider: ProviderEntry, kind: GenerationKind): readonly ModelEntry[] {
	return provider.models.filter((model) => model.kind === kind);
}

/** The catalogue's entry for a model ID (and kind), or undefined for one it does not know. */
export function findModel(
	provider: ProviderEntry,
	modelId: string,
	kind?: GenerationKind,
): ModelEntry | undefined {
	return provider.models.find(
		(model) => model.id === modelId && (kind === undefined || model.kind === kind),
	);
}
