import fc from 'fast-check';
import type { Dialogue, VendorCallback, VendorResponse } from '../../../nodes/shared/domain/vendor';
import { judgeAnswer } from '../../../nodes/shared/parking/ringAnswer';
import { readParkedItems } from '../../../nodes/shared/parking/parked';
import { deriveCallbackKey, readCallbackToken } from '../../../nodes/shared/tasks/callbackToken';
import { recordedFinish } from '../../vendors/recorded.mts';
import { providerOf } from '../helpers.mts';
import { vendors } from '../../../sandbox/types.mts';
import { entryOfRow, readStored, toOrderRow } from '../../../nodes/shared/tasks/ledgerRow';

/** Keys that every object seems to have, and values that look like others. */
const odd = fc.constantFrom<unknown>(
	null,
	'',
	0,
	-1,
	1e308,
	Number.MAX_SAFE_INTEGER + 2,
	'__proto__',
	'constructor',
	[],
	{},
	true,
	'javascript:alert(1)',
	'\u0000',
	JSON.parse('{"__proto__":{"status":"succeeded"},"constructor":{"url":"https://v"}}'),
);
const anything = fc.oneof(odd, fc.jsonValue());

/** Puts `value` in the place of the part of a JSON value that `steps` leads to, or beside it. */
function spoil(whole: unknown, steps: readonly number[], key: string, value: unknown): unknown {
	const [step, ...others] = steps;
	if (step === undefined || typeof whole !== 'object' || whole === null) return value;
	const keys = Object.keys(whole);
	const chosen = keys[step % (keys.length + 1)] ?? key;
	const copy: Record<string, unknown> = { ...(whole as Record<string, unknown>) };
	const spoilt = spoil(copy[chosen], others, key, value);
	// As JSON.parse makes it: an own key, whatever its name.
	Object.defineProperty(copy, chosen, { value: spoilt, enumerable: true, configurable: true });
	return Array.isArray(whole) ? Object.values(copy) : copy;
}

const spoiltOf = (whole: unknown) =>
	fc
		.tuple(
			fc.array(fc.nat(24), { maxLength: 4 }),
			fc.constantFrom('__proto__', 'constructor', 'toString', 'status', 'id', 'new'),
			anything,
		)
		.map(([steps, key, value]) => spoil(whole, steps, key, value));

const bytes = fc
	.uint8Array({ maxLength: 60 })
	.map((array) => Buffer.from(array).toString('latin1'));

const responseOf = (body: fc.Arbitrary<unknown>): fc.Arbitrary<VendorResponse> =>
	fc.record({
		httpStatus: fc.oneof(
			{ weight: 4, arbitrary: fc.constant(200) },
			fc.integer({ min: 100, max: 599 }),
		),
		headers: fc.dictionary(fc.constantFrom('retry-after', '__proto__', 'x'), bytes),
		body,
		excerpt: bytes,
	});

const MOST_REQUESTS = 30;

/** Leads a dialogue to its end, with these answers again and again. */
function end<T>(dialogue: Dialogue<T>, answers: readonly VendorResponse[]) {
	let step = dialogue.next();
	for (let asked = 0; !step.done; asked++) {
		const answer = answers[asked % answers.length];
		if (asked === MOST_REQUESTS || answer === undefined) throw new Error('It asks for ever');
		step = dialogue.next(answer);
	}
	return step.value;
}

const numRuns = 300;

describe.each(vendors)('%s', (id) => {
	const { vendor } = providerOf(id);
	const { taskId, bodies } = recordedFinish(id);
	const spoilt = fc.oneof(...bodies.map(spoiltOf));
	const body = fc.oneof({ weight: 3, arbitrary: spoilt }, anything, fc.constant(undefined), bytes);
	const answers = fc.array(responseOf(body), { minLength: 1, maxLength: 3 });
	const reference = { taskId, modelId: 'owner/app/path' };

	test('an order is only taken under an ID that stands in the answer', () => {
		fc.assert(
			fc.property(responseOf(body), (response) => {
				const created = vendor.readCreated(response);
				if (!created.ok) return;
				expect(created.value.taskId).toMatch(/[^]/);
				expect(JSON.stringify(response.body)).toContain(JSON.stringify(created.value.taskId));
			}),
			{ numRuns },
		);
	});

	test('a video is only told where its address stands in the answer', () => {
		fc.assert(
			fc.property(answers, (given) => {
				const looked = end(vendor.look(reference), given);
				if (!looked.ok || looked.value.status !== 'succeeded') return;
				const { videoUrl = '' } = looked.value;
				expect(videoUrl).not.toBe('');
				const quoted = JSON.stringify(videoUrl).slice(1, -1);
				const told = JSON.stringify(given.map((response) => response.body));
				expect(told.replaceAll('\\\\', '\\').replaceAll('\\"', '"')).toContain(
					quoted.replaceAll('\\\\', '\\').replaceAll('\\"', '"'),
				);
			}),
			{ numRuns },
		);
	});

	test('cancel, delete, list, balance and upload come to an end and throw nothing', () => {
		const file = { bytes: new Uint8Array([1]), mimeType: 'image/png', fileName: 'a.png' };
		const dialogues: Array<() => Dialogue<unknown> | undefined> = [
			() => vendor.cancel?.(reference),
			() => vendor.delete?.(reference),
			() => vendor.list?.(5),
			() => vendor.balance?.(),
			() => vendor.upload?.(file),
		];
		fc.assert(
			fc.property(answers, (given) => {
				for (const start of dialogues) {
					const dialogue = start();
					if (dialogue === undefined) continue;
					const outcome = end(dialogue, given);
					expect(typeof outcome.ok).toBe('boolean');
				}
			}),
			{ numRuns },
		);
	});

	test('no callback without the right signature counts, and none throws', () => {
		const header = fc.constantFrom(
			...['x-webhook-timestamp', 'x-webhook-signature', 'webhook-id', 'webhook-timestamp'],
			...['webhook-signature', 'x-fal-webhook-timestamp', 'x-fal-webhook-signature'],
		);
		const nowMs = Date.parse('2026-11-20T10:00:00Z');
		const value = fc.oneof(bytes, fc.constant(String(nowMs / 1000)), fc.constant('v1,AAAA'));
		const callback: fc.Arbitrary<VendorCallback> = fc.record({
			headers: fc.dictionary(header, value),
			body: fc.oneof(spoilt, anything),
			rawBody: fc.uint8Array({ maxLength: 40 }),
		});
		fc.assert(
			fc.property(callback, answers, (given, keys) => {
				const taskId = vendor.callbacks?.readTaskId(given);
				expect(taskId === undefined || (typeof taskId === 'string' && taskId !== '')).toBe(true);
				const check = vendor.callbacks?.verify?.(given, { secret: 'whsec_c2VjcmV0', nowMs });
				if (check === undefined) return;
				const verified = typeof check === 'boolean' ? check : end(check, keys);
				expect(
					verified === true || (typeof verified === 'object' && verified.ok && verified.value),
				).toBe(false);
			}),
			{ numRuns },
		);
	});
});

describe('what this package wrote itself', () => {
	test('an answer to a ring ends the wait only in the words of this package or of n8n', () => {
		const state = fc.constantFrom('delivered', 'gone', 'pending', 'new');
		const answer = fc.record({
			httpStatus: fc.integer({ min: 100, max: 599 }),
			body: fc.oneof(
				fc.dictionary(
					fc.constantFrom('message', 'error', '__proto__', 'retryAfterSeconds'),
					anything,
				),
				fc.record({ state, note: anything, retryAfterSeconds: anything }),
			),
		});
		fc.assert(
			fc.property(answer, (given) => {
				const verdict = judgeAnswer(given);
				const said = (given.body as { state?: unknown }).state;
				if (said === 'delivered' || said === 'gone') expect(verdict.state).toBe('over');
				else expect(verdict.state).not.toBe('over');
			}),
		);
	});

	test('no token but our own is read', () => {
		const key = deriveCallbackKey('sk-1');
		const token = fc.oneof(
			anything,
			bytes,
			fc.tuple(bytes, bytes).map((parts) => parts.join('.')),
		);
		fc.assert(
			fc.property(token, (given) => {
				expect(readCallbackToken(given, key, { audience: 'a/b', nowMs: 0 })).toBeUndefined();
			}),
		);
	});

	test('no row of a ledger throws, whoever has written it', () => {
		const row = {
			orderedAt: '2026-11-20T10:00:00.000Z',
			state: 'submitted',
			provider: 'apikley',
			taskId: 't',
			taskUrls: '{"a":"b"}',
			refusedBy: '[]',
			origin: 'o',
			orderKey: 'k',
			rowKey: 'k#2',
		};
		fc.assert(
			fc.property(fc.array(fc.oneof(spoiltOf(row), anything), { maxLength: 4 }), (rows) => {
				for (const stored of readStored(rows)) {
					const entry = entryOfRow(stored.row);
					if (entry?.state === 'submitted') {
						const told = JSON.stringify(rows);
						expect(told).toContain(JSON.stringify(entry.taskId));
					}
					expect(toOrderRow(stored.row, { table: 'table', key: 'k' })).toBeDefined();
				}
			}),
			{ numRuns },
		);
	});

	test('no parked input throws, or names a task that it does not hold', () => {
		const task = {
			...{ taskId: 't', modelId: 'm', status: 'queued', submittedAt: 1, deadlineAt: 2 },
			...{ timeoutMinutes: 1, output: { raw: false } },
		};
		const item = { json: { parked: { nonce: 'n', provider: 'apikley', model: 'm', task } } };
		fc.assert(
			fc.property(fc.array(fc.oneof(spoiltOf(item), anything), { maxLength: 3 }), (items) => {
				for (const { task: parked } of readParkedItems(items)) {
					if (!parked.ok) continue;
					expect(JSON.stringify(items)).toContain(JSON.stringify(parked.value.taskId));
				}
			}),
			{ numRuns },
		);
	});
});
