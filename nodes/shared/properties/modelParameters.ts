import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { GenerationKind } from '../domain/model';
import type { ParameterSpec } from '../domain/parameter';
import type { Catalogue } from '../domain/provider';
import { PARAMETERS_IN_NODE, versionInNode } from '../models/nodeParameters';
import { shownDefault } from '../models/shownDefault';
import { addPlace, displaysFor, offersOf, type Place } from './conditions';
import { before, since } from './versions';

/** Properties of the parameters that stand in the node itself, each shown for the models that have it. */
export function nodeParameterProperties(
	catalogue: Catalogue,
	kinds: readonly GenerationKind[],
): INodeProperties[] {
	const names = PARAMETERS_IN_NODE;
	return propertiesOf(catalogue, kinds, inNode, '').sort(
		(a, b) => names.indexOf(a.name) - names.indexOf(b.name),
	);
}

/** The prompt has a property of its own. */
function inNode(name: string): Show | undefined {
	const version = versionInNode(name);
	if (version === undefined || name === 'prompt') return undefined;
	return version > 1 ? since(version) : {};
}

function underOptions(name: string): Show | undefined {
	const version = versionInNode(name);
	if (version === undefined) return {};
	return version > 1 ? before(version) : undefined;
}

/** Entries of the Options collection that come from the models' own parameters. */
export function optionProperties(
	catalogue: Catalogue,
	kinds: readonly GenerationKind[],
): INodeProperties[] {
	return propertiesOf(catalogue, kinds, underOptions, '/');
}

type Show = NonNullable<IDisplayOptions['show']>;

interface Group {
	property: INodeProperties;
	places: Place[];
}

/**
 * One property per distinct definition, because n8n sends all of them to every browser: models whose
 * parameters look the same in the node share a property, however they travel. `placeOf` says in which
 * versions of the node a parameter stands here, if in any; `path` leads to provider and model.
 */
function propertiesOf(
	catalogue: Catalogue,
	kinds: readonly GenerationKind[],
	placeOf: (name: string) => Show | undefined,
	path: string,
): INodeProperties[] {
	const shared = new Map<string, Group>();
	// Many models have the very same entry of a parameter, which need not be drawn again for each.
	const drawn = new Map<ParameterSpec, Group>();
	for (const { kind, provider, model } of offersOf(catalogue, kinds)) {
		for (const [name, spec] of Object.entries(model.input)) {
			if (placeOf(name) === undefined) continue;
			const before = drawn.get(spec);
			const group = before?.property.name === name ? before : groupOf(shared, name, spec);
			drawn.set(spec, group);
			addPlace(group.places, { kind, provider, modelIds: [model.id] });
		}
	}
	return [...shared.values()].flatMap(({ property, places }) =>
		displaysFor(places, catalogue, path).map(({ show, ...hidden }) => ({
			...property,
			displayOptions: { show: { ...show, ...placeOf(property.name) }, ...hidden },
		})),
	);
}

/** The one group of all parameters that look the same in the node. */
function groupOf(shared: Map<string, Group>, name: string, spec: ParameterSpec): Group {
	const { label, description, type, values, valueLabels = {}, minimum, maximum, unit } = spec;
	const labels = values?.map((value) => valueLabels[value]);
	const seen = [label, description, type, values, labels, minimum, maximum, unit];
	const key = JSON.stringify([name, shownDefault(spec), ...seen]);
	const known = shared.get(key);
	if (known !== undefined) return known;
	const group = { property: toProperty(name, spec), places: [] };
	shared.set(key, group);
	return group;
}

function toProperty(name: string, parameter: ParameterSpec): INodeProperties {
	const { label: displayName, minimum, maximum, values } = parameter;
	const hint = parameter.unit === 'seconds' ? { hint: lengthsOf(parameter) } : {};
	const common = { displayName, name, description: describe(parameter), ...hint };
	if (parameter.type === 'boolean') {
		return { ...common, type: 'boolean', default: shownDefault(parameter) };
	}
	if (values !== undefined) {
		return {
			...common,
			type: 'options',
			options: values.map((value) => toOption(parameter, value)),
			default: shownDefault(parameter),
		};
	}
	if (parameter.type === 'string') {
		return { ...common, type: 'string', default: shownDefault(parameter) };
	}
	return {
		...common,
		type: 'number',
		typeOptions: {
			...(minimum === undefined ? {} : { minValue: minimum }),
			...(maximum === undefined ? {} : { maxValue: maximum }),
			numberPrecision: 0,
		},
		default: shownDefault(parameter),
	};
}

/** Seconds are numbers alone: the hint below says what they are, and n8n sends each to every browser. */
const toOption = (
	{ valueLabels }: ParameterSpec,
	value: string | number,
): INodePropertyOptions => ({
	name: valueLabels?.[String(value)] ?? String(value),
	value,
});

/** What of a number of seconds is taken, in plain sight below the field. */
function lengthsOf({ values = [], minimum, maximum }: ParameterSpec): string {
	const lengths = values.map(Number).filter((length) => length > 0);
	const [first = minimum] = lengths;
	const last = lengths.at(-1) ?? maximum;
	if (first === undefined || last === undefined) return 'In seconds';
	return `${first} ${lengths.length === 2 ? 'or' : 'to'} ${last} seconds`;
}

function describe({ description, minimum, maximum, unit }: ParameterSpec): string {
	const hasRange = minimum !== undefined && maximum !== undefined && unit !== 'seconds';
	if (!hasRange) return description;
	const range = ` (${minimum} to ${maximum})`;
	const firstStop = description.indexOf('.');
	return firstStop < 0
		? description + range
		: description.slice(0, firstStop) + range + description.slice(firstStop);
}
