import type { IDisplayOptions } from 'n8n-workflow';
import { videoOperations, type GenerationKind, type ModelEntry } from '../domain/model';
import { modelsOf, type Catalogue } from '../domain/provider';
import { idsByHand } from '../models/byId';

/** The models of a provider for which a property is shown, in a node or in one of its operations. */
export interface Place {
	kind: GenerationKind;
	provider: string;
	modelIds: string[];
}

interface Condition {
	kinds: GenerationKind[];
	providers: string[];
	modelIds: string[];
}

/** What the editor can hold in the node or the operation of one kind. */
interface Offered {
	/** Model IDs, and what stands for a model named by its ID, by provider. */
	ids: ReadonlyMap<string, readonly string[]>;
	/** The other way round. */
	providers: ReadonlyMap<string, readonly string[]>;
}

const offeredByCatalogue = new WeakMap<Catalogue, Map<GenerationKind, Offered>>();

/** Kept, because it is asked for thousands of times while n8n loads the nodes. */
function offeredIn(catalogue: Catalogue, kind: GenerationKind): Offered {
	const known = offeredByCatalogue.get(catalogue) ?? new Map<GenerationKind, Offered>();
	offeredByCatalogue.set(catalogue, known);
	const offered = known.get(kind) ?? findOffered(catalogue, kind);
	known.set(kind, offered);
	return offered;
}

function findOffered(catalogue: Catalogue, kind: GenerationKind): Offered {
	const ids = new Map<string, readonly string[]>();
	const providers = new Map<string, string[]>();
	for (const [provider, entry] of Object.entries(catalogue)) {
		if (!entry.kinds.includes(kind)) continue;
		const own = [...idsByHand(entry, kind), ...modelsOf(entry, kind).map(({ id }) => id)];
		ids.set(provider, own);
		for (const id of own) providers.set(id, [...(providers.get(id) ?? []), provider]);
	}
	return { ids, providers };
}

/**
 * n8n's conditions say "one of these operations, one of these providers and one of these models". That
 * fits several places at once unless one of them offers a model of another that is not among its own.
 * As few conditions as come of it, because n8n sends each with its whole property to every browser.
 */
function inFewConditions(places: readonly Place[], catalogue: Catalogue): Condition[] {
	// First within each kind, because places of two kinds may only fit together once others are there.
	const kinds = [...new Set(places.map(({ kind }) => kind))];
	const ofKinds = kinds.flatMap((kind) =>
		joinedOfKind(
			places.filter((place) => place.kind === kind),
			catalogue,
		),
	);
	return (kinds.length > 1 ? joined(ofKinds, catalogue) : ofKinds).map(conditionOf);
}

/** What the editor can hold for a place's vendor beside the place's own models. */
const othersAt = (catalogue: Catalogue, { kind, provider, modelIds }: Place): string[] =>
	(offeredIn(catalogue, kind).ids.get(provider) ?? []).filter((id) => !modelIds.includes(id));

/** Each vendor has one place of a kind, so that places fit which do not name what another one lacks. */
function joinedOfKind(places: readonly Place[], catalogue: Catalogue): Place[][] {
	const groups: Array<{ places: Place[]; named: Set<string>; lacking: Set<string> }> = [];
	for (const place of places) {
		const lacking = othersAt(catalogue, place);
		const fitting = groups.find(
			(group) =>
				!lacking.some((id) => group.named.has(id)) &&
				!place.modelIds.some((id) => group.lacking.has(id)),
		);
		const group = fitting ?? { places: [], named: new Set(), lacking: new Set() };
		if (fitting === undefined) groups.push(group);
		group.places.push(place);
		for (const id of place.modelIds) group.named.add(id);
		for (const id of lacking) group.lacking.add(id);
	}
	return groups.map((group) => group.places);
}

function joined(given: ReadonlyArray<readonly Place[]>, catalogue: Catalogue): Place[][] {
	const groups: Place[][] = [];
	for (const places of given) {
		const group = groups.find((others) => fitTogether([...others, ...places], catalogue));
		if (group === undefined) groups.push([...places]);
		else group.push(...places);
	}
	return groups;
}

const conditionOf = (places: readonly Place[]): Condition => ({
	kinds: [...new Set(places.map(({ kind }) => kind))],
	providers: [...new Set(places.map(({ provider }) => provider))],
	modelIds: [...new Set(places.flatMap(({ modelIds }) => modelIds))],
});

function fitTogether(places: readonly Place[], catalogue: Catalogue): boolean {
	const { kinds, providers, modelIds } = conditionOf(places);
	const named = new Set(modelIds);
	return kinds.every((kind) =>
		providers.every((provider) => {
			const own = places.find((place) => place.kind === kind && place.provider === provider);
			const others = othersAt(catalogue, own ?? { kind, provider, modelIds: [] });
			return !others.some((id) => named.has(id));
		}),
	);
}

/**
 * The conditions under which the node shows something for these models and for no other. n8n is told
 * the models that have it or, where that is shorter, those that do not; and the vendors only where
 * another one sells a model of that name. `path` is what leads to operation, provider and model.
 */
export function displaysFor(
	places: readonly Place[],
	catalogue: Catalogue,
	path = '',
): IDisplayOptions[] {
	const [provider, model] = [`${path}provider`, `${path}model`];
	return inFewConditions(places, catalogue).map((condition) => {
		const { kinds, providers, modelIds } = condition;
		const operations = operationsOf(kinds, path);
		const vendors = soldElsewhere(condition, catalogue) ? { [provider]: providers } : {};
		const having = { show: { ...operations, ...vendors, [model]: modelIds } };
		const others = othersThan(condition, catalogue);
		if (others.length === 0) return having;
		const lacking = {
			show: { ...operations, [provider]: providers },
			hide: { [model]: others },
		};
		return JSON.stringify(lacking).length < JSON.stringify(having).length ? lacking : having;
	});
}

/** Whether the node can hold one of these models for another vendor. */
const soldElsewhere = ({ kinds, providers, modelIds }: Condition, catalogue: Catalogue): boolean =>
	kinds.some((kind) => {
		const offered = offeredIn(catalogue, kind).providers;
		return modelIds.some((id) => offered.get(id)?.some((seller) => !providers.includes(seller)));
	});

/** What else the editor can hold with these kinds and providers. */
function othersThan({ kinds, providers, modelIds }: Condition, catalogue: Catalogue): string[] {
	const named = new Set(modelIds);
	const all = kinds.flatMap((kind) => {
		const { ids } = offeredIn(catalogue, kind);
		return providers.flatMap((provider) => ids.get(provider) ?? []);
	});
	return [...new Set(all)].filter((id) => !named.has(id));
}

/** Only the node for given videos has operations. */
export function operationsOf(
	kinds: readonly GenerationKind[],
	path = '',
): NonNullable<IDisplayOptions['show']> {
	const operations = videoOperations.filter((operation) => kinds.includes(operation));
	const isEvery = operations.length % videoOperations.length === 0;
	return isEvery ? {} : { [`${path}operation`]: operations };
}

/** Adds a model to those for which something is shown. */
export function addPlace(places: Place[], { kind, provider, modelIds }: Place): void {
	const known = places.find((place) => place.kind === kind && place.provider === provider);
	if (known === undefined) places.push({ kind, provider, modelIds: [...modelIds] });
	else known.modelIds.push(...modelIds);
}

/** A model that the node offers. */
export interface Offer {
	kind: GenerationKind;
	provider: string;
	model: ModelEntry;
}

export const offersOf = (catalogue: Catalogue, kinds: readonly GenerationKind[]): Offer[] =>
	kinds.flatMap((kind) =>
		Object.entries(catalogue).flatMap(([provider, entry]) =>
			modelsOf(entry, kind).map((model) => ({ kind, provider, model })),
		),
	);
