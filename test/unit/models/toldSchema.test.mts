import fc from 'fast-check';
import { isObject } from '../../../nodes/shared/domain/json';
import { mapperFields } from '../../../nodes/shared/n8n/mapperFields';
import { validateParameters } from '../../../nodes/shared/models/schema';
import { toldModel } from '../../../nodes/shared/models/toldModel';
import { readFields } from '../../../nodes/shared/models/toldSchema';
import { hostileTexts } from '../../hostileTexts.mts';
import { errorOf, providerOf, valueOf } from '../helpers.mts';

const fal = providerOf('fal');
const id = 'bytedance/seedance-9.9/image-to-video';
const fields = (schema: unknown, document?: unknown) => valueOf(readFields({ schema, document }));
const properties = (given: object, more: object = {}) => ({ properties: given, ...more });
const only = (part: unknown, document?: unknown) => fields(properties({ one: part }), document)[0];

describe('a field', () => {
	test.each([
		[
			{ type: 'string', maxLength: 5 },
			{ type: 'string', maxLength: 5 },
		],
		[
			{ type: 'integer', minimum: 1, maximum: 9 },
			{ type: 'integer', minimum: 1, maximum: 9 },
		],
		[
			{ type: 'integer', exclusiveMinimum: 0 },
			{ type: 'integer', minimum: 1 },
		],
		[
			{ type: 'integer', exclusiveMinimum: 3, exclusiveMaximum: 13 },
			{ type: 'integer', minimum: 4, maximum: 12 },
		],
		[
			{ type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
			{ type: 'number', minimum: 0, maximum: 1 },
		],
		[
			{ type: 'number', maximum: 0.5 },
			{ type: 'number', maximum: 0.5 },
		],
		[
			{ type: 'boolean', default: false },
			{ type: 'boolean', default: false },
		],
		[
			{ type: 'array', maxItems: 3 },
			{ type: 'list', maximum: 3 },
		],
		[{ type: 'object' }, { type: 'object' }],
		[
			{ type: 'string', enum: ['a', 'b'], default: 'b' },
			{ values: ['a', 'b'], default: 'b' },
		],
		[{ type: ['string', 'null'] }, { type: 'string' }],
		[{ type: ['string', 'integer'] }, { type: 'any' }],
		[
			{ anyOf: [{ type: 'integer', minimum: 2 }, { type: 'null' }] },
			{ type: 'integer', minimum: 2 },
		],
		[{ oneOf: [{ const: 'a' }, { const: 'b' }] }, { type: 'string', values: ['a', 'b'] }],
		[
			{ anyOf: [{ enum: ['a', 'b'] }, { const: 'c' }] },
			{ type: 'string', values: ['a', 'b', 'c'] },
		],
		[{ anyOf: [{ type: 'integer' }, { enum: ['auto'] }] }, { type: 'any' }],
		[{ type: 'string', anyOf: [{ maxLength: 5 }, { enum: ['auto'] }] }, { type: 'any' }],
		[
			{ default: 'auto', anyOf: [{ type: 'integer' }, { enum: ['auto'] }] },
			{ type: 'any', default: 'auto' },
		],
		[
			{ $ref: '#/parts/x', default: 'q' },
			{ type: 'string', values: ['p', 'q'], default: 'q' },
		],
		[{ allOf: [{ $ref: '#/parts/x' }] }, { type: 'string', values: ['p', 'q'] }],
		[{}, { type: 'any' }],
		[true, { type: 'any' }],
		[{ type: 'string', enum: [{ a: 1 }] }, { type: 'string' }],
	])('%j', (part, expected) => {
		const document = { parts: { x: { type: 'string', enum: ['p', 'q'] } } };
		expect(only(part, document)).toMatchObject(expected);
	});

	test('has the name that rows and other vendors know, where it is free', () => {
		const told = fields(properties({ aspect_ratio: {}, generate_audio: {}, seed: {} }));
		expect(told.map(({ name }) => name)).toEqual(['aspectRatio', 'generateAudio', 'seed']);
		const twice = fields(properties({ aspect_ratio: {}, aspectRatio: {} }));
		expect(twice.map(({ name }) => name)).toEqual(['aspect_ratio', 'aspectRatio']);
	});

	test('stands where the vendor puts it', () => {
		const told = { a: {}, b: {}, c: {} };
		const names = (schema: unknown) => fields(schema).map(({ wireName }) => wireName);
		for (const order of ['x-fal-order-properties', 'x-order-properties']) {
			expect(names(properties(told, { [order]: ['c', 'a'] }))).toEqual(['c', 'a', 'b']);
		}
		const own = { a: { 'x-order': 2 }, b: { 'x-order': 0 }, c: {} };
		expect(names(properties(own))).toEqual(['b', 'a', 'c']);
	});
});

const deep = (depth: number): object => (depth === 0 ? {} : { allOf: [deep(depth - 1)] });
const wide = (count: number) =>
	Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, {}]));
const bomb = {
	parts: Object.fromEntries(
		Array.from({ length: 30 }, (_, index) => {
			const next = { $ref: `#/parts/p${index + 1}` };
			return [`p${index}`, { allOf: [next, next, next, next] }];
		}),
	),
};

const refersOften = (times: number, x: object, more: object = {}) => ({
	...properties({ prompt: { type: 'string' } }),
	allOf: Array.from({ length: times }, () => ({ $ref: '#/x' })),
	x,
	...more,
});
const some = (count: number, of = 'a') => Array.from({ length: count }, () => of);
const distinct = (count: number) => Array.from({ length: count }, (_, index) => `v${index}`);

describe('what is copied is counted, not only how often', () => {
	test.each([
		['what is required, 100 times', refersOften(100, { required: some(100_000) })],
		['a little less of it', refersOften(100, { required: distinct(1_000) })],
		['50,000 properties, 60 times', refersOften(60, properties(wide(50_000)))],
		['1,000 properties, 60 times', refersOften(60, properties(wide(1_000)))],
		[
			'a large part, to which many add',
			{ allOf: [properties(wide(90)), ...Array(800).fill(properties({ b: {} }))] },
		],
		['keywords', refersOften(60, wide(1_000))],
		['values', refersOften(60, { enum: distinct(1_000) })],
		['types', refersOften(60, { type: distinct(1_000) })],
		[
			'values of alternatives',
			properties({ a: { anyOf: Array(100).fill({ enum: distinct(1_000) }) } }),
		],
		[
			'values of many fields',
			{
				...properties(Object.fromEntries(distinct(90).map((name) => [name, { $ref: '#/x' }]))),
				x: { enum: distinct(1_000) },
			},
		],
		['an order', properties({ a: {} }, { 'x-order-properties': distinct(60_000) })],
	])('%s', (_, schema) => {
		expect(errorOf(readFields({ schema }))).toBe('it is too large, or repeats large parts');
	});

	test('an honest one of many fields and values is read', () => {
		const of200 = { type: 'string', enum: distinct(200) };
		const schema = { ...properties(Object.fromEntries(distinct(90).map((n) => [n, of200]))) };
		const told = fields({ allOf: [schema, { required: distinct(90) }] });
		expect(told.map(({ values }) => values?.length)).toEqual(Array(90).fill(200));
		expect(told.every(({ required }) => required)).toBe(true);
	});

	test('a reference of a great length leads nowhere', () => {
		const [short, long] = ['a'.repeat(100), 'a'.repeat(1_000)];
		const document = { [short]: { type: 'string' }, [long]: { type: 'string' } };
		expect(only({ $ref: `#/${short}` }, document)).toMatchObject({ type: 'string' });
		expect(only({ $ref: `#/${long}` }, document)).toMatchObject({ type: 'any' });
	});
});

describe('a schema that cannot be used says so', () => {
	test.each([
		['nothing', undefined, /names no parameters/],
		['a text', '<html>', /names no parameters/],
		['a list', [], /names no parameters/],
		['no properties', { type: 'object' }, /names no parameters/],
		['empty', properties({}), /names no parameters/],
		['10,000 fields', properties(wide(10_000)), /names 10000 parameters/],
		['a cycle', { $ref: '#' }, /refers to itself/],
		['a cycle below', properties({ a: { $ref: '#/properties/a' } }), /refers to itself/],
		[
			'too wide',
			properties({ a: { allOf: Array.from({ length: 5_000 }, () => ({})) } }),
			/refers to itself/,
		],
		['too deep', properties({ a: deep(40) }), /refers to itself/],
		['a bomb', { ...bomb, properties: { a: { $ref: '#/parts/p0' } } }, /refers to itself/],
	])('%s', (_, schema, message) => {
		expect(errorOf(readFields({ schema }))).toMatch(message);
	});
});

test('hostile names, words and sizes come to nothing', () => {
	const schema = JSON.parse(`{
		"properties": {
			"__proto__": {"type": "string"}, "constructor": {"type": "string"},
			"prototype": {"type": "object"}, "a b": {}, "={{ 1 }}": {}, "=a": {}, "<img>": {}, "../x": {},
			"title": {"type": "string", "title": "<img src=x onerror=alert(1)>", "description": "${'x'.repeat(1_000_000)}",
				"default": "${'y'.repeat(10_000)}"},
			"many": {"type": "string", "enum": [${Array.from({ length: 5000 }, (_, index) => `"v${index}"`).join()}]}
		},
		"required": ["__proto__", 7, null]
	}`);
	const told = fields(schema);
	expect(told.map(({ wireName }) => wireName)).toEqual(['title', 'many']);
	expect(told[0]).not.toHaveProperty('default');
	expect(told[1]).not.toHaveProperty('values');
	expect(JSON.stringify(told).length).toBeLessThan(500);
	expect(Object.hasOwn(Object.prototype, 'type')).toBe(false);
});

describe('what n8n would evaluate, or show in disguise', () => {
	const shownOf = (one: unknown) => {
		const told = { schema: properties({ prompt: {}, one }) };
		return mapperFields(valueOf(toldModel(fal, id, 'textToVideo', told)));
	};
	const textsIn = (value: unknown): string[] =>
		typeof value === 'object' && value !== null
			? Object.values(value).flatMap(textsIn)
			: typeof value === 'string'
				? [value]
				: [];

	test.each(hostileTexts)('%j', (text) => {
		for (const one of [
			{ type: 'string', enum: ['a', text], default: text },
			{ enum: [text] },
			{ const: text },
			{ oneOf: [{ const: text }, { const: 'a' }] },
			{ type: 'string', title: text, description: text, default: text },
		]) {
			const told = shownOf(one);
			expect(told).toHaveLength(1);
			expect(textsIn(told).filter((said) => said.startsWith('='))).toEqual([]);
			expect(told[0]?.displayName).not.toContain('\n');
			expect(told[0]?.displayName.includes(text)).toBe(
				'default' in one && !text.startsWith('=') && text.length <= 100,
			);
		}
	});

	test('is no choice beside others', () => {
		const [field] = shownOf({ type: 'string', enum: ['a', '={{ $env.X }}', 'b'] });
		expect(field?.options?.map(({ value }) => value)).toEqual(['a', 'b']);
	});

	test('is shown in one line and sent as it is', () => {
		const value = 'a\u202eb\nc';
		const [field] = shownOf({ type: 'string', enum: [value], default: value });
		expect(field?.options).toEqual([{ name: 'a b c', value }]);
		expect(field?.displayName).toBe('One (default a b c)');
	});
});

test('a field that every record has stays the vendor’s, or is none', () => {
	const told = fields(
		properties({ to_string: {}, 'value-of': {}, toString: {}, valueOf: {}, a: {} }),
	);
	expect(told.map(({ name, wireName }) => [name, wireName])).toEqual([
		['to_string', 'to_string'],
		['value-of', 'value-of'],
		['a', 'a'],
	]);
	expect(only({ type: 'toString' })).toMatchObject({ type: 'any' });
});

const input = {
	prompt: { type: 'string', maxLength: 20 },
	image_url: { type: 'string' },
	end_image_url: { type: 'string' },
	image_urls: { type: 'array', maxItems: 4 },
	duration: { type: 'integer', minimum: 3, maximum: 45, default: 6 },
	webhook_url: { type: 'string' },
	sync_mode: { type: 'boolean' },
	draft_id: { type: 'string' },
	loud: { type: 'boolean' },
	tags: { type: 'array' },
};
const schema = properties(input, { required: ['prompt', 'loud'] });

describe('a model by its schema', () => {
	test('has the node’s prompt and images in the vendor’s fields, and no field that the node decides', () => {
		const model = valueOf(toldModel(fal, id, 'imageToVideo', { schema }));
		expect(model).toMatchObject({
			id,
			createPath: `/${id}`,
			firstImage: { wireName: 'image_url' },
			lastImage: { wireName: 'end_image_url' },
			references: { images: { wireName: 'image_urls', maxCount: 4, isList: true } },
		});
		expect(Object.keys(model.input)).toEqual(['prompt', 'duration', 'loud', 'tags']);
		expect(model.input.prompt).toMatchObject({ required: true, maxLength: 20 });
	});

	test('leaves files to the node for images, unless it cannot do without', () => {
		const names = (more: object) => {
			const told = { schema: { ...schema, ...more } };
			return Object.keys(valueOf(toldModel(fal, id, 'textToVideo', told)).input);
		};
		expect(names({})).toEqual(['prompt', 'duration', 'loud', 'tags']);
		expect(names({ required: ['image_url'] })).toEqual([
			'prompt',
			'imageUrl',
			'duration',
			'loud',
			'tags',
		]);
	});

	test.each([
		['image_urls', 'images'],
		['video_urls', 'videos'],
	])('takes references of one kind alone: %s', (wireName, kind) => {
		const told = properties({ prompt: {}, [wireName]: { type: 'array', maxItems: 3 } });
		const { references } = valueOf(toldModel(fal, id, 'imageToVideo', { schema: told }));
		expect(references).toMatchObject({ [kind]: { wireName, maxCount: 3 } });
		expect(Object.keys(references ?? {})).toEqual([kind]);
	});

	test('takes no image that it has no field for', () => {
		const told = properties({ prompt: {}, picture: {} });
		const model = valueOf(toldModel(fal, id, 'imageToVideo', { schema: told }));
		expect([model.firstImage, model.lastImage, model.references]).toEqual([
			undefined,
			undefined,
			undefined,
		]);
	});

	test('is none without a field for the prompt', () => {
		const told = properties({ text: {} });
		expect(errorOf(toldModel(fal, id, 'textToVideo', { schema: told }))).toMatch(/prompt/);
	});

	const model = valueOf(toldModel(fal, id, 'textToVideo', { schema }));
	const check = (values: object) =>
		validateParameters(fal, model, { prompt: 'A', loud: true, ...values });

	test.each([
		[{ duration: 46 }, /^Duration must be between 3 and 45 seconds/],
		[{ duration: 3.5 }, /^Duration must be a whole number between 3 and 45/],
		[{ loud: 'maybe' }, /^Loud must be true or false/],
		[{ loud: undefined }, /^Loud must not be empty/],
		[{ prompt: 'x'.repeat(21) }, /^Prompt must have at most 20 characters/],
		[{ tags: 'x' }, /^Tags must be a list in JSON/],
	])('%j is refused', (values, message) => {
		expect(errorOf(check(values)).message).toMatch(message);
	});

	test('what sheets write is understood', () => {
		const given = { duration: '7s', loud: 'no', tags: '["calm"]' };
		expect(valueOf(check(given))).toMatchObject({
			duration: 7,
			loud: false,
			tags: ['calm'],
		});
	});

	test('its fields in the editor say what they take, and a switch is a choice', () => {
		const shown = mapperFields(model);
		expect(shown).toContainEqual(
			expect.objectContaining({
				id: 'duration',
				displayName: 'Duration (3 to 45, default 6)',
				type: 'number',
				required: false,
			}),
		);
		expect(shown).toContainEqual(
			expect.objectContaining({ id: 'loud', type: 'options', required: true }),
		);
		expect(shown.map((field) => field.id)).not.toContain('prompt');
	});
});

describe('whatever a vendor tells', () => {
	const anything = fc.anything({ maxDepth: 6, withNullPrototype: false });
	const keyword = fc.constantFrom(
		...['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref', 'properties', 'required'],
		...['minimum', 'maximum', 'maxLength', 'maxItems', 'default', 'x-order', '__proto__', 'items'],
	);
	const value = fc.constantFrom<unknown>(
		...['string', 'integer', 'number', 'boolean', 'array', 'object', 'null', '#', '#/properties/a'],
		...[null, true, 0, -1, 1e308, NaN, ['string', 'null'], [], {}],
	);
	const part = fc.letrec((tie) => ({
		node: fc.oneof(
			{ depthSize: 'medium', withCrossShrink: true },
			value,
			fc.dictionary(keyword, tie('node'), { maxKeys: 5 }),
			fc.array(tie('node'), { maxLength: 3 }),
		),
	})).node;

	const survives = (told: unknown) => {
		const read = readFields({ schema: told, document: told });
		if (!read.ok) return expect(read.error).toMatch(/^it /);
		for (const field of read.value) {
			expect(field.label.length).toBeLessThanOrEqual(140);
			expect(['__proto__', 'prototype', 'constructor']).not.toContain(field.name);
		}
		for (const kind of ['textToVideo', 'imageToVideo'] as const) {
			const model = toldModel(fal, id, kind, { schema: told });
			if (!model.ok) continue;
			expect(JSON.stringify(mapperFields(model.value)).length).toBeLessThan(10_000_000);
			validateParameters(fal, model.value, { prompt: 'A' });
		}
	};

	test('nothing throws, and nothing takes long', () => {
		fc.assert(fc.property(anything, survives), { numRuns: 300 });
		fc.assert(fc.property(part, survives), { numRuns: 500 });
		fc.assert(
			fc.property(fc.dictionary(fc.string({ maxLength: 12 }), part, { maxKeys: 8 }), (some) => {
				survives({ properties: { prompt: { type: 'string' }, ...some } });
			}),
			{ numRuns: 1_000 },
		);
		expect(isObject({}) && Object.hasOwn(Object.prototype, 'anyOf')).toBe(false);
	});
});
