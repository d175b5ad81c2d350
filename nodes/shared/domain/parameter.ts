/** What a model parameter is called and how it travels. */
export interface ParameterMeta {
	/** Label in the node and in validation messages. */
	label: string;
	description: string;
	/** The field's name in the vendor's request body. */
	wireName: string;
	/** The vendor wants the value as a JSON string, e.g. `"5"` for five seconds. */
	wireAsString?: boolean;
	/** What the vendor uses when the field is absent; the node shows it, the check never injects it. */
	default?: string | number | boolean;
	/** Names of enum values in the node, where the value alone would not explain itself. */
	valueLabels?: Readonly<Record<string, string>>;
	/** Another parameter that loses its meaning, and is not sent, when this one is set. */
	replaces?: string;
	unit?: 'seconds' | 'frames';
}

/** Which values a parameter takes. */
export interface ParameterRule {
	/** The catalogue has the first three; the others are in schemas that vendors tell. */
	type: 'string' | 'integer' | 'boolean' | 'number' | 'list' | 'object' | 'any';
	required: boolean;
	/** The only ones it takes, where there are a few. */
	values?: ReadonlyArray<string | number>;
	minimum?: number;
	maximum?: number;
	maxLength?: number;
	/** A whole number is so much plus a multiple of something, e.g. 25 + 4n. */
	step?: { offset: number; multipleOf: number };
}

/**
 * A parameter as a model's entry has it: plain data, because n8n loads the whole catalogue at every
 * start. The node, the docs, the check and the request body all read this.
 */
export interface ParameterSpec extends ParameterMeta, ParameterRule {}

/** Parameters under this package's names, in the order in which they are offered and checked. */
export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>;
