import { commandsIn, unmeantIn, withoutHalves } from '../../../nodes/shared/models/prompt';

describe('a prompt that is surely not meant', () => {
	test.each([
		['[object Object]', '={{ $json.output }}', /holds '\[object Object\]'/],
		['A cat, [object Object], at night', '=A cat, {{ $json.style }}, at night', /object/],
		['A {{ $json.animal }} at night', 'A {{ $json.animal }} at night', /was not evaluated/],
		['A {{animal}} at night', '={{ $json.prompt }}', /was not evaluated/],
		['undefined', '={{ $json.prompt }}', /stands for nothing/],
		[' null ', '={{ $json.prompt }}', /stands for nothing/],
		['A cat in undefined at night', '=A cat in {{ $json.place }} at night', /stands for nothing/],
		['undefined, at night', '={{ $json.animal }}, at night', /stands for nothing/],
		['A cat in undefined', '=A cat in {{ $json.place }}', /stands for nothing/],
	])('%j from %j', (prompt, written, is) => {
		const unmeant = unmeantIn(prompt, written);
		expect(unmeant?.is).toMatch(is);
		expect(unmeant?.fix).toMatch(/^[A-Z].+\.$/);
	});

	test.each([
		['An undefined shape drifts', 'An undefined shape drifts'],
		['An undefined shape drifts', '={{ $json.prompt }}'],
		['A cat at an undefined place at night', '=A cat at {{ $json.place }} at night'],
		['An undefined shape at night', '=An undefined shape {{ $json.when }}'],
		['A null object { with braces }', '={{ $json.a }}{{ $json.b }}'],
		['{"scene": {"subject": "cat"}}', '={{ $json.prompt }}'],
	])('but not %j from %j', (prompt, written) => {
		expect(unmeantIn(prompt, written)).toBeUndefined();
	});
});

test('halves of characters are taken out, whole ones stay', () => {
	expect(withoutHalves('A \ud83d cat 🐈 \ude00!')).toBe('A  cat 🐈 !');
});

test('commands in a prompt are found', () => {
	expect(commandsIn('A cat --ratio 9:16  --duration 10 --RS 720p')).toEqual([
		'--ratio',
		'--duration',
		'--rs',
	]);
	expect(commandsIn('A cat--ratio -- ratio --quality high')).toEqual([]);
});
