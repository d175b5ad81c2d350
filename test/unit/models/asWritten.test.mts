import { asWritten } from '../../../nodes/shared/models/asWritten';

describe('fields of a model’s parameters', () => {
	const mapper = (value: unknown) => ({
		mappingMode: 'defineBelow',
		value,
		schema: [{ id: 'resolution' }],
		matchingColumns: [],
	});

	test('are what stands in them, without those that the editor has left empty', () => {
		const value = { resolution: '8k', mood: '', duration: null };
		expect(asWritten(mapper(value))).toEqual({ resolution: '8k' });
	});

	test('a value that only looks like nothing was written', () => {
		const value = { seed: 0, generate_audio: false, mood: ' ', tags: [] };
		expect(asWritten(mapper(value))).toEqual(value);
	});

	test.each([null, undefined, '', []])('with %j for all of them are none', (value) => {
		expect(asWritten(mapper(value))).toEqual({});
	});
});

test('a choice from a list is its mode and value, without the name that was shown', () => {
	const chosen = { __rl: true, mode: 'list', value: 'a/b', cachedResultName: 'Seedance 9' };
	expect(asWritten(chosen)).toEqual({ mode: 'list', value: 'a/b' });
	expect(asWritten({ ...chosen, mode: 'id' })).toEqual({ mode: 'id', value: 'a/b' });
});

test.each(['', null, undefined, 0, 'text', ['', null], { mood: '' }, { __rl: 'x', value: '' }, {}])(
	'%j is as it was written',
	(value) => {
		expect(asWritten(value)).toEqual(value);
	},
);
