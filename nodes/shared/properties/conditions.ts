import type { GenerationKind } from '../domain/model';
import { findModel, type Catalogue } from '../domain/provider';
import { idsByHand } from '../models/byId';

/** The models of a provider for which a property is shown. */
export interface Place {
	provider: string;
	modelIds: string[];
}

interface Condition {
	providers: string[];
	modelIds: string[];
}

export type IsOffered = (provider: string, modelId: string) => boolean;

/** Whether the editor can hold this provider and this model together. */
export const offeredIn =
	(catalogue: Catalogue, kind: GenerationKind): IsOffered =>
	(provider, modelId) => {
		const entry = catalogue[provider];
		if (entry === undefined) return false;
		return idsByHand(entry).includes(modelId) || findModel(entry, modelId, kind) !== undefined;
	};

/**
 * n8n's conditions say "one of these providers and one of these models". That fits several places at
 * once unless one of them offers a model of another that is not among its own. As few conditions as
 * come of it, because n8n sends each with its whole property to every browser.
 */
export function inFewConditions(places: readonly Place[], isOffered: IsOffered): Condition[] {
	const groups: Place[][] = [];
	for (const place of places) {
		const group = groups.find((others) => fitTogether([...others, place], isOffered));
		if (group === undefined) groups.push([place]);
		else group.push(place);
	}
	return groups.map((group) => ({
		providers: group.map(({ provider }) => provider),
		modelIds: modelsIn(group),
	}));
}

const modelsIn = (places: readonly Place[]) => [
	...new Set(places.flatMap(({ modelIds }) => modelIds)),
];

function fitTogether(places: readonly Place[], isOffered: IsOffered): boolean {
	const all = modelsIn(places);
	return places.every(({ provider, modelIds }) =>
		all.every((id) => modelIds.includes(id) || !isOffered(provider, id)),
	);
}
