import type { IExecuteFunctions } from 'n8n-workflow';
import type { GenerationKind, ModelEntry, ParameterValues, WireInput } from '../domain/model';
import type { Problem, Step } from '../domain/problem';
import { findModel, type Provider } from '../domain/provider';
import { fail, ok } from '../domain/result';
import { defaultsOf, knownModel, tellApart } from '../models/byId';
import { IMAGE_MODE, lastImageParameters } from '../models/images';
import { CUSTOM_MODEL } from '../models/schema';
import { problemOfInput } from '../tasks/problems';
import type { Session } from '../tasks/session';
import { readAdditionalParameters } from './additional';
import { readText } from './parameters';

/** An item's model, and what is given for it elsewhere than in fields of its own. */
export interface NamedModel {
	model: ModelEntry;
	/** Absent for one that is chosen by its name: the node has its fields. */
	byId?: GivenById;
}

export interface GivenById {
	/** Where nothing else is given. */
	defaults: ParameterValues;
	values: ParameterValues;
	additional: WireInput;
}

/** The model that an item is to be made with: of the node's list, or by its ID. */
export async function readNamedModel(
	context: IExecuteFunctions,
	{ provider }: Session,
	kind: GenerationKind,
	itemIndex: number,
	additionalParameters: unknown,
): Promise<Step<NamedModel>> {
	const modelId = readText(context, 'model', itemIndex);
	if (modelId !== CUSTOM_MODEL) return ofList(provider, modelId, kind);
	const id = readText(context, 'customModel', itemIndex);
	if (id === '') {
		return refuse('Custom Model must not be empty', "Enter the vendor's ID of the model.");
	}
	const model = knownModel(provider, id, kind);
	return model === undefined
		? ok({ model: provider.customModel(id, kind) })
		: givenFor(provider, model, additionalParameters);
}

function ofList(provider: Provider, modelId: string, kind: GenerationKind): Step<NamedModel> {
	const model = findModel(provider, modelId, kind);
	if (model !== undefined) return ok({ model });
	return refuse(
		`${provider.label} has no model '${modelId}' for this node`,
		"Choose a model from the list, or 'Custom' and enter its ID there.",
	);
}

/** A model of the catalogue, whose parameters stand among the additional ones. */
function givenFor(provider: Provider, model: ModelEntry, given: unknown): Step<NamedModel> {
	const additional = readAdditionalParameters(provider, given);
	if (!additional.ok) return additional;
	const told = tellApart(model, additional.value);
	if (told.ok) {
		// Who writes parts of the request himself, e.g. the whole content, gets nothing added.
		const isWhole = Object.keys(told.value.additional).length === 0;
		return ok({ model, byId: { defaults: isWhole ? defaultsOf(model) : {}, ...told.value } });
	}
	return refuse(
		`${told.error} is given twice for ${model.label} on ${provider.label}`,
		"'Additional Parameters' has it under the vendor's name and under this node's: remove one of them.",
	);
}

/** What the node offers for every model by ID, and this one does not take. */
export function problemOfMedia(
	context: IExecuteFunctions,
	{ label, firstImage, lastImage, references }: ModelEntry,
	itemIndex: number,
): Problem | undefined {
	if (firstImage === undefined && references === undefined) return undefined;
	const areReferences = context.getNodeParameter(IMAGE_MODE, itemIndex, null) === 'references';
	const takes = areReferences ? references : firstImage;
	if (takes === undefined) {
		return problemOfInput(
			areReferences ? `${label} takes no references` : `${label} takes its images as references`,
			`Set 'Images Are' to '${areReferences ? 'First and Last Frame' : 'References'}'; an expression there can choose for each item (frames or references).`,
		);
	}
	const { label: named, inputType } = lastImageParameters;
	const hasLast =
		!areReferences && context.getNodeParameter(inputType, itemIndex, 'none') !== 'none';
	return hasLast && lastImage === undefined
		? problemOfInput(`${label} takes no last image`, `Set '${named} Input Type' to 'None'.`)
		: undefined;
}

const refuse = (message: string, description: string) => fail(problemOfInput(message, description));
