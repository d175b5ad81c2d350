import {
	isObject,
	parseForeignJson,
	parseJson,
	reasonOf,
	textOf,
	withoutUndefined,
} from '../../../nodes/shared/domain/json';

test.each([
	[{}, true],
	[{ a: 1 }, true],
	[Object.create(null), true],
	[[], false],
	[null, false],
	[undefined, false],
	['{}', false],
	[5, false],
])('isObject(%j) is %s', (value, expected) => {
	expect(isObject(value)).toBe(expected);
});

test('withoutUndefined keeps null, false, 0 and the empty text, and its input', () => {
	const given = { a: undefined, b: null, c: false, d: 0, e: '' };
	expect(withoutUndefined(given)).toStrictEqual({ b: null, c: false, d: 0, e: '' });
	expect(Object.keys(given)).toContain('a');
});

test.each([
	['a', 'a'],
	['', ''],
	[undefined, ''],
	[null, ''],
	[0, '0'],
	[{ a: [1] }, '{"a":[1]}'],
])('textOf(%j) is %j', (value, text) => {
	expect(textOf(value)).toBe(text);
});

test.each([
	['{"a":1}', { a: 1 }],
	['null', null],
	['<', undefined],
	['', undefined],
])('parseJson(%j) is %j', (text, value) => {
	expect(parseJson(text)).toEqual(value);
});

test.each([
	[new Error('no'), 'no'],
	['no', 'no'],
	[undefined, 'undefined'],
])('the reason of %s is %j', (thrown, reason) => {
	expect(reasonOf(thrown)).toBe(reason);
});

describe('JSON of a stranger', () => {
	const nested = (depth: number, open = '[', close = ']') =>
		open.repeat(depth) + '1'.repeat(open === '[' ? 1 : 0) + close.repeat(depth);

	test('is read to a depth of 64', () => {
		expect(parseForeignJson(nested(64))).toBeDefined();
		expect(parseForeignJson(nested(65))).toBeUndefined();
		expect(parseForeignJson(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`)).toBeUndefined();
		expect(parseForeignJson(`${'['.repeat(5_000_000)}`)).toBeUndefined();
	});

	test('side by side it may have any number, and in texts any brackets', () => {
		const wide = JSON.stringify(Array.from({ length: 1_000 }, () => [[]]));
		expect(parseForeignJson(wide)).toHaveLength(1_000);
		const text = { a: '['.repeat(100), b: `\\"${'{'.repeat(100)}`, c: '"' };
		expect(parseForeignJson(JSON.stringify(text))).toEqual(text);
	});

	test('that is none is nothing', () => {
		for (const text of ['', '<html>', '{', '"']) expect(parseForeignJson(text)).toBeUndefined();
	});
});

describe('a text from a field', () => {
	test('is cut to what somebody may read', () => {
		expect(textOf('x'.repeat(5_000))).toBe(`${'x'.repeat(2_000)}…`);
		expect(textOf({ a: [1, { b: 'c' }] })).toBe('{"a":[1,{"b":"c"}]}');
		expect(textOf(Array.from({ length: 60 }, () => 1))).toBe(JSON.stringify(Array(50).fill(1)));
	});

	test('never throws, however deep it is', () => {
		let deep: unknown = 'end';
		for (let level = 0; level < 100_000; level += 1) deep = level % 2 === 0 ? [deep] : { deep };
		expect(textOf(deep)).toContain('…');
	});
});

test('the reason of what has no words is none', () => {
	expect(reasonOf(Object.create(null))).toBe('no reason was given');
});
