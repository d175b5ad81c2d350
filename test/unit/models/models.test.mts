import type { ImageSlot, ParameterValues } from '../../../nodes/shared/domain/model';
import { findModel, modelsOf } from '../../../nodes/shared/domain/provider';
import { ok } from '../../../nodes/shared/domain/result';
import {
	CUSTOM_MODEL,
	parametersOf,
	toWireInput,
	validateParameters,
	type ModelParameter,
} from '../../../nodes/shared/models/schema';
import { providers } from '../../../nodes/shared/providers';
import { modelOf, providerOf } from '../helpers.mts';
import { vendorPages, type ModelPage, type PageField } from '../../../sandbox/pages/index.mts';

const pages = vendorPages.map(
	(page) => [`${page.provider} ${page.model} ${page.kind}`, page] as const,
);
const fields = vendorPages.flatMap((page) =>
	page.fields.map(
		(field) => [`${page.provider} ${page.model} ${page.kind} ${field.name}`, page, field] as const,
	),
);

const model = (page: ModelPage) => modelOf(page.provider, page.model, page.kind);

function parameter(page: ModelPage, { name }: PageField): ModelParameter {
	const found = parametersOf(model(page)).find((candidate) => candidate.name === name);
	if (found === undefined) throw new Error(`${page.model} lacks ${name}`);
	return found;
}

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

const asDocumented = ({ type }: PageField, value: string | number) =>
	type === 'string' ? String(value) : Number(value);

test('the catalogue holds exactly the models of the vendors’ pages', () => {
	const known = Object.entries(providers).flatMap(([provider, { models }]) =>
		models.map(({ id, kind }) => ({ provider, model: id, kind })),
	);
	expect(known).toEqual(
		vendorPages.map(({ provider, model, kind }) => ({ provider, model, kind })),
	);
});

describe.each(pages)('%s', (_, page) => {
	test('has exactly the page’s parameters under its names', () => {
		const wireNames = parametersOf(model(page)).map(({ name, wireName }) => [name, wireName]);
		expect(new Map(wireNames as Array<[string, string]>)).toEqual(
			new Map(page.fields.map(({ name, field }) => [name, field])),
		);
	});

	test('takes the page’s image', () => {
		const { firstImage, lastImage, references } = model(page);
		expect(slotOf(firstImage)).toEqual(page.image);
		expect(slotOf(lastImage)).toEqual(page.lastImage);
		expect(slotOf(model(page).video)).toEqual(page.video);
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

	test('only the prompt is sent when only the prompt is set', () => {
		const checked = check(page, {});
		expect(checked).toStrictEqual(ok({ prompt: 'A cat' }));
		expect(toWireInput(model(page), { prompt: 'Edit or extend it' })).toStrictEqual({
			prompt: 'Edit or extend it',
			...page.forced,
		});
	});

	test('what the model does not have is dropped', () => {
		expect(check(page, { made: 'up' })).toStrictEqual(ok({ prompt: 'A cat' }));
		expect(toWireInput(model(page), { made: 'up' })).toStrictEqual({ ...page.forced });
	});
});

describe.each(fields)('%s', (_, page, field) => {
	test('is required as documented', () => {
		expect(parameter(page, field).required).toBe(field.required === true);
	});

	test('has the documented values, lengths and bounds', () => {
		const { values, maxLength, minimum, maximum } = parameter(page, field);
		expect(values?.map(String)).toEqual(field.values);
		expect(maxLength).toBe(field.maxLength);
		expect([minimum, maximum]).toEqual(field.range ?? [undefined, undefined]);
	});

	test('shows the documented default, and one that it accepts itself', () => {
		const { default: shown } = parameter(page, field);
		if (field.default !== undefined) expect(String(shown)).toBe(String(field.default));
		if (shown !== undefined) expect(check(page, { [field.name]: shown }).ok).toBe(true);
	});

	test('sends every documented value in the documented JSON type', () => {
		for (const value of field.values ?? []) {
			expect(onTheWire(page, field, value)).toBe(asDocumented(field, value));
		}
		for (const value of field.range ?? []) {
			expect([value, String(value)].map((one) => onTheWire(page, field, one))).toEqual([
				value,
				value,
			]);
		}
		if (field.type === 'boolean') {
			expect([true, false].map((one) => onTheWire(page, field, one))).toEqual([true, false]);
		}
	});

	test('refuses what lies outside', () => {
		const [min = 0, max = 0] = field.range ?? [];
		const step = field.name === 'frames' ? 4 : 1;
		const outside = field.range === undefined ? [] : [min - step, max + step, min + 0.5];
		const strange = ['2:1', '999p', 7, '', null].filter(
			(value) => field.values?.includes(String(value)) === false,
		);
		const mistyped = { string: [{}, []], integer: ['x', {}, true], boolean: ['maybe', 2] }[
			field.type
		];
		for (const value of [...outside, ...strange, ...mistyped]) {
			expect([value, check(page, { [field.name]: value }).ok]).toEqual([value, false]);
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

describe('a custom model', () => {
	test.each([
		['apikley', '/api/v1/jobs/createTask'],
		['modellix', '/api/v1/a/b%3F/async'],
		['aimlapi', '/v2/video/generations'],
		['kie', '/api/v1/jobs/createTask'],
		['byteplus', '/contents/generations/tasks'],
		['volcengine', '/contents/generations/tasks'],
		['fal', '/a/b%3F'],
		['replicate', '/models/a/b%3F/predictions'],
		['wavespeed', '/api/v3/a/b%3F'],
		['openrouter', '/videos'],
	] as const)('of %s needs a prompt and no more', (provider, path) => {
		const entry = providerOf(provider);
		for (const kind of entry.kinds) {
			const custom = entry.customModel('a/b?', kind);
			expect(custom).toMatchObject({ id: 'a/b?', kind, createPath: path });
			expect(custom.firstImage !== undefined).toBe(kind === 'imageToVideo');
			const isOfVideo = ['edit', 'extend', 'reference'].includes(kind);
			expect(custom.video !== undefined).toBe(isOfVideo);
			const long = 'x'.repeat(50_000);
			expect(validateParameters(entry, custom, { prompt: long }).ok).toBe(true);
			expect(validateParameters(entry, custom, {}).ok).toBe(false);
		}
	});
});

test('a custom model of Modellix may be given with its whole path', () => {
	const path = '/api/v1/bytedance/seedance-2.0-t2v';
	expect(providerOf('modellix').customModel(path, 'textToVideo')).toMatchObject({
		id: path,
		createPath: path,
	});
});
