import fc from 'fast-check';
import type { ModelEntry, ParameterValues } from '../../../nodes/shared/domain/model';
import { ok } from '../../../nodes/shared/domain/result';
import * as parameter from '../../../nodes/shared/models/parameters';
import { validateParameters } from '../../../nodes/shared/models/schema';
import { providers } from '../../../nodes/shared/providers';
import { errorOf, modelOf, providerOf } from '../helpers.mts';

const lite = 'seedance-1.0-lite-t2v';

function refusal(providerId: string, modelId: string, values: ParameterValues) {
	const given = { prompt: 'A cat', ...values };
	return errorOf(validateParameters(providerOf(providerId), modelOf(providerId, modelId), given));
}

const wholeDuration = 'Duration must be a whole number between 2 and 12 seconds';

describe('each kind of violation names label, model and provider', () => {
	test.each([
		[{ prompt: undefined }, 'Prompt', 'Prompt must not be empty'],
		[{ prompt: '' }, 'Prompt', 'Prompt must not be empty'],
		[{ prompt: ' \n' }, 'Prompt', 'Prompt must not be empty'],
		[{ prompt: 5 }, 'Prompt', 'Prompt must be a text'],
		[
			{ prompt: 'x'.repeat(2001) },
			'Prompt',
			'Prompt must have at most 2000 characters (it has 2001)',
		],
		[
			{ aspectRatio: '9:21' },
			'Aspect Ratio',
			'Aspect Ratio must be one of 16:9, 4:3, 1:1, 3:4, 9:16, 21:9, adaptive',
		],
		[{ serviceTier: 'cheap' }, 'Service Tier', 'Service Tier must be one of default, flex'],
		[{ duration: 13 }, 'Duration', 'Duration must be between 2 and 12 seconds'],
		[{ duration: 1 }, 'Duration', 'Duration must be between 2 and 12 seconds'],
		[{ duration: 5.5 }, 'Duration', wholeDuration],
		[{ duration: '5 m' }, 'Duration', wholeDuration],
		[{ frames: 28 }, 'Frames', 'Frames must be between 29 and 289'],
		[{ frames: 120 }, 'Frames', 'Frames must be 25 plus a multiple of 4, e.g. 121'],
		[{ seed: -2 }, 'Seed', 'Seed must be between -1 and 2147483647'],
		[{ cameraFixed: 'maybe' }, 'Camera Fixed', 'Camera Fixed must be true or false'],
		[
			{ executionExpiresAfter: 3599 },
			'Execution Expires After',
			'Execution Expires After must be between 3600 and 259200 seconds',
		],
	])('%j', (values, label, message) => {
		expect(refusal('modellix', lite, values)).toStrictEqual({
			label,
			value: Object.values(values)[0],
			message: `${message} for Seedance 1.0 Lite on Modellix`,
		});
	});

	test('a duration of a few lengths, a seed without bounds', () => {
		const id = 'bytedance/seedance-1-0-lite-t2v';
		const suffix = 'for Seedance 1.0 Lite on AI/ML API';
		expect(refusal('aimlapi', id, { duration: 6 }).message).toBe(
			`Duration must be one of 5, 10 seconds ${suffix}`,
		);
		expect(refusal('aimlapi', id, { seed: 1.5 }).message).toBe(
			`Seed must be a whole number ${suffix}`,
		);
	});

	test('the first of several is named', () => {
		const { label } = refusal('modellix', lite, { duration: 99, resolution: '4k', prompt: '' });
		expect(label).toBe('Prompt');
	});
});

describe('a number may come as text', () => {
	test.each([
		['duration', '5', 5],
		['duration', ' 12 ', 12],
		['seed', '-1', -1],
		['frames', '121', 121],
		['executionExpiresAfter', '3600', 3600],
	])('%s "%s"', (name, text, value) => {
		const values = { prompt: 'A cat', [name]: text };
		const checked = validateParameters(providerOf('modellix'), modelOf('modellix', lite), values);
		expect(checked).toEqual(ok({ prompt: 'A cat', [name]: value }));
	});
});

test('frames are accepted exactly when they are 25 + 4n between 29 and 289', () => {
	const allowed = new Set(Array.from({ length: 66 }, (_, index) => 25 + 4 * (index + 1)));
	const model = modelOf('modellix', lite);
	fc.assert(
		fc.property(
			fc.oneof(fc.integer({ min: -10, max: 400 }), fc.integer(), fc.double()),
			fc.boolean(),
			(frames, asText) => {
				const values = { prompt: 'A cat', frames: asText ? String(frames) : frames };
				const checked = validateParameters(providerOf('modellix'), model, values);
				expect([frames, checked.ok]).toEqual([frames, allowed.has(frames)]);
			},
		),
		{ numRuns: 500 },
	);
});

test('an object that does not turn into text is refused', () => {
	expect(refusal('modellix', lite, { prompt: { toString: 0 } }).label).toBe('Prompt');
});

describe('any value of any parameter is accepted or refused with a whole sentence', () => {
	const parameters = Object.values(providers).flatMap((provider) =>
		provider.models.flatMap((model) =>
			Object.entries(model.input).map(([name, { label }]) => ({ provider, model, name, label })),
		),
	);
	const refusalOf = (
		{ provider, model, name, label }: (typeof parameters)[number],
		value: unknown,
	) => {
		const result = validateParameters(provider, model, { prompt: 'A cat', [name]: value });
		if (result.ok) return undefined;
		const { message } = result.error;
		expect([result.error.label, message]).toEqual([
			label,
			expect.not.stringContaining('undefined'),
		]);
		expect(message.startsWith(`${label} must `)).toBe(true);
		expect(message.endsWith(` for ${model.label} on ${provider.label}`)).toBe(true);
		return message;
	};

	test('of every model one that it cannot take', () => {
		for (const parameter of parameters) {
			expect([parameter.name, refusalOf(parameter, {})]).toEqual([
				parameter.name,
				expect.any(String),
			]);
		}
	});

	test('any JSON', () => {
		fc.assert(
			fc.property(fc.constantFrom(...parameters), fc.jsonValue(), (parameter, value) => {
				refusalOf(parameter, value);
			}),
			{ numRuns: 3000 },
		);
	});
});

describe('a value as sheets and forms give it', () => {
	const taken = (providerId: string, modelId: string, values: ParameterValues) => {
		const given = { prompt: 'A cat', ...values };
		const checked = validateParameters(providerOf(providerId), modelOf(providerId, modelId), given);
		return checked.ok ? checked.value : checked.error.message;
	};

	test.each([
		['cameraFixed', 'TRUE', true],
		['cameraFixed', ' False ', false],
		['cameraFixed', 'yes', true],
		['cameraFixed', 0, false],
		['aspectRatio', ' 9:16 ', '9:16'],
		['aspectRatio', '9 : 16', '9:16'],
		['aspectRatio', '9x16', '9:16'],
		['aspectRatio', '9/16', '9:16'],
		['aspectRatio', '09:16:00', '9:16'],
		['aspectRatio', 'Adaptive', 'adaptive'],
		['resolution', '720P', '720p'],
		['resolution', 720, '720p'],
		['resolution', '720', '720p'],
		['resolution', ' 1080p\n', '1080p'],
		['duration', '5s', 5],
		['duration', '5 seconds', 5],
		['duration', '8', 8],
		['duration', '8.0', 8],
		['seed', ' 42 ', 42],
	])('%s %j is %j', (name, given, meant) => {
		expect(taken('modellix', lite, { [name]: given })).toEqual({ prompt: 'A cat', [name]: meant });
	});

	test.each([
		['duration', '5s', 5],
		['duration', '10 sec', 10],
		['resolution', '480', '480p'],
	])('of a few values: %s %j is %j', (name, given, meant) => {
		const id = 'bytedance/v1-lite-text-to-video';
		expect(taken('apikley', id, { [name]: given })).toEqual({ prompt: 'A cat', [name]: meant });
	});

	test.each([
		{ duration: 'five' },
		{ duration: '5-10' },
		{ duration: '1,5' },
		{ resolution: 'HD' },
		{ resolution: '72' },
		{ aspectRatio: '16' },
		{ cameraFixed: 'fixed' },
		{ cameraFixed: 2 },
	])('what may mean anything is refused: %j', (values) => {
		expect(taken('modellix', lite, values)).toMatch(/ must be /);
	});
});

test('lengths count characters, as people do', () => {
	const cats = (count: number) => '🐈'.repeat(count);
	const model = modelOf('modellix', lite);
	const check = (prompt: string) => validateParameters(providerOf('modellix'), model, { prompt });
	expect(check(cats(2000)).ok).toBe(true);
	expect(errorOf(check(cats(2001))).message).toContain('(it has 2001)');
});

test.each([
	[parameter.seed({ min: 1 }), 0, 'Seed must be a whole number of at least 1'],
	[parameter.seed({ max: 9 }), 10, 'Seed must be a whole number of at most 9'],
	[parameter.seed(), 1.5, 'Seed must be a whole number'],
	[parameter.seed({ min: 1, max: 9 }), 10, 'Seed must be between 1 and 9'],
])('a number with as many bounds as its model has: %#', (seed, value, message) => {
	const model: ModelEntry = {
		...modelOf('modellix', 'seedance-1.0-lite-t2v'),
		input: { prompt: parameter.prompt(), seed },
	};
	const valid = validateParameters(providerOf('modellix'), model, { prompt: 'A', seed: value });
	expect(errorOf(valid).message).toBe(`${message} for Seedance 1.0 Lite on Modellix`);
});
