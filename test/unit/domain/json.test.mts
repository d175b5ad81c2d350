import {
	isObject,
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
