import type { ImageSlot, ParameterValues } from '../../../nodes/shared/domain/model';
import { findModel, modelsOf } from '../../../nodes/shared/domain/provider';
import { ok } from '../../../nodes/shared/domain/result';
import {
	CUSTOM_MODEL,
	parametersOf,
	toWireInput,
	validateParameters,
} from '../../../nodes/shared/models/schema';
import { providers } from '../../../nodes/shared/providers';
import { vendorPages, type ModelPage, type PageField } from '../../../sandbox/pages/index.mts';
import { vendors } from '../../../sandbox/types.mts';
import { kits } from '../../vendors/index.mts';
import { modelOf, providerOf } from '../helpers.mts';

const pages = vendorPages.map(
	(page) => [`${page.provider} ${page.model} ${page.kind}`, page] as const,
);
const model = (page: ModelPage) => modelOf(page.provider, page.model, page.kind);

function check(page: ModelPage, values: ParameterValues) {
	return validateParameters(providerOf(page.provider), model(page), { prompt: 'A cat', ...values });
}

/** The one value as it goes out, or undefined when it is refused. */
function onTheWire(page: ModelPage, field: PageField, value: unknown): unknown {
	const checked = check(page, { [field.name]: value });
	return checked.ok ? toWireInput(model(page), checked.value)[field.field] : undefined;
}

const slotOf = (slot: ImageSlot | undefined) =>
	slot && {
		field: slot.wireName,
		byFile: slot.acceptsDataUri,
		...(slot.isList && { isList: true }),
		...(slot.acceptsAssets && { byAsset: true }),
	};

const byField = (lists: ReadonlyArray<{ field?: string }>) =>
	lists.toSorted((one, other) => (one.field ?? '').localeCompare(other.field ?? ''));

test('the catalogue holds exactly the models of the vendors’ pages', () => {
	const known = Object.entries(providers).flatMap(([provider, { models }]) =>
		models.map(({ id, kind }) => ({ provider, model: id, kind })),
	);
	expect(known).toEqual(
		vendorPages.map(({ provider, model, kind }) => ({ provider, model, kind })),
	);
});

/** What a page says of its parameters. */
const documented = ({ fields }: ModelPage) =>
	new Map(
		fields.map(({ name, field, required = false, values, maxLength, range }) => [
			name,
			{ wireName: field, required, values, maxLength, minimum: range?.[0], maximum: range?.[1] },
		]),
	);

/** The same of what the catalogue holds. */
const declared = (page: ModelPage) =>
	new Map(
		parametersOf(model(page)).map(
			({ name, wireName, required, values, maxLength, minimum, maximum }) => [
				name,
				{ wireName, required, values: values?.map(String), maxLength, minimum, maximum },
			],
		),
	);

/** A value in each JSON type in which it may be given, and as it has to go out. */
function takenValues({ type, values = [], range, field }: PageField) {
	const documentedType = (value: string) => (type === 'string' ? value : Number(value));
	return [
		...values.map((value) => [field, value, documentedType(value)] as const),
		...(range ?? []).flatMap((value) => [
			[field, value, value] as const,
			[field, String(value), value] as const,
		]),
		...(type === 'boolean' ? [true, false] : []).map((value) => [field, value, value] as const),
	];
}

const mistyped: Record<PageField['type'], unknown[]> = {
	string: [{}, []],
	integer: ['x', {}, true],
	boolean: ['maybe', 2],
};

function refusedValues({ name, type, values, range }: PageField): unknown[] {
	const strange = ['2:1', '999p', 7, '', null].filter(
		(value) => values?.includes(String(value)) === false,
	);
	const step = name === 'frames' ? 4 : 1;
	const outside = range === undefined ? [] : [range[0] - step, range[1] + step, range[0] + 0.5];
	return [...outside, ...strange, ...mistyped[type]];
}

describe.each(pages)('%s', (_, page) => {
	test('declares what the page says of parameters and files', () => {
		expect(declared(page)).toEqual(documented(page));
		const { firstImage, lastImage, video, references } = model(page);
		expect(slotOf(firstImage)).toEqual(page.image);
		expect(slotOf(lastImage)).toEqual(page.lastImage);
		expect(slotOf(video)).toEqual(page.video);
		const lists = Object.values(references ?? {}).flatMap((slot) =>
			typeof slot === 'object' ? [{ ...slotOf(slot), maxCount: slot.maxCount }] : [],
		);
		expect(byField(lists)).toEqual(
			byField(
				(page.urlLists ?? []).map((list) => ({ ...list, required: undefined, isList: true })),
			),
		);
		expect(references?.maxCount).toBe(page.maxUrls);
	});

	test('shows the documented defaults, and such as it accepts itself', () => {
		const shown = parametersOf(model(page)).filter(({ default: value }) => value !== undefined);
		expect(Object.fromEntries(shown.map((one) => [one.name, String(one.default)]))).toMatchObject(
			Object.fromEntries(
				page.fields.flatMap(({ name, default: value }) =>
					value === undefined ? [] : [[name, String(value)]],
				),
			),
		);
		const refused = shown.filter((one) => !check(page, { [one.name]: one.default }).ok);
		expect(refused).toEqual([]);
	});

	test('sends what is set under the documented names and types, and nothing else', () => {
		expect(check(page, { made: 'up' })).toStrictEqual(ok({ prompt: 'A cat' }));
		expect(toWireInput(model(page), { made: 'up' })).toStrictEqual({ ...page.forced });
		expect(toWireInput(model(page), { prompt: 'Edit or extend it' })).toStrictEqual({
			prompt: 'Edit or extend it',
			...page.forced,
		});
		for (const field of page.fields) {
			const taken = takenValues(field);
			expect(taken.map(([name, value]) => [name, value, onTheWire(page, field, value)])).toEqual(
				taken,
			);
			const refused = refusedValues(field);
			const passed = refused.filter((value) => check(page, { [field.name]: value }).ok);
			expect([field.name, passed]).toEqual([field.name, []]);
		}
	});
});

test('a model is found by its ID only at its vendor', () => {
	for (const { provider, model: id, kind } of vendorPages) {
		const entry = providerOf(provider);
		expect(modelsOf(entry, kind)).toContain(findModel(entry, id, kind));
	}
	expect(findModel(providerOf('modellix'), 'bytedance/seedance-1-0-lite-t2v')).toBeUndefined();
});

test.each(Object.entries(providers))('%s has every model once for each kind', (_, { models }) => {
	const keys = models.map(({ id, kind }) => `${kind} ${id}`);
	expect(keys).toEqual([...new Set(keys)]);
	expect(models.map(({ id }) => id)).not.toContain(CUSTOM_MODEL);
});

test('frames take the place of the duration', () => {
	const modellix = modelOf('modellix', 'seedance-1.0-lite-t2v');
	expect(toWireInput(modellix, { prompt: 'A', duration: 5, frames: 121 })).toStrictEqual({
		prompt: 'A',
		frames: 121,
	});
});

test.each(vendors)('a custom model of %s needs a prompt and no more', (vendor) => {
	const entry = providerOf(vendor);
	for (const kind of entry.kinds) {
		const custom = entry.customModel('a/b?', kind);
		const createPath = kits[vendor].contract.customPath;
		expect(custom).toMatchObject({ id: 'a/b?', kind, createPath });
		expect(custom.firstImage !== undefined).toBe(kind === 'imageToVideo');
		const isOfVideo = ['edit', 'extend', 'reference'].includes(kind);
		expect(custom.video !== undefined).toBe(isOfVideo);
		const long = 'x'.repeat(50_000);
		expect(validateParameters(entry, custom, { prompt: long }).ok).toBe(true);
		expect(validateParameters(entry, custom, {}).ok).toBe(false);
	}
});

test('a custom model of Modellix may be given with its whole path', () => {
	const path = '/api/v1/bytedance/seedance-2.0-t2v';
	expect(providerOf('modellix').customModel(path, 'textToVideo')).toMatchObject({
		id: path,
		createPath: path,
	});
});
