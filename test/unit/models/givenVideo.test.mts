import type { ReferenceSlot } from '../../../nodes/shared/domain/model';
import { checkUnaskedEdit, onGivenVideo } from '../../../nodes/shared/models/givenVideo';
import { toWireInput } from '../../../nodes/shared/models/schema';
import { providers } from '../../../nodes/shared/providers';
import { modelOf } from '../helpers.mts';

const edited = modelOf('kie', 'bytedance/seedance-2-5', 'edit');
const extended = modelOf('fal', 'bytedance/seedance-2.5/reference-to-video', 'extend');

describe('words in front of the prompt', () => {
	const sent = (prompt: string) => toWireInput(edited, { prompt }).prompt;
	const extendedBy = (prompt: string) => toWireInput(extended, { prompt }).prompt;

	test('say what to do where the prompt does not', () => {
		expect(sent('Make it snow')).toBe('Edit the input video. Make it snow');
		expect(extendedBy('She turns')).toBe('Extend forward: continue the input video. She turns');
	});

	test.each(['Edit it', 'EDITED: snow', '编辑视频', '把船修改成天鹅'])(
		'not before %s',
		(prompt) => {
			expect(sent(prompt)).toBe(prompt);
		},
	);

	test.each(['Extend backward', 'It continues to rain', '延长视频', '续写'])(
		'nor before %s',
		(prompt) => {
			expect(extendedBy(prompt)).toBe(prompt);
		},
	);

	test('are left out where they would make it too long', () => {
		const long = 'x'.repeat(30_000);
		expect(sent(long)).toBe(long);
		expect(sent(long.slice(22))).toBe(`Edit the input video. ${long.slice(22)}`);
	});
});

describe('a prompt that edits a video, where nobody asked for it', () => {
	const media = { firstImage: false, lastImage: false, images: 0, videos: 1, audios: 0 };
	const check = (prompt: string, more = {}, videos = 1) =>
		checkUnaskedEdit({ prompt, duration: 5, ...more }, { ...media, videos })?.label;

	test.each([
		'Replace the boat in the video with a swan',
		'Please edit @Video1 so that it snows',
		'remove the man from this clip',
		'Extend the video: she turns',
	])('%s: is refused', (prompt) => {
		expect(check(prompt)).toBe('Prompt');
	});

	test.each([
		'A dancer moves as in the video',
		'A swan replaces the boat of the video, filmed anew',
		'Remove nothing: a still lake at dawn',
		'Edited by hand, a film strip on a table',
	])('%s: is not', (prompt) => {
		expect(check(prompt)).toBeUndefined();
	});

	test('nor what is left to the model, or has no video', () => {
		const prompt = 'Edit the video';
		expect(check(prompt, { duration: -1, aspectRatio: 'adaptive' })).toBeUndefined();
		expect(check(prompt, {}, 0)).toBeUndefined();
	});
});

test('what an operation forces is no parameter of it', () => {
	const all = Object.values(providers).flatMap(({ models }) => models);
	for (const { id, kind, forced = {}, input, video } of all) {
		const names = Object.values(input).map(({ wireName }) => wireName);
		expect([id, kind, Object.keys(forced).filter((name) => names.includes(name))]).toEqual([
			id,
			kind,
			[],
		]);
		expect([id, kind, video !== undefined]).toEqual([id, kind, !/ToVideo$/.test(kind)]);
	}
});

describe('the given video takes a place among the references', () => {
	const slot = (wireName: string, maxCount: number): ReferenceSlot => ({
		wireName,
		isList: true,
		acceptsDataUri: false,
		maxCount,
	});
	const [images, videos, audios] = [slot('images', 9), slot('videos', 3), slot('audios', 3)];
	const entry = {
		...modelOf('kie', 'bytedance/seedance-2-5', 'imageToVideo'),
		references: { images, videos, audios, maxCount: 12 },
	};
	const referencesOf = (operation: 'edit' | 'extend' | 'reference', more = {}) =>
		onGivenVideo({ ...entry, ...more }, { operation })[0]?.references;

	test('so that one less of all kinds may stand beside it', () => {
		for (const operation of ['edit', 'extend'] as const) {
			expect(referencesOf(operation)).toEqual({ images, audios, maxCount: 11 });
		}
	});

	test('and one video less, where it is one of several', () => {
		const others = { ...videos, maxCount: 2 };
		expect(referencesOf('reference')).toEqual({ images, videos: others, audios, maxCount: 11 });
	});

	test('as many as the kinds have where the model does not count them together', () => {
		const references = { videos };
		expect(referencesOf('edit', { references })).toEqual({});
		expect(referencesOf('reference', { references })).toEqual({
			videos: { ...videos, maxCount: 2 },
		});
	});

	test('where there is no place for a video, there is no operation', () => {
		expect(onGivenVideo({ ...entry, references: { images } }, { operation: 'edit' })).toEqual([]);
		expect(onGivenVideo({ ...entry, references: undefined }, { operation: 'edit' })).toEqual([]);
	});
});
