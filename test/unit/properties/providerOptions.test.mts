import { factsOf, providerOptions } from '../../../nodes/shared/properties/providerOptions';
import { providers } from '../../../nodes/shared/providers';
import { providerOf } from '../helpers.mts';

test.each([
	['apikley', 'Seedance 1.0 · silent · takes links to images · calls back'],
	[
		'byteplus',
		'Seedance 2.5, 2.0, 1.0 · with sound · half price offline · takes image files · calls back · can cancel',
	],
	[
		'fal',
		'Seedance 2.5, 2.0, 1.0 · with sound · takes image files · calls back · can cancel · tells the balance',
	],
	[
		'modellix',
		'Seedance 2.0, 1.0 · with sound · half price offline · takes image files · tells the balance',
	],
])('%s: %s', (id, line) => {
	expect(factsOf(providerOf(id))).toBe(line);
});

test('what is switched off does not count', () => {
	const { models, ...modellix } = providerOf('modellix');
	const retired = models.map((model) => ({ ...model, isRetired: true as const }));
	expect(factsOf({ ...modellix, models: [...retired, ...providerOf('apikley').models] })).toMatch(
		/^Seedance 1\.0 · silent · takes/,
	);
});

test('every vendor has its own line, under its own name', () => {
	const options = providerOptions(providers);
	expect(options.map(({ value }) => value)).toEqual(Object.keys(providers));
	for (const { value, name, description } of options) {
		const provider = providerOf(String(value));
		expect([name, description]).toEqual([provider.label, factsOf(provider)]);
	}
});
