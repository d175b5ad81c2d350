import type { ModelEntry } from '../../../nodes/shared/domain/model';
import { parametersOf } from '../../../nodes/shared/models/schema';
import { providers } from '../../../nodes/shared/providers';

const models = Object.values(providers).flatMap(({ label, models: ofProvider }) =>
	ofProvider.map((model) => [`${label}: ${model.label}, ${model.kind}`, model] as const),
);

const parameter = (model: ModelEntry, name: string) =>
	parametersOf(model).find((candidate) => candidate.name === name);

/** What the list says, from what the model has. */
function factsOf(model: ModelEntry): { resolution?: string; duration?: string } {
	const resolutions = (parameter(model, 'resolution')?.values ?? []).map((value) =>
		String(value).toLowerCase(),
	);
	const inOrder = ['480p', '720p', '1080p', '2k', '4k'];
	const highest = inOrder.filter((value) => resolutions.includes(value)).at(-1);
	const { values, minimum, maximum } = parameter(model, 'duration') ?? {};
	const seconds = values?.map(Number).filter((value) => value > 0);
	const [from, to] = [minimum ?? seconds?.[0], maximum ?? seconds?.at(-1)];
	const word = seconds?.length === 2 ? 'or' : 'to';
	return {
		resolution: highest && `Up to ${highest.replace('k', 'K')}, `,
		duration: from === undefined ? undefined : `${from} ${word} ${to} seconds, `,
	};
}

test.each(models)('the list tells %s apart, as it is', (_, model) => {
	const { description = '' } = model;
	const { resolution, duration } = factsOf(model);
	expect(description).toMatch(/^(Up to \w+, )?\d+ (to|or) \d+ seconds, (with sound|silent)/);
	if (resolution !== undefined) expect(description).toContain(resolution);
	if (duration !== undefined) expect(description).toContain(duration);
});

test('no two models of a list say the same under the same name', () => {
	for (const { models: ofProvider } of Object.values(providers)) {
		const entries = ofProvider.map(({ kind, label, description }) => [kind, label, description]);
		expect(new Set(entries.map((entry) => entry.join('|'))).size).toBe(entries.length);
	}
});
