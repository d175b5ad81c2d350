import type { GenerationKind, ModelEntry, ParameterValues, WireInput } from '../domain/model';
import { modelsOf, type Provider } from '../domain/provider';
import { fail, ok, type Result } from '../domain/result';
import { NODE_PARAMETERS } from './nodeParameters';
import { CUSTOM_MODEL, LIST_MODEL, parametersOf } from './schema';
import { shownDefault } from './shownDefault';

/** Whether a vendor's own list has models of this kind; none tells which ones take a given video. */
export const listsModels = ({ vendor }: Provider, kind: GenerationKind): boolean =>
	vendor.models !== undefined && (kind === 'textToVideo' || kind === 'imageToVideo');

/** What the node's parameter `model` holds where the model is named by its ID. */
export const idsByHand = (provider: Provider, kind: GenerationKind): readonly string[] =>
	listsModels(provider, kind) ? [LIST_MODEL, CUSTOM_MODEL] : [CUSTOM_MODEL];

/** What an ID may be written with or without, at every vendor. */
const MAKER = 'bytedance/';

/** An ID without what people and the vendors' own pages leave out. */
function coreOf({ modelPrefixes = [] }: Provider, id: string): string {
	const plain = id.trim().toLowerCase().replace(/^\/+/, '');
	return [...modelPrefixes, MAKER].reduce(
		(core, prefix) => (core.startsWith(prefix) ? core.slice(prefix.length) : core),
		plain,
	);
}

/**
 * The catalogue's model of an ID as people write it: with the vendor's prefix or without, in any case,
 * or as the path of its create request. What goes out is the ID as documented.
 */
export function knownModel(
	provider: Provider,
	id: string,
	kind: GenerationKind,
): ModelEntry | undefined {
	const models = modelsOf(provider, kind);
	const core = coreOf(provider, id);
	const exact = models.find((model) => model.id === id);
	const same = () => models.filter((model) => coreOf(provider, model.id) === core);
	const atPath = () => models.filter(({ createPath }) => createPath === id.trim());
	return exact ?? only(same()) ?? only(atPath());
}

const only = <T>(found: readonly T[]): T | undefined => (found.length === 1 ? found[0] : undefined);

/** What is given for a model beside the fields that the node shows for it. */
export interface Told {
	/** Under this package's names, for the model's checks. */
	values: ParameterValues;
	/** Whatever else, under the vendor's names; it goes out as it is. */
	additional: WireInput;
}

/**
 * What is given under a parameter's name, the vendor's or this package's, is that parameter; null or
 * an empty text leaves it to the vendor. Fails with the label of one that is given twice.
 */
export function tellApart(model: ModelEntry, given: WireInput): Result<Told, string> {
	const values: ParameterValues = {};
	const additional: WireInput = { ...given };
	for (const { name, wireName, label } of parametersOf(model)) {
		const names = [...new Set([wireName, name])].filter((one) => Object.hasOwn(given, one));
		if (names.length > 1) return fail(label);
		for (const one of names) {
			values[name] = given[one];
			delete additional[one];
		}
	}
	return ok({ values, additional });
}

/** What the node shows, and so sends, where the model is chosen by its name. */
export const defaultsOf = (model: ModelEntry): ParameterValues =>
	Object.fromEntries(
		parametersOf(model)
			.filter(({ name }) => NODE_PARAMETERS.has(name) && name !== 'prompt')
			.map((parameter) => [parameter.name, shownDefault(parameter)]),
	);
