import fc from 'fast-check';
import type { Outcome } from '../../../nodes/shared/domain/fault';
import type { TaskReport } from '../../../nodes/shared/domain/task';
import type { VendorApi, VendorResponse } from '../../../nodes/shared/domain/vendor';
import { providers } from '../../../nodes/shared/providers';
import { vendors } from '../../../sandbox/types.mts';
import { kits } from '../../vendors/index.mts';
import { startVendors } from '../sandbox/helpers.mts';
import { answer, errorOf, expectNoVideoYet, outcomeOf, providerOf } from '../helpers.mts';

const statuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired'];
const httpStatus = fc.oneof(fc.constant(200), fc.integer({ min: 100, max: 599 }));

/** A look of which every request is answered so. */
const lookAt = (vendor: VendorApi, response: VendorResponse) =>
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

describe.each(vendors)('%s', (id) => {
	const { vendor } = providerOf(id);
	const { likely, refusalCodes: coded = [] } = kits[id];
	describe.each([
		['an order', (response: VendorResponse) => vendor.readCreated(response)],
		['a look', (response: VendorResponse) => lookAt(vendor, response)],
	])('as the answer to %s', (_, read) => {
		test('any JSON with any HTTP status is a task or a fault', () => {
			const body = fc.oneof(fc.jsonValue(), likely, fc.constant(undefined));
			fc.assert(
				fc.property(body, httpStatus, (value, status) => {
					expectWholeOutcome(read(answer(value, status)));
				}),
				{ numRuns: 400 },
			);
		});

		test('the likely answers do reach both a task and a fault', () => {
			const seen = fc.sample(likely, 300).map((value) => read(answer(value)).ok);
			expect(new Set(seen)).toEqual(new Set([true, false]));
		});
	});

	const refusals = [400, 401, 402, 403, 404, 405, 413, 415, 422, 429];
	const certainWith = (bodyOf: (status: number) => unknown, from: number) =>
		Array.from({ length: 600 - from }, (_, index) => from + index).filter(
			(status) => errorOf(vendor.readCreated(answer(bodyOf(status), status))).certainlyNotTaken,
		);

	test('what a gateway says is "certainly not taken" by its HTTP status alone', () => {
		expect(certainWith(() => undefined, 100)).toEqual(refusals);
		expect(certainWith(() => ({ error: 'No' }), 100)).toEqual(refusals);
	});

	test('the vendor’s own error is so by its HTTP status, and by a code that is documented', () => {
		// 200 with an error in the body is the code's affair.
		const { errorOf: ownError } = startVendors();
		expect(certainWith((status) => ownError(id, status), 300)).toEqual([...refusals, ...coded]);
	});

	test('a finished task has its video or is not finished', () => {
		fc.assert(
			fc.property(likely, (value) => {
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
