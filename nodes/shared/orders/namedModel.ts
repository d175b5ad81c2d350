import { isObject, writtenIn } from '../domain/json';
import { MODEL_LIST } from '../domain/limits';
import type { GenerationKind, ModelEntry, ParameterValues, WireInput } from '../domain/model';
import { option, orderParameter } from '../domain/ownParameters';
import type { Problem, Step } from '../domain/problem';
import { findModel, type Provider } from '../domain/provider';
import { fail, ok } from '../domain/result';
import { shown } from '../domain/shown';
import type { NodeInput } from '../host/readers';
import { defaultsOf, knownModel, tellApart } from '../models/byId';
import { imageMode, lastImageParameters } from '../models/imageParameters';
import { CUSTOM_MODEL, LIST_MODEL } from '../models/schema';
import { problemOfInput, refuse } from '../tasks/problems';
import type { Session } from '../tasks/session';
import { readAdditionalParameters } from './additional';
import { modelToldBy } from './modelLists';
import { readText } from './parameters';

/** An item's model, and what is given for it elsewhere than in fields of its own. */
export interface NamedModel {
	model: ModelEntry;
	/** Absent for one that is chosen by its name: the node has its fields. */
	byId?: GivenById;
	/** Why nothing but the prompt was checked, where the vendor tells what its models take. */
	unchecked?: string;
}

export interface GivenById {
	/** Where nothing else is given. */
	defaults: ParameterValues;
	values: ParameterValues;
	additional: WireInput;
}

/** The model that an item is to be made with: of the node's list, of the vendor's, or by its ID. */
export async function readNamedModel(
	input: NodeInput,
	session: Session,
	kind: GenerationKind,
	itemIndex: number,
	additionalParameters: unknown,
): Promise<Step<NamedModel>> {
	const { provider } = session;
	const modelId = readText(input, 'model', itemIndex);
	if (modelId !== CUSTOM_MODEL && modelId !== LIST_MODEL) return ofList(provider, modelId, kind);
	const isListed = modelId === LIST_MODEL;
	if (isListed && provider.vendor.models === undefined) {
		return refuse(
			`${provider.label} has no list of its models`,
			`Choose a model under '${orderParameter.model.label}', or 'Custom' and enter its ID there.`,
		);
	}
	const id = isListed ? readListed(input, itemIndex) : readText(input, 'customModel', itemIndex);
	const strange = problemOfId(
		isListed ? orderParameter.listModel.label : orderParameter.customModel.label,
		id,
	);
	if (strange !== undefined) return fail(strange);
	const mapped = isListed ? readMapped(input, itemIndex) : {};
	const known = knownModel(provider, id, kind);
	if (known !== undefined) return givenFor(provider, known, mapped, additionalParameters);
	return isListed
		? await toldFor(session, id, kind, mapped, additionalParameters)
		: ok({ model: provider.customModel(id, kind) });
}

function ofList(provider: Provider, modelId: string, kind: GenerationKind): Step<NamedModel> {
	const model = findModel(provider, modelId, kind);
	if (model !== undefined) return ok({ model });
	return refuse(
		`${provider.label} has no model '${modelId}' for this node`,
		"Choose a model from the list, or 'Custom' and enter its ID there.",
	);
}

/** What the resource locator holds: a model of the list, an ID, or what an expression gives for both. */
function readListed(input: NodeInput, itemIndex: number): string {
	const given = input.parameter(orderParameter.listModel.name, itemIndex, '');
	return writtenIn(isObject(given) ? given.value : given);
}

/** What is wrong with an ID: it goes into addresses, and an expression may read it from anywhere. */
export function problemOfId(label: string, id: string): Problem | undefined {
	if (id === '') {
		return problemOfInput(`${label} must not be empty`, "Enter the vendor's ID of the model.");
	}
	const leadsElsewhere =
		/(^|\/)\.{1,2}(\/|$)|[\s?#\\\p{Cc}]/u.test(id) || id.length > MODEL_LIST.maxIdLength;
	return leadsElsewhere
		? problemOfInput(`${label} is no ID of a model`, `It is ${shown(id)}.`)
		: undefined;
}

/** What the fields for the model's parameters hold, under the vendor's names. */
function readMapped(input: NodeInput, itemIndex: number): WireInput {
	const given = input.parameter(modelParameters.name, itemIndex, {});
	const value = isObject(given) ? given.value : undefined;
	const entries = Object.entries(isObject(value) ? value : {});
	return Object.fromEntries(
		entries.filter(([, one]) => one !== null && one !== undefined && one !== ''),
	);
}

/** A model of the catalogue, whose parameters stand in fields of their own and among the additional ones. */
function givenFor(
	provider: Provider,
	model: ModelEntry,
	mapped: WireInput,
	given: unknown,
): Step<NamedModel> {
	const additional = readAdditionalParameters(provider, given);
	if (!additional.ok) return additional;
	const inFields = tellApart(model, mapped);
	const added = tellApart(model, additional.value);
	if (!inFields.ok) return givenTwice(provider, model, inFields.error, modelParameters.label);
	if (!added.ok) {
		return givenTwice(provider, model, added.error, option.additionalParameters.label);
	}
	const strange = problemOfUnknown(provider, model, inFields.value.additional);
	if (strange !== undefined) return fail(strange);
	const values = { ...inFields.value.values, ...added.value.values };
	const others = added.value.additional;
	// Who writes parts of the request himself, e.g. the whole content, gets nothing added.
	const isWhole = Object.keys(others).length === 0;
	const defaults = isWhole ? defaultsOf(model) : {};
	return ok({ model, byId: { defaults, values, additional: others } });
}

const { modelParameters } = orderParameter;

const givenTwice = (provider: Provider, model: ModelEntry, label: string, where: string) =>
	refuse(
		`${label} is given twice for ${model.label} on ${provider.label}`,
		`'${where}' has it under the vendor's name and under this node's: remove one of them.`,
	);

/** What stands in the fields of a model's parameters and is none of them, e.g. of the model chosen before. */
function problemOfUnknown(
	provider: Provider,
	{ label }: ModelEntry,
	others: WireInput,
): Problem | undefined {
	const [unknown] = Object.keys(others);
	return unknown === undefined
		? undefined
		: problemOfInput(
				`${label} on ${provider.label} has no parameter ${shown(unknown)}`,
				`Remove it under '${orderParameter.modelParameters.label}', or give it under '${option.additionalParameters.label}', which go out as they are.`,
			);
}

/**
 * A model that the catalogue does not know, by the schema that its vendor tells. What is added goes out
 * unchecked, and is the way where that schema is wrong or cannot be read.
 */
async function toldFor(
	session: Session,
	id: string,
	kind: GenerationKind,
	mapped: WireInput,
	given: unknown,
): Promise<Step<NamedModel>> {
	const { provider } = session;
	const additional = readAdditionalParameters(provider, given);
	if (!additional.ok) return additional;
	const told = await modelToldBy(session, id, kind);
	if (!told.ok) {
		const names = Object.keys(mapped);
		if (names.length > 0) return unreadableSchema(provider, id, told.error, names);
		const model = provider.customModel(id, kind);
		const isTold = provider.vendor.models?.schema !== undefined;
		return ok(isTold ? { model, unchecked: `${id}: ${told.error}` } : { model });
	}
	const model = withoutAdded(told.value, additional.value);
	const apart = tellApart(told.value, mapped);
	if (!apart.ok) return givenTwice(provider, model, apart.error, modelParameters.label);
	const strange = problemOfUnknown(provider, told.value, apart.value.additional);
	if (strange !== undefined) return fail(strange);
	if (kind === 'imageToVideo' && told.value.firstImage === undefined && !told.value.references) {
		return refuse(
			`${provider.label} does not tell which field of ${id} takes the image`,
			`Use the node Seedance Text to Video with this model, and give the image's address under '${option.additionalParameters.label}' in the field that the vendor documents.`,
		);
	}
	const { values } = apart.value;
	return ok({ model, byId: { defaults: {}, values, additional: additional.value } });
}

const unreadableSchema = (
	provider: Provider,
	id: string,
	reason: string,
	names: readonly string[],
) =>
	refuse(
		`What ${id} takes could not be read from ${provider.label}, so nothing was ordered`,
		`Reason: ${reason}. Try again later, or give ${names.join(', ')} under '${option.additionalParameters.label}' instead of '${orderParameter.modelParameters.label}': they go out unchecked.`,
	);

/** What is added wins anyhow, so that its field has nothing to check. */
function withoutAdded(model: ModelEntry, added: WireInput): ModelEntry {
	const input = Object.entries(model.input).filter(
		([name, { wireName }]) => name === 'prompt' || !Object.hasOwn(added, wireName),
	);
	return { ...model, input: Object.fromEntries(input) };
}

/** What the node offers for every model by ID, and this one does not take. */
export function problemOfMedia(
	input: NodeInput,
	{ label, firstImage, lastImage, references }: ModelEntry,
	itemIndex: number,
): Problem | undefined {
	if (firstImage === undefined && references === undefined) return undefined;
	const areReferences = input.parameter(imageMode.name, itemIndex, null) === 'references';
	const takes = areReferences ? references : firstImage;
	if (takes === undefined) {
		return problemOfInput(
			areReferences ? `${label} takes no references` : `${label} takes its images as references`,
			`Set '${imageMode.label}' to '${imageMode.labels[areReferences ? 'frames' : 'references']}'; an expression there can choose for each item (frames or references).`,
		);
	}
	const { label: named, inputType } = lastImageParameters;
	const hasLast = !areReferences && input.parameter(inputType, itemIndex, 'none') !== 'none';
	return hasLast && lastImage === undefined
		? problemOfInput(`${label} takes no last image`, `Set '${named} Input Type' to 'None'.`)
		: undefined;
}
