import { option, orderParameter } from '../domain/ownParameters';
import type { ModelEntry } from '../domain/model';
import type { Step } from '../domain/problem';
import type { Provider } from '../domain/provider';
import { ok } from '../domain/result';
import type { NodeInput } from '../host/readers';
import { modelOfNext, type FirstClip } from '../models/chain';
import { imageMode } from '../models/imageParameters';
import { truthOf } from '../models/meant';
import { refuse } from '../tasks/problems';
import { readFallbackEntries, readText } from './parameters';

/** Where in a chain of clips an item stands. */
export interface ChainPlace {
	/** As the first clip was ordered; absent for the first one itself. */
	first?: FirstClip;
}

/** Whether each item's clip is to begin where the one before ended. */
export const isChain = (input: NodeInput): boolean =>
	truthOf(input.parameter(`options.${option.chainItems.name}`, 0, false)) === true;

/** The model with which an item of a chain is made; refuses what a chain cannot be made with. */
export function readChainedModel(
	input: NodeInput,
	{ first }: ChainPlace,
	provider: Provider,
	model: ModelEntry,
	itemIndex: number,
): Step<ModelEntry> {
	const next = modelOfNext(provider, model);
	if (next === undefined) {
		return refuse(
			`${model.label} on ${provider.label} cannot chain clips: it gives no last frame, or takes none to begin with`,
			`Choose a model that shows the option '${option.chainItems.label}', or remove the option.`,
		);
	}
	if (readFallbackEntries(input, itemIndex).length > 0) {
		return refuse(
			`${orderParameter.fallbackProviders.label} must be empty where '${option.chainItems.label}' is on`,
			'Clips of two vendors do not become one film. Remove the providers, or the option.',
		);
	}
	if (readText(input, 'options.draftId', itemIndex) !== '') {
		return refuse(
			`Draft ID must be empty where '${option.chainItems.label}' is on`,
			'The final video of a draft begins where its draft does. Remove one of the two options.',
		);
	}
	const mode = readText(input, imageMode.name, itemIndex, 'frames');
	if (model.references !== undefined && mode === 'references') {
		return refuse(
			`'${imageMode.label}' must be ${imageMode.labels.frames} where '${option.chainItems.label}' is on`,
			'A clip that begins with the last frame of the one before takes no references.',
		);
	}
	return ok(first === undefined ? model : next);
}
