import type { INodePropertyOptions, ResourceMapperField } from 'n8n-workflow';
import type { ModelEntry } from '../domain/model';
import { printable } from '../domain/words';
import { parametersOf, type ModelParameter } from '../models/schema';

const typesInEditor = {
	string: 'string',
	any: 'string',
	integer: 'number',
	number: 'number',
	boolean: 'options',
	// As text: n8n's editor for JSON shows an empty field as a fault.
	list: 'string',
	object: 'string',
} as const;

/** A model's parameters as the fields that n8n shows for it, under the vendor's names. */
export const mapperFields = (model: ModelEntry): ResourceMapperField[] =>
	parametersOf(model)
		.filter(({ name }) => name !== 'prompt')
		.map((parameter) => ({
			id: parameter.wireName,
			displayName: printable(describe(parameter)),
			defaultMatch: false,
			canBeUsedToMatch: false,
			required: parameter.required,
			display: true,
			...choicesOf(parameter),
		}));

/** A switch of n8n's stands at off before anybody touches it: so a truth value is chosen from a list. */
function choicesOf({ type, values, valueLabels }: ModelParameter) {
	const choices: INodePropertyOptions[] | undefined =
		type === 'boolean'
			? [
					{ name: 'True', value: true },
					{ name: 'False', value: false },
				]
			: values?.map((value) => ({
					name: printable(valueLabels?.[String(value)] ?? String(value)),
					value,
				}));
	return choices === undefined
		? { type: typesInEditor[type] }
		: { type: 'options' as const, options: choices };
}

const kindWords: Partial<Record<ModelParameter['type'], string>> = {
	list: 'JSON list',
	object: 'JSON object',
};

/** e.g. `Duration (4 to 30, default 5)`: n8n has no other place for what a field takes. */
function describe(parameter: ModelParameter): string {
	const { label, type, required, default: preset } = parameter;
	const about = [
		required ? 'required' : undefined,
		kindWords[type],
		type === 'list' ? undefined : rangeOf(parameter),
		preset === undefined ? undefined : `default ${String(preset)}`,
	].filter((part) => part !== undefined);
	return about.length === 0 ? label : `${label} (${about.join(', ')})`;
}

function rangeOf({ minimum, maximum }: ModelParameter): string | undefined {
	if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
	if (minimum !== undefined) return `at least ${minimum}`;
	return maximum === undefined ? undefined : `at most ${maximum}`;
}
