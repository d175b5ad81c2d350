import type { GenerationKind, ModelEntry } from './model';
import type { VendorApi } from './vendor';

export interface Rate {
	count: number;
	windowMs: number;
}

/** Everything about one vendor: what it sells and how it speaks. */
export interface Provider {
	label: string;
	/** Credential type whose key this provider takes. */
	credentialType: string;
	apiKeysUrl: string;
	/** The vendor's own page of prices, where it has a public one. */
	pricesUrl?: string;
	/** Other words than its label by which people look for it in n8n's nodes panel. */
	aliases?: readonly string[];
	/** The documented address of the API; the credential may name another. */
	baseUrl: string;
	/**
	 * The vendor's further hosts by name, e.g. for uploads. While the credential names another base
	 * URL than the documented one, that one stands in for them too.
	 */
	hosts?: Readonly<Record<string, string>>;
	/** What the vendor documents about load, or a careful choice where it documents nothing. */
	limits: {
		maxParallelTasks: number;
		/** At most this many create requests in any window, for all executions of a credential. */
		creates?: Rate;
		/** At most this many requests of any kind, likewise. */
		requests?: Rate;
		/** How long the files in a create request may be together, where they are sent in it. */
		maxRequestBytes?: number;
	};
	/** How long a finished video can be had, where the vendor documents that it soon cannot. */
	resultLifetimeMinutes?: number;
	/** A finished video may lie at an address of the API that wants the key. */
	videosNeedKey?: true;
	/**
	 * What the name of a node has no room for in its models' IDs, e.g. the word that all of them begin
	 * with: source of a regular expression.
	 */
	commonInModelIds?: string;
	/** What the vendor's pages write model IDs with or without, e.g. the cloud's own name. */
	modelPrefixes?: readonly string[];
	/**
	 * How its pages call the first reference image in a prompt, e.g. `@Image1`; the others by their kind
	 * and number. Absent where they say nothing about it.
	 */
	referenceTag?: string;
	/** Newest first; what its maker has switched off comes last. */
	models: readonly ModelEntry[];
	/** The model with which the node begins for this vendor: a current one of the middle. */
	defaultModels: Readonly<Partial<Record<GenerationKind, string>>>;
	/** With which nodes of version 1 began; saved workflows depend on it. */
	defaultModelsOfVersion1?: Readonly<Partial<Record<GenerationKind, string>>>;
	/** Kinds of generation for which the vendor documents at least one model or a common body. */
	kinds: readonly GenerationKind[];
	/** A model that the catalogue does not know yet: prompt and image, the rest as JSON. */
	customModel(id: string, kind: GenerationKind): ModelEntry;
	vendor: VendorApi;
}

/** Providers by their IDs. */
export type Catalogue = Readonly<Record<string, Provider>>;

/** The catalogue's entry for a model ID (and kind), or undefined for one it does not know. */
export function findModel(
	provider: Provider,
	modelId: string,
	kind?: GenerationKind,
): ModelEntry | undefined {
	return provider.models.find(
		(model) => model.id === modelId && (kind === undefined || model.kind === kind),
	);
}

export function modelsOf(provider: Provider, kind: GenerationKind): readonly ModelEntry[] {
	return provider.models.filter((model) => model.kind === kind);
}
