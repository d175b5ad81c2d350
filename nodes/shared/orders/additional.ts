import { isObject, parseJson } from '../domain/json';
import {
	operationNames,
	type GenerationKind,
	type ModelEntry,
	type WireInput,
} from '../domain/model';
import { option } from '../domain/ownParameters';
import type { Problem, Step } from '../domain/problem';
import type { Provider } from '../domain/provider';
import { ok } from '../domain/result';
import { shown } from '../domain/shown';
import { problemOfInput, refuse } from '../tasks/problems';

/** The option Additional Parameters: an object, by which nobody chooses what the node decides. */
export function readAdditionalParameters(
	{ label, vendor }: Provider,
	given: unknown,
): Step<WireInput> {
	const parsed = typeof given === 'string' ? parseJson(given.trim() || '{}') : (given ?? {});
	if (isObject(parsed)) {
		const decided = Object.entries(vendor.decides ?? {}).find(([name]) =>
			Object.hasOwn(parsed, name),
		);
		if (decided === undefined) return ok({ ...parsed });
		const [name, fix] = decided;
		return refuse(
			`${option.additionalParameters.label} must not contain '${name}' for ${label}, because the node decides it`,
			`${fix} Then remove '${name}' from '${option.additionalParameters.label}'.`,
		);
	}
	return refuse(
		`${option.additionalParameters.label} must be a JSON object`,
		`It is ${shown(given)}. Write it like {"seed": 42}, with double quotes.`,
	);
}

/** What of the further fields is against what the model's operation takes alone. */
export function problemOfForced(
	{ label: vendor }: Provider,
	{ forced = {}, kind, label }: ModelEntry,
	additional: WireInput,
): Problem | undefined {
	const against = Object.keys(forced).find(
		(name) => Object.hasOwn(additional, name) && additional[name] !== forced[name],
	);
	return against === undefined
		? undefined
		: problemOfInput(
				`${option.additionalParameters.label} must not set '${against}' to ${shown(additional[against])} for the operation ${nameOf(kind)} of ${label} on ${vendor}`,
				`The vendor takes nothing but ${shown(forced[against])} there, which the node sends by itself. Remove '${against}' from '${option.additionalParameters.label}'.`,
			);
}

const nameOf = (kind: GenerationKind): string =>
	kind === 'textToVideo' || kind === 'imageToVideo' ? kind : operationNames[kind];
