import type { INodeParameters } from 'n8n-workflow';
import { modelsOf } from '../../../nodes/shared/domain/provider';
import { nameInPrompt, REFERENCE_NOTICE } from '../../../nodes/shared/models/imageParameters';
import { providers } from '../../../nodes/shared/providers';
import { choicesOf } from '../ux/descriptions.mts';
import { namesOf, opened } from './opened.mts';

/** What n8n's editor shows in a new node. */
const shown = (name: string, given: INodeParameters) => opened(name, 3, given).inNode;

describe('Image to Video', () => {
	test('asks for the image before the prompt, which has an example of its own', () => {
		const properties = shown('seedanceImageToVideo', { provider: 'fal' });
		const names = namesOf(properties);
		expect(names.indexOf('imageInputType')).toBeGreaterThan(names.indexOf('model'));
		expect(names.indexOf('prompt')).toBeGreaterThan(names.indexOf('imageUrl'));
		expect(names.indexOf('duration')).toBeGreaterThan(names.indexOf('prompt'));
		const examples = ['seedanceTextToVideo', 'seedanceImageToVideo', 'seedanceVideoToVideo'].map(
			(name) =>
				shown(name, { provider: 'fal', operation: 'edit' }).find((one) => one.name === 'prompt')
					?.placeholder,
		);
		expect(new Set(examples).size).toBe(3);
	});
});

const kinds = [
	['seedanceTextToVideo', 'textToVideo'],
	['seedanceImageToVideo', 'imageToVideo'],
] as const;
const models = kinds.flatMap(([node, kind]) =>
	Object.entries(providers).flatMap(([provider, entry]) =>
		modelsOf(entry, kind).map((model) => [node, provider, model.id] as const),
	),
);

test.each(models)('%s, %s %s: the duration shows its range', (node, provider, model) => {
	const [duration] = shown(node, { provider, model }).filter(({ name }) => name === 'duration');
	if (duration === undefined) throw new Error('It has no duration');
	const { typeOptions: { minValue, maxValue } = {}, hint } = duration;
	const lengths = choicesOf(duration)
		.map(({ value }) => Number(value))
		.filter((value) => value > 0);
	const [from, to] = [minValue ?? lengths[0], maxValue ?? lengths.at(-1)];
	const word = lengths.length === 2 ? 'or' : 'to';
	expect(hint).toBe(`${from} ${word} ${to} seconds`);
	expect(duration.description).toBe('Length of the video');
});

describe('How the prompt calls references', () => {
	const noticeOf = (node: string, given: INodeParameters) =>
		shown(node, given)
			.filter(({ name }) => name === REFERENCE_NOTICE)
			.map(({ displayName }) => displayName);
	const withReferences = Object.entries(providers).flatMap(([provider, entry]) =>
		modelsOf(entry, 'imageToVideo')
			.filter(({ references }) => references !== undefined)
			// Of older ones, which take images alone, no page says it.
			.map(
				(model) => [provider, model.id, model.references?.audios && entry.referenceTag] as const,
			),
	);

	test.each(withReferences)('%s %s says it right above them: %s', (provider, model, tag) => {
		const given = { provider, model, imageMode: 'references' };
		const names = namesOf(shown('seedanceImageToVideo', given));
		const notices = noticeOf('seedanceImageToVideo', given);
		if (tag === undefined || !names.includes('referenceImages')) return expect(notices).toEqual([]);
		expect(notices).toEqual([
			`In the prompt, references are called ${tag}, ${nameInPrompt(tag, 'images', 2)} …, ${nameInPrompt(tag, 'videos', 1)} …, ${nameInPrompt(tag, 'audios', 1)} …: each kind counted from the top.`,
		]);
		expect(names[names.indexOf(REFERENCE_NOTICE) + 1]).toBe('referenceImages');
		expect(noticeOf('seedanceImageToVideo', { ...given, imageMode: 'frames' })).toEqual(
			names.includes('imageMode') ? [] : notices,
		);
	});

	test.each([
		['fal', '@Image1, @Image2 …, @Video1 …, @Audio1 …'],
		['replicate', '[Image1], [Image2] …, [Video1] …, [Audio1] …'],
		['modellix', '[Image 1], [Image 2] …, [Video 1] …, [Audio 1] …'],
		['byteplus', 'Image 1, Image 2 …, Video 1 …, Audio 1 …'],
		['kie', undefined],
		['wavespeed', undefined],
	])('%s: %s', (provider, words) => {
		const [, model = ''] = withReferences.find(([id]) => id === provider) ?? [];
		const given = { provider, model, imageMode: 'references' };
		const expected = words === undefined ? [] : [expect.stringContaining(`called ${words}:`)];
		expect(noticeOf('seedanceImageToVideo', given)).toEqual(expected);
	});

	test('beside a given video, that is the first one', () => {
		const given = { provider: 'fal', operation: 'reference' };
		expect(noticeOf('seedanceVideoToVideo', given)).toEqual([
			'In the prompt, this video is called @Video1, further ones @Video2 …, images @Image1 …, sounds @Audio1 …: counted from the top.',
		]);
	});
});
