import type { GenerationKind, ImageSlot, ModelEntry } from '../../nodes/shared/domain/model.ts';
import { modelsOf, type Provider } from '../../nodes/shared/domain/provider.ts';
import { referenceKinds, referenceParameters } from '../../nodes/shared/models/imageParameters.ts';
import { parametersOf, type ModelParameter } from '../../nodes/shared/models/schema.ts';
import { providers } from '../../nodes/shared/providers/index.ts';
import { kindLabels, kinds, shortName } from './catalogue.mts';
import { anchorOf, code, table } from './markdown.mts';

interface Column {
	heading: string;
	/** Undefined where the model has nothing of the kind. */
	cellOf(model: ModelEntry): string | undefined;
}

const NONE = '–';
const MAX_INT32 = 2 ** 31 - 1;

const allModels = Object.values(providers).flatMap(({ models }) => models);

const isRatio = (value: string | number) => /^\d+:\d+$/.test(String(value));

/** The aspect ratios that most models have, which would make a wide column of every list of them. */
const usualRatios: readonly string[] = allModels
	.flatMap(({ input: { aspectRatio } }) => (aspectRatio?.values ?? []).filter(isRatio).map(String))
	.filter((ratio, index, all) => all.indexOf(ratio) === index)
	.filter((ratio) => {
		const having = allModels.filter(({ input }) => input.aspectRatio?.values?.includes(ratio));
		return having.length * 2 > allModels.length;
	});

/** Vendor × model × parameter: a node a section, a model a row, a parameter a column. */
export function renderMatrix(): string {
	return [
		'# Every model with every parameter',
		'<!-- Generated from nodes/shared/providers by scripts/docs.mts; edit there. -->',
		'What each model takes, in short. Defaults, and what a parameter is called inside the node, stand' +
			' in [providers.md](providers.md).',
		[
			`- ${NONE} is what the model does not have; **yes** is a switch; **${most(2000)}** is the most` +
				` characters, or files; **from 0** ends at ${MAX_INT32}; lengths and times are in seconds.`,
			`- **usual**: ${usualRatios.join(' ')}. **auto**, **adaptive** and a length of **-1** leave the` +
				' choice to the model.',
			'- **as text**: the vendor wants the number in quotes. The node does that by itself.',
			'- A `name` in a cell is the vendor’s own for the field; without one it is the column’s, e.g.' +
				` ${code(usualField('Camera Fixed'))} for *Camera Fixed*.`,
			'- A table leaves out the models that have nothing of it.',
		].join('\n'),
		...kinds.flatMap((kind) => [`## ${kindLabels[kind]}`, ...tablesOf(kind)]),
	]
		.join('\n\n')
		.concat('\n');
}

/** Three tables, because one of everything would be too wide to read. */
function tablesOf(kind: GenerationKind): string[] {
	const parameters = columnsOf(kind);
	const half = Math.floor(Object.keys(providers).length / 2);
	const section = (heading: string, columns: readonly Column[]) =>
		columns.length === 0 ? [] : [heading, tableOf(kind, columns)];
	const soldBy = (minimum: number, maximum: number) =>
		parameters.filter(({ sellers }) => sellers >= minimum && sellers <= maximum);
	return [
		...(kind === 'textToVideo' ? [] : ['### Files', tableOf(kind, imageColumns)]),
		...section('### What most vendors have', soldBy(half + 1, Infinity)),
		...section('### What some vendors have', soldBy(2, half)),
		...section('### What only one vendor has', soldBy(1, 1)),
	];
}

/** Every parameter that a model of the kind has; what more vendors have comes first. */
function columnsOf(kind: GenerationKind): Array<Column & { sellers: number }> {
	const modelsByVendor = Object.values(providers).map((provider) => modelsOf(provider, kind));
	const parameters = modelsByVendor.flat().flatMap(parametersOf);
	const labels = new Map(parameters.map(({ name, label }) => [name, label]));
	return [...labels]
		.map(([name, heading]) => ({
			heading,
			sellers: modelsByVendor.filter((models) => models.some(({ input }) => name in input)).length,
			cellOf: (model: ModelEntry) => {
				const parameter = parametersOf(model).find((one) => one.name === name);
				return parameter && parameterCell(parameter);
			},
		}))
		.toSorted((a, b) => b.sellers - a.sellers);
}

const imageColumns: readonly Column[] = [
	{ heading: 'Image', cellOf: ({ firstImage }) => firstImage && slotCell(firstImage) },
	{ heading: 'Video', cellOf: ({ video }) => video && slotCell(video) },
	{ heading: 'Last Image', cellOf: ({ lastImage }) => lastImage && slotCell(lastImage) },
	...referenceKinds.map((kind) => ({
		heading: referenceParameters[kind].label,
		cellOf: ({ references = {} }: ModelEntry) => {
			const slot = references[kind];
			return slot && `${most(slot.maxCount)}, ${slotCell(slot)}`;
		},
	})),
	{
		heading: 'All References',
		cellOf: ({ references: { maxCount } = {} }) =>
			maxCount === undefined ? undefined : most(maxCount),
	},
];

/** The space does not break. */
const most = (count: number): string => `≤\u00a0${count}`;

const slotCell = ({ wireName }: ImageSlot): string => code(wireName);

/** Each vendor's name in a row of its own, and below it its models that have any of the columns. */
function tableOf(kind: GenerationKind, columns: readonly Column[]): string {
	const rows = Object.values(providers).flatMap((provider) => {
		const models = modelsOf(provider, kind)
			.map((model) => ({ model, cells: columns.map((column) => column.cellOf(model)) }))
			.filter(({ cells }) => cells.some((cell) => cell !== undefined))
			.map(({ model, cells }) => [shortName(model), ...cells.map((cell) => cell ?? NONE)]);
		return models.length === 0 ? [] : [vendorRow(provider, columns), ...models];
	});
	return table(['Model', ...columns.map(({ heading }) => heading)], rows);
}

const vendorRow = ({ label }: Provider, columns: readonly Column[]): string[] => [
	`**[${label}](providers.md#${anchorOf(label)})**`,
	...columns.map(() => ''),
];

/** What a parameter's field is called, where the vendor has no other name for it. */
const usualField = (label: string): string => label.toLowerCase().replaceAll(' ', '_');

function parameterCell(parameter: ModelParameter): string {
	const { label, wireName, wireAsString } = parameter;
	const parts = [
		valuesOf(parameter),
		...(wireAsString ? ['as text'] : []),
		...(wireName === usualField(label) ? [] : [code(wireName)]),
	];
	return parts.join(', ');
}

function valuesOf({ type, values, minimum, maximum, maxLength, step }: ModelParameter): string {
	if (values !== undefined) return inShort(values);
	if (type === 'boolean') return 'yes';
	if (type === 'string') return maxLength === undefined ? 'text' : most(maxLength);
	if (minimum === undefined || maximum === undefined) return 'whole number';
	if (maximum === MAX_INT32) return `from ${minimum}`;
	const only = step === undefined ? '' : ` (${step.offset} + ${step.multipleOf}n)`;
	return `${minimum} to ${maximum}${only}`;
}

/** Lengths without a gap by their ends, the usual ratios by that word, all else one by one. */
function inShort(values: ReadonlyArray<string | number>): string {
	if (usualRatios.every((ratio) => values.includes(ratio))) {
		const others = values.filter((value) => !usualRatios.includes(String(value)));
		return ['usual', ...others].join(', ');
	}
	const isLength = (value: string | number) => typeof value === 'number' && value >= 0;
	const lengths = values.filter(isLength).map(Number);
	const [first = 0, last = 0] = [lengths.at(0), lengths.at(-1)];
	const isRange = lengths.length > 2 && last - first === lengths.length - 1;
	if (!isRange) return values.join(' ');
	return [...values.filter((value) => !isLength(value)), `${first} to ${last}`].join(', ');
}
