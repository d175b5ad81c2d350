import fc from 'fast-check';
import type { Outcome } from '../../../nodes/shared/domain/fault';
import type { TaskReport } from '../../../nodes/shared/domain/task';
import type { Vendor, VendorResponse } from '../../../nodes/shared/domain/vendor';
import { providers } from '../../../nodes/shared/providers';
import { answer, outcomeOf, errorOf, expectNoVideoYet } from '../helpers.mts';

const statuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired'];
const httpStatus = fc.oneof(fc.constant(200), fc.integer({ min: 100, max: 599 }));

const maybe = (value: fc.Arbitrary<unknown>) =>
	fc.oneof({ weight: 4, arbitrary: value }, fc.jsonValue());
const word = fc.constantFrom('success', 'completed', 'queued', 'pending', 'fail', 'error', 'new');
const url = fc.constantFrom('https://example.com/v.mp4', '');
const resultJson = maybe(fc.constantFrom('{"resultUrls":["https://v"]}', '{"resultUrls":[]}', '{'));

const likelyOfArk = fc.record({
	id: maybe(fc.string()),
	status: maybe(fc.constantFrom('queued', 'running', 'succeeded', 'failed', 'expired', 'new')),
	content: maybe(fc.record({ video_url: maybe(url), last_frame_url: maybe(url) })),
	usage: fc.jsonValue(),
	error: maybe(fc.record({ code: maybe(fc.string()), message: maybe(fc.string()) })),
	created_at: maybe(fc.integer()),
	updated_at: maybe(fc.double()),
});

const likelyOfMarket = fc.record({
	code: maybe(fc.constantFrom(200, 422, 501)),
	msg: maybe(fc.string()),
	data: maybe(fc.record({ taskId: maybe(fc.string()), state: maybe(word), resultJson })),
});

/** Answers that look right from afar, each part of which may be anything. */
const likely: Record<string, fc.Arbitrary<unknown>> = {
	apikley: likelyOfMarket,
	kie: likelyOfMarket,
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
	fal: fc.record({
		request_id: maybe(fc.constantFrom('x', '')),
		status: maybe(fc.constantFrom('IN_QUEUE', 'COMPLETED')),
		error: maybe(fc.constantFrom(null, 'Invalid status code: 422')),
		error_type: fc.jsonValue(),
		detail: maybe(fc.array(fc.record({ msg: maybe(fc.string()), type: maybe(fc.string()) }))),
		video: maybe(fc.record({ url: maybe(url) })),
	}),
	aimlapi: fc.record({
		id: maybe(fc.string()),
		status: maybe(word),
		video: maybe(fc.record({ url: maybe(url) })),
		error: fc.jsonValue(),
		meta: fc.jsonValue(),
	}),
	replicate: fc.record({
		id: maybe(fc.constantFrom('x', '')),
		status: maybe(fc.constantFrom('starting', 'succeeded', 'failed', 'aborted', 'new')),
		output: maybe(fc.oneof(url, fc.array(maybe(url)))),
		error: maybe(fc.constantFrom(null, 'E005')),
		data_removed: maybe(fc.boolean()),
		webhook: fc.jsonValue(),
		completed_at: maybe(fc.constantFrom('2026-01-02T03:04:05.000000Z', '')),
	}),
	byteplus: likelyOfArk,
	volcengine: likelyOfArk,
};

const likelyFrom = (id: string): fc.Arbitrary<unknown> => likely[id] ?? fc.jsonValue();

/** A look of which every request is answered so. */
const lookAt = (vendor: Vendor, response: VendorResponse) =>
	outcomeOf(vendor.look({ taskId: 'x', modelId: 'owner/app/path' }), response, response);

function expectWholeOutcome(outcome: Outcome<TaskReport>): void {
	if (!outcome.ok) {
		expect(outcome.error.message).not.toBe('');
		return;
	}
	const { taskId, status, videoUrl, raw } = outcome.value;
	expect(taskId).not.toBe('');
	expect(statuses).toContain(status);
	if (videoUrl !== undefined) expect(videoUrl).not.toBe('');
	expect(raw).toBeDefined();
	expect(Object.values(outcome.value)).not.toContain(undefined);
}

describe.each(Object.entries(providers))('%s', (id, { vendor }) => {
	describe.each([
		['an order', (response: VendorResponse) => vendor.readCreated(response)],
		['a look', (response: VendorResponse) => lookAt(vendor, response)],
	])('as the answer to %s', (_, read) => {
		test('any JSON with any HTTP status is a task or a fault', () => {
			const body = fc.oneof(fc.jsonValue(), likelyFrom(id), fc.constant(undefined));
			fc.assert(
				fc.property(body, httpStatus, (value, status) => {
					expectWholeOutcome(read(answer(value, status)));
				}),
				{ numRuns: 400 },
			);
		});

		test('the likely answers do reach both a task and a fault', () => {
			const seen = fc.sample(likelyFrom(id), 300).map((value) => read(answer(value)).ok);
			expect(new Set(seen)).toEqual(new Set([true, false]));
		});
	});

	test('what a gateway says is "certainly not taken" by its HTTP status alone', () => {
		const certain = Array.from({ length: 500 }, (_, index) => 100 + index).filter(
			(status) => errorOf(vendor.readCreated(answer(undefined, status))).certainlyNotTaken,
		);
		expect(certain).toEqual([400, 401, 402, 403, 404, 405, 413, 415, 422, 429]);
	});

	test('a finished task has its video or is not finished', () => {
		fc.assert(
			fc.property(likelyFrom(id), (value) => {
				const looked = lookAt(vendor, answer(value));
				if (looked.ok && looked.value.status === 'succeeded') {
					expect(looked.value.videoUrl).toMatch(/./);
				}
				if (looked.ok && looked.value.withoutVideo !== undefined) {
					expectNoVideoYet(looked.value);
				}
			}),
			{ numRuns: 400 },
		);
	});
});

test.each(Object.entries(providers))(
	'%s without callbacks is given no callback URL',
	(_, entry) => {
		const { callbacks, createTask } = entry.vendor;
		for (const model of entry.models) {
			const order = { model, input: { prompt: 'A' }, callbackUrl: 'https://secret' };
			const isGiven = JSON.stringify(createTask(order)).includes('https://secret');
			expect(isGiven).toBe(callbacks !== undefined);
		}
	},
);
