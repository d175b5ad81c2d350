import { checkUnaskedEdit } from '../../../nodes/shared/models/givenVideo';
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
