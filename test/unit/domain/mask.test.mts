import { maskOf } from '../../../nodes/shared/domain/mask';

const secret = 'sk/a+b=12';
const mask = maskOf(secret);

describe('a secret is hidden however it is written', () => {
	test.each([
		['as it is', secret],
		['with slashes escaped', String.raw`sk\/a+b=12`],
		['with signs as numbers', String.raw`sk\u002fa\u002Bb\u003d12`],
		['escaped twice', String.raw`sk\\\/a\\u002bb=12`],
		['URL-encoded', 'sk%2Fa%2bb%3D12'],
		['URL-encoded in parts', 'sk/a%2Bb=12'],
		[
			'every sign URL-encoded',
			[...secret].map((one) => `%${one.charCodeAt(0).toString(16)}`).join(''),
		],
		['for HTML', 'sk&#47;a&#x2b;b&#x3D;12'],
		['in capitals', secret.toUpperCase()],
	])('%s', (_, written) => {
		expect(mask.text(`your key ${written} is bad, ${written}`)).toBe('your key *** is bad, ***');
	});

	test('in every text and key of a value, and nothing else is changed', () => {
		const value = { [secret]: [secret, 1, null, true, { deep: `x${secret}y` }] };
		expect(mask.value(value)).toEqual({ '***': ['***', 1, null, true, { deep: 'x***y' }] });
		expect(mask.value(undefined)).toBeUndefined();
	});

	test('an excerpt never ends in the middle of it', () => {
		for (let before = 0; before < 40; before += 1) {
			const text = `${'x'.repeat(before)}${String.raw`\u0073\u006b\u002f\u0061\u002b\u0062\u003d\u0031\u0032`}${'y'.repeat(40)}`;
			const excerpt = mask.excerpt(text, 30);
			expect(excerpt).toMatch(/^x*(\*{0,3}y*)?$/);
			expect(excerpt.length).toBeLessThanOrEqual(30);
		}
	});
});

test('a text of nothing but backslashes is read in no time', () => {
	const text = '\\'.repeat(2_000_000);
	expect(mask.text(text)).toBe(text);
});

test('what may be a word of any answer is no secret', () => {
	const short = maskOf('id');
	expect(short.text('id')).toBe('id');
	expect(short.value({ id: 'id' })).toEqual({ id: 'id' });
	expect(short.excerpt('ididid', 3)).toBe('idi');
});
