import fc from 'fast-check';
import { catalogue, validateParameters } from '../../../nodes/shared/catalogue';
import type { ParameterValues, ProviderId } from '../../../nodes/shared/catalogue';
import { modelOf } from '../helpers.mts';

const lite = 'seedance-1.0-lite-t2v';

function refusal(providerId: ProviderId, modelId: string, values: ParameterValues) {
	const model = modelOf(providerId, modelId);
	const result = validateParameters(catalogue[providerId], model, { prompt: 'A cat', ...values });
	if (result.ok) throw new Error(`Accepted ${JSON.stringify(values)}`);
	return result;
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
		[{ duration: '5 s' }, 'Duration', wholeDuration],
		[{ frames: 28 }, 'Frames', 'Frames must be between 29 and 289'],
		[{ frames: 120 }, 'Frames', 'Frames must be 25 plus a multiple of 4, e.g. 121'],
		[{ seed: -2 }, 'Seed', 'Seed must be between -1 and 2147483647'],
		[{ cameraFixed: 'true' }, 'Camera Fixed', 'Camera Fixed must be true or false'],
		[
			{ executionExpiresAfter: 3599 },
			'Execution Expires After',
			'Execution Expires After must be between 3600 and 259200 seconds',
		],
	])('%j', (values, label, message) => {
		expect(refusal('modellix', lite, values)).toStrictEqual({
			ok: false,
			label,
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
		expect(validateParameters(catalogue.modellix, modelOf('modellix', lite), values)).toEqual({
			ok: true,
			values: { prompt: 'A cat', [name]: value },
		});
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
				const { ok } = validateParameters(catalogue.modellix, model, values);
				expect([frames, ok]).toEqual([frames, allowed.has(frames)]);
			},
		),
		{ numRuns: 500 },
	);
});

// It throws: a known defect; take the mark off with its fix, and the filter below.
test('an object that does not turn into text is refused', () => {
	expect(refusal('modellix', lite, { prompt: { toString: 0 } }).label).toBe('Prompt');
});

const anyJson = fc.jsonValue().filter((value) => !/toString|valueOf/.test(JSON.stringify(value)));

test('any JSON as any value is accepted or refused with a whole sentence', () => {
	for (const [providerId, provider] of Object.entries(catalogue)) {
		for (const model of provider.models) {
			const names = Object.keys(model.input.shape);
			fc.assert(
				fc.property(fc.constantFrom(...names), anyJson, (name, value) => {
					const result = validateParameters(provider, model, { prompt: 'A cat', [name]: value });
					if (result.ok) return;
					expect(result.label).not.toBe(name);
					expect(result.message).toMatch(
						new RegExp(`^${result.label} must .+ for ${model.label} on ${provider.label}$`),
					);
					expect(`${providerId} ${result.message}`).not.toContain('undefined');
				}),
				{ numRuns: 100 },
			);
		}
	}
});
