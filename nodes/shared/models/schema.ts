import { z } from 'zod/v4';
import type { ModelEntry, ParameterValues, PromptLead, WireInput } from '../domain/model';
import type { ParameterSpec, ParameterSpecs } from '../domain/parameter';
import { fail, ok, type Result } from '../domain/result';
import { asMeant } from './meant';

/** Value of the `model` parameter that stands for a model the catalogue does not know. */
export const CUSTOM_MODEL = 'custom';

/** The value that stands for a model of the vendor's own list. */
export const LIST_MODEL = 'list';

/** A model parameter as the node, the docs and the request body need it. */
export interface ModelParameter extends ParameterSpec {
	name: string;
}

/** Every parameter of a model in the order of its entry. */
export const parametersOf = ({ input }: ModelEntry): readonly ModelParameter[] =>
	Object.entries(input).map(([name, spec]) => ({ ...spec, name }));

const schemas = new WeakMap<ParameterSpecs, z.ZodObject>();

/** Built when the first item is checked and not before, because n8n waits for what loads at its start. */
function schemaOf({ input }: ModelEntry): z.ZodObject {
	const known = schemas.get(input);
	if (known !== undefined) return known;

	const fields = Object.entries(input).map(([name, spec]) => [name, fieldOf(spec)] as const);
	const schema = z.object(Object.fromEntries(fields));
	schemas.set(input, schema);
	return schema;
}

const fieldOf = (spec: ParameterSpec): z.ZodType =>
	spec.required ? valueOf(spec) : valueOf(spec).optional();

function valueOf(spec: ParameterSpec): z.ZodType {
	const { type, values } = spec;
	const understood = (value: unknown) => asMeant(spec, value);
	if (values !== undefined) return z.preprocess(understood, z.literal(values));
	switch (type) {
		case 'boolean':
			return z.preprocess(understood, z.boolean());
		case 'integer':
			return z.preprocess(understood, wholeNumberOf(spec));
		case 'number':
			return z.preprocess(understood, numberOf(spec));
		case 'list':
			return z.preprocess(understood, z.array(z.unknown()).max(spec.maximum ?? Infinity));
		case 'object':
			return z.preprocess(understood, z.record(z.string(), z.unknown()));
		case 'any':
			return z.unknown();
		default:
			return textOf(spec);
	}
}

const numberOf = ({ minimum, maximum }: ParameterSpec): z.ZodType =>
	z
		.number()
		.min(minimum ?? -Number.MAX_VALUE)
		.max(maximum ?? Number.MAX_VALUE);

function wholeNumberOf({ minimum, maximum, step }: ParameterSpec): z.ZodType {
	const number = z
		.int()
		.min(minimum ?? Number.MIN_SAFE_INTEGER)
		.max(maximum ?? Number.MAX_SAFE_INTEGER);
	if (step === undefined) return number;
	return number.refine((value) => (value - step.offset) % step.multipleOf === 0);
}

/** Vendors count characters, of which JavaScript counts those beyond the first 65,536 twice. */
const lengthOf = (text: string): number => [...text].length;

function textOf({ required, maxLength }: ParameterSpec): z.ZodType {
	const text =
		maxLength === undefined
			? z.string()
			: z.string().refine((value) => value.length <= maxLength || lengthOf(value) <= maxLength);
	return required ? text.regex(/\S/) : text;
}

/** What is wrong with a value: the parameter by its label, and the whole sentence. */
export interface BadValue {
	label: string;
	/** As it was given. */
	value: unknown;
	message: string;
}

/** Checks values against a model's parameters; names the first offending parameter by its label. */
export function validateParameters(
	provider: { label: string },
	model: ModelEntry,
	values: ParameterValues,
): Result<ParameterValues, BadValue> {
	const result = schemaOf(model).safeParse(values);
	if (result.success) return ok(result.data);

	const issue = result.error.issues[0];
	const name = String(issue?.path[0]);
	const parameter = parametersOf(model).find((candidate) => candidate.name === name);
	const label = parameter?.label ?? name;
	const rule = parameter === undefined ? issue?.message : ruleOf(parameter, values[name], issue);
	return fail({
		label,
		value: values[name],
		message: `${label} ${rule} for ${model.label} on ${provider.label}`,
	});
}

function ruleOf(
	parameter: ModelParameter,
	value: unknown,
	issue: z.core.$ZodIssue | undefined,
): string {
	const unit = parameter.unit === 'seconds' ? ' seconds' : '';
	if (issue?.code === 'custom' && parameter.step !== undefined) {
		const { offset, multipleOf } = parameter.step;
		return `must be ${offset} plus a multiple of ${multipleOf}, e.g. ${parameter.default}`;
	}
	if (
		parameter.required &&
		(value === undefined || (typeof value === 'string' && value.trim() === ''))
	) {
		return 'must not be empty';
	}
	if (parameter.values !== undefined) {
		return `must be one of ${parameter.values.join(', ')}${unit}`;
	}
	if (parameter.maxLength !== undefined && typeof value === 'string') {
		return `must have at most ${parameter.maxLength} characters (it has ${lengthOf(value)})`;
	}
	if (parameter.type === 'integer') {
		const { minimum, maximum } = parameter;
		if (minimum === undefined || maximum === undefined) {
			return `must be a whole number${boundIn(parameter)}`;
		}
		const isWhole = typeof value === 'number' && Number.isInteger(value);
		const whole = isWhole ? '' : 'a whole number ';
		return `must be ${whole}between ${minimum} and ${maximum}${unit}`;
	}
	return `must be ${typeWords[parameter.type]}${boundIn(parameter)}`;
}

const typeWords: Record<ParameterSpec['type'], string> = {
	boolean: 'true or false',
	string: 'a text',
	integer: 'a whole number',
	number: 'a number',
	list: 'a list in JSON, e.g. ["one", "two"]',
	object: 'an object in JSON, e.g. {"name": "value"}',
	any: 'set',
};

function boundIn({ minimum, maximum }: ParameterSpec): string {
	const from = minimum === undefined ? [] : [`at least ${minimum}`];
	const to = maximum === undefined ? [] : [`at most ${maximum}`];
	const bounds = [...from, ...to].join(' and ');
	return bounds === '' ? '' : ` of ${bounds}`;
}

/**
 * Puts validated values under the vendor's names, with what the model's operation forces; what is not
 * set is not there.
 */
export function toWireInput(model: ModelEntry, values: ParameterValues): WireInput {
	const parameters = parametersOf(model).filter(({ name }) => values[name] !== undefined);
	const replaced = new Set(parameters.map((parameter) => parameter.replaces));
	const sent = parameters
		.filter(({ name }) => !replaced.has(name))
		.map((parameter) => [parameter.wireName, toWire(model, parameter, values[parameter.name])]);
	return { ...Object.fromEntries(sent), ...model.forced };
}

function toWire({ lead }: ModelEntry, parameter: ModelParameter, value: unknown): unknown {
	if (parameter.wireAsString) return String(value);
	const isLed = parameter.name === 'prompt' && lead !== undefined && typeof value === 'string';
	return isLed ? ledBy(lead, value, parameter.maxLength) : value;
}

/** The prompt with the words by which the model knows what it is to do, if there is room for them. */
function ledBy({ words, unless }: PromptLead, prompt: string, maxLength = Infinity): string {
	const led = `${words} ${prompt}`;
	return unless.test(prompt) || lengthOf(led) > maxLength ? prompt : led;
}
