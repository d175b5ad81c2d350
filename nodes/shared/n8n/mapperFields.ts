import type { INodePropertyOptions, ResourceMapperField } from 'n8n-workflow';
import type { ModelEntry } from '../domain/model';
import { parametersOf, type ModelParameter } from '../models/schema';

const typesInEditor = {
	string: 'string',
	any: 'string',
	integer: 'number',
	number: 'number',
	boolean: 'options',
	list: 'array',
	object: 'object',
} as const;

/** A model's parameters as the fields that n8n shows for it, under the vendor's names. */
export const mapperFields = (model: ModelEntry): ResourceMapperField[] =>
	parametersOf(model)
		.filter(({ name }) => name !== 'prompt')
		.map((parameter) => ({
			id: parameter.wireName,
			displayName: describe(parameter),
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
			: values?.map((value) => ({ name: valueLabels?.[String(value)] ?? String(value), value }));
	return choices === undefined
		? { type: typesInEditor[type] }
		: { type: 'options' as const, options: choices };
}

/** e.g. `Duration (4 to 30, default 5)`: n8n has no other place for what a field takes. */
function describe({ label, minimum, maximum, ...parameter }: ModelParameter): string {
	const isList = parameter.type === 'list';
	const range =
		minimum !== undefined && maximum !== undefined
			? [`${minimum} to ${maximum}`]
			: [
					...(minimum === undefined ? [] : [`at least ${minimum}`]),
					...(maximum === undefined ? [] : [`at most ${maximum}`]),
				];
	const preset = parameter.default === undefined ? [] : [`default ${String(parameter.default)}`];
	const about = [...(isList ? ['JSON list'] : []), ...range, ...preset].join(', ');
	return about === '' ? label : `${label} (${about})`;
}
