import type { INodeProperties } from 'n8n-workflow';
import type { GenerationKind } from '../domain/model';
import { modelsOf, type Catalogue } from '../domain/provider';
import { option } from '../domain/ownParameters';
import { modelOfNext } from '../models/chain';
import { displaysFor } from './conditions';
import { shownAs } from './shownAs';

/** The option Chain Clips, for the models whose clips can go on from a last frame. */
export function chainItemsOptions(catalogue: Catalogue, kind: GenerationKind): INodeProperties[] {
	const places = Object.entries(catalogue).flatMap(([provider, entry]) => {
		const chainable = modelsOf(entry, kind).filter((model) => modelOfNext(entry, model));
		const modelIds = chainable.map(({ id }) => id);
		return modelIds.length === 0 ? [] : [{ kind, provider, modelIds }];
	});
	const begins = kind === 'imageToVideo' ? 'its own image' : 'its prompt alone';
	return displaysFor(places, catalogue, '/').map((displayOptions) => ({
		...shownAs(option.chainItems),
		type: 'boolean',
		noDataExpression: true,
		displayOptions,
		description: `Whether each item's clip begins with the last frame of the one before, and the first one with ${begins}. All get the first one's resolution and aspect ratio. The node waits for one after the other; behind a clip that fails nothing is ordered.`,
	}));
}
