import { z } from 'zod/v4';
import type { ModelEntry, ParameterValues, WireInput } from '../domain/model';
import { fail, ok, type Result } from '../domain/result';
import type { ParameterMeta } from './parameters';

/** Value of the `model` parameter that stands for a model the catalogue does not know. */
export const CUSTOM_MODEL = 'custom';

/** A model parameter as the node, the docs and the request body need it, read off its schema. */
export interface ModelParameter extends ParameterMeta {
	name: string;
	type: 'string' | 'number' | 'integer' | 'boolean';
	required: boolean;
	values?: ReadonlyArray<string | number>;
	minimum?: number;
	maximum?: number;
	maxLength?: number;
}

const constraints = z.object({
	// A list of numbers and words has none.
	type: z.enum(['string', 'number', 'integer', 'boolean']).default('string'),
	enum: z.array(z.union([z.string(), z.number()])).optional(),
	minimum: z.number().optional(),
	maximum: z.number().optional(),
	maxLength: z.number().optional(),
});

const derived = new WeakMap<ModelEntry, readonly ModelParameter[]>();

/** Every parameter of a model in the order of its schema, derived once. */
export function parametersOf(model: ModelEntry): readonly ModelParameter[] {
	const known = derived.get(model);
	if (known !== undefined) return known;

	const jsonSchema = z.toJSONSchema(model.input, { io: 'input' });
	const required = new Set(jsonSchema.required);
	const parameters = Object.entries(model.input.shape).map(([name, schema]) => {
		const {
			enum: values,
			minimum,
			maximum,
			...rest
		} = constraints.parse(jsonSchema.properties?.[name]);
		return {
			...metaOf(name, schema),
			...rest,
			name,
			values,
			required: required.has(name),
			// Whole numbers carry JavaScript's own bounds, which are not the vendor's.
			minimum: minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum,
			maximum: maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum,
		};
	});
	derived.set(model, parameters);
	return parameters;
}

function metaOf(name: string, schema: z.core.$ZodType): ParameterMeta {
	const meta = z.globalRegistry.get(schema);
	const parsed = parameterMeta.safeParse(meta);
	if (!parsed.success) throw new TypeError(`Parameter ${name} of the catalogue lacks its metadata`);
	return parsed.data;
}

const parameterMeta: z.ZodType<ParameterMeta> = z.object({
	label: z.string(),
	description: z.string(),
	wireName: z.string(),
	wireAsString: z.boolean().optional(),
	default: z.union([z.string(), z.number(), z.boolean()]).optional(),
	valueLabels: z.record(z.string(), z.string()).optional(),
	replaces: z.string().optional(),
	unit: z.enum(['seconds', 'frames']).optional(),
});

/** What is wrong with a value: the parameter by its label, and the whole sentence. */
export interface Refusal {
	label: string;
	message: string;
}

/** Checks values against a model's schema; names the first offending parameter by its label. */
export function validateParameters(
	provider: { label: string },
	model: ModelEntry,
	values: ParameterValues,
): Result<ParameterValues, Refusal> {
	const result = model.input.safeParse(values);
	if (result.success) return ok(result.data);

	const issue = result.error.issues[0];
	const name = String(issue?.path[0]);
	const parameter = parametersOf(model).find((candidate) => candidate.name === name);
	const label = parameter?.label ?? name;
	const rule = parameter === undefined ? issue?.message : ruleOf(parameter, values[name], issue);
	return fail({ label, message: `${label} ${rule} for ${model.label} on ${provider.label}` });
}

function ruleOf(
	parameter: ModelParameter,
	value: unknown,
	issue: z.core.$ZodIssue | undefined,
): string {
	const unit = parameter.unit === 'seconds' ? ' seconds' : '';
	if (issue?.code === 'custom') return issue.message;
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
		return `must have at most ${parameter.maxLength} characters (it has ${value.length})`;
	}
	if (parameter.type === 'integer') {
		const { minimum, maximum } = parameter;
		if (minimum === undefined || maximum === undefined) return 'must be a whole number';
		const isWhole = typeof value === 'number' && Number.isInteger(value);
		const whole = isWhole ? '' : 'a whole number ';
		return `must be ${whole}between ${minimum} and ${maximum}${unit}`;
	}
	return parameter.type === 'boolean' ? 'must be true or false' : 'must be a text';
}

/** Puts validated values under the vendor's names; what is not set is not there. */
export function toWireInput(model: ModelEntry, values: ParameterValues): WireInput {
	const parameters = parametersOf(model).filter(({ name }) => values[name] !== undefined);
	const replaced = new Set(parameters.map((parameter) => parameter.replaces));
	return Object.fromEntries(
		parameters
			.filter(({ name }) => !replaced.has(name))
			.map(({ name, wireName, wireAsString }) => [
				wireName,
				wireAsString ? String(values[name]) : values[name],
			]),
	);
}
