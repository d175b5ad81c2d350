import fc from 'fast-check';
import { vendors } from '../../../nodes/shared/vendors';
import type { ProviderId } from '../../../nodes/shared/catalogue';
import { isCertainlyNotTaken } from '../../../nodes/shared/faults';
import type { Outcome, Task, VendorResponse } from '../../../nodes/shared/vendors';
import { answer } from '../helpers.mts';

const statuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired'];
const httpStatus = fc.oneof(fc.constant(200), fc.integer({ min: 100, max: 599 }));

const maybe = (value: fc.Arbitrary<unknown>) =>
	fc.oneof({ weight: 4, arbitrary: value }, fc.jsonValue());
const word = fc.constantFrom('success', 'completed', 'queued', 'pending', 'fail', 'error', 'new');
const url = fc.constantFrom('https://example.com/v.mp4', '');
const resultJson = maybe(fc.constantFrom('{"resultUrls":["https://v"]}', '{"resultUrls":[]}', '{'));

/** Answers that look right from afar, each part of which may be anything. */
const likely: Record<ProviderId, fc.Arbitrary<unknown>> = {
	apikley: fc.record({
		code: maybe(fc.constantFrom(200, 422, 501)),
		msg: maybe(fc.string()),
		data: maybe(fc.record({ taskId: maybe(fc.string()), state: maybe(word), resultJson })),
	}),
	modellix: fc.record({
		code: maybe(fc.constant(0)),
		data: maybe(
			fc.record({
				task_id: maybe(fc.string()),
				status: maybe(word),
				result: maybe(fc.record({ resources: maybe(fc.array(maybe(url))) })),
			}),
		),
	}),
	aimlapi: fc.record({
		id: maybe(fc.string()),
		status: maybe(word),
		video: maybe(fc.record({ url: maybe(url) })),
		error: fc.jsonValue(),
		meta: fc.jsonValue(),
	}),
};

const providers = ['apikley', 'modellix', 'aimlapi'] as const;
const readers = ['readCreated', 'readTask'] as const;
const cases = providers.flatMap((provider) => readers.map((reader) => [provider, reader] as const));

function expectWholeOutcome(outcome: Outcome<Task>): void {
	if (!outcome.ok) {
		expect(outcome.fault.message).not.toBe('');
		return;
	}
	const { taskId, status, raw } = outcome.value;
	expect(typeof taskId).toBe('string');
	expect(taskId).not.toBe('');
	expect(statuses).toContain(status);
	expect(raw).toBeDefined();
	expect(Object.values(outcome.value)).not.toContain(undefined);
}

describe.each(cases)('%s.%s', (provider, reader) => {
	const read = (response: VendorResponse) => vendors[provider][reader](response);

	test('makes a task or a fault of any JSON and any HTTP status', () => {
		const body = fc.oneof(fc.jsonValue(), likely[provider], fc.constant(undefined));
		fc.assert(
			fc.property(body, httpStatus, (value, status) => {
				expectWholeOutcome(read(answer(value, status)));
			}),
			{ numRuns: 400 },
		);
	});

	test('the likely answers do reach both a task and a fault', () => {
		const seen = fc.sample(likely[provider], 300).map((value) => read(answer(value)).ok);
		expect(new Set(seen)).toEqual(new Set([true, false]));
	});
});

describe.each(providers)('%s', (provider) => {
	test('what no gateway can know is never "certainly not taken"', () => {
		for (const status of [500, 502, 503, 504, 520]) {
			const outcome = vendors[provider].readCreated(answer(undefined, status));
			expect(outcome.ok ? undefined : isCertainlyNotTaken(outcome.fault)).toBe(false);
		}
	});
});
