import { z } from 'zod/v4';
import {
	expiryOfSignedUrl,
	faultKindOfStatus,
	isSuccess,
	optional,
	readStatus,
	readValue,
	refuse,
	refuseByStatus,
	unreadable,
	type StatusWords,
} from '../../../nodes/shared/providers/reading';
import { answer } from '../helpers.mts';

const words: StatusWords = { waiting: 'queued', done: 'succeeded' };

test('a vendor’s own words are known in any case', () => {
	for (const word of ['done', 'Done', 'DONE']) {
		expect(readStatus(words, word)).toStrictEqual({ status: 'succeeded' });
	}
});

test.each(['', 'moderating', 'aborted', 'constructor', '__proto__'])(
	'the unknown word "%s" is running and kept',
	(word) => {
		expect(readStatus(words, word)).toStrictEqual({ status: 'running', unknownStatus: word });
	},
);

test.each([
	[299, 'rejected'],
	[300, 'unreadableAnswer'],
	[302, 'unreadableAnswer'],
	[399, 'unreadableAnswer'],
	[400, 'invalidInput'],
	[401, 'unauthorized'],
	[402, 'insufficientCredits'],
	[403, 'forbidden'],
	[404, 'notFound'],
	[405, 'rejected'],
	[408, 'noAnswer'],
	[409, 'conflict'],
	[413, 'invalidInput'],
	[415, 'invalidInput'],
	[418, 'rejected'],
	[422, 'invalidInput'],
	[429, 'rateLimited'],
	[499, 'rejected'],
	[500, 'serverError'],
	[599, 'serverError'],
])('HTTP %i alone means %s', (status, kind) => {
	expect(faultKindOfStatus(status)).toBe(kind);
});

describe('a refusal', () => {
	test('tells the vendor’s words, code and wait', () => {
		const response = { ...answer({ a: 1 }, 429), retryAfterMs: 3000 };
		expect(refuse(response, { kind: 'rateLimited', message: 'slow', vendorCode: 7 })).toStrictEqual(
			{
				ok: false,
				error: {
					kind: 'rateLimited',
					message: 'slow',
					vendorCode: '7',
					httpStatus: 429,
					retryAfterMs: 3000,
					certainlyNotTaken: true,
				},
			},
		);
	});

	test.each([undefined, ''])('without words (%j) shows the answer itself', (message) => {
		expect(refuse(answer({ a: 1 }, 409), { kind: 'conflict', message })).toStrictEqual({
			ok: false,
			error: {
				kind: 'conflict',
				message: '{"a":1}',
				httpStatus: 409,
				certainlyNotTaken: false,
			},
		});
	});

	test.each([true, false])('what the vendor documents about it wins: %s', (certainlyNotTaken) => {
		for (const httpStatus of [200, 400, 500]) {
			const { error } = refuse(answer({}, httpStatus), { kind: 'maintenance', certainlyNotTaken });
			expect(error.certainlyNotTaken).toBe(certainlyNotTaken);
		}
	});

	test('by the HTTP status alone', () => {
		expect(refuseByStatus(answer({}, 404)).error).toStrictEqual({
			kind: 'notFound',
			message: '{}',
			httpStatus: 404,
			certainlyNotTaken: true,
		});
		expect(refuseByStatus(answer({}, 503), 'busy').error).toStrictEqual({
			kind: 'serverError',
			message: 'busy',
			vendorCode: '503',
			httpStatus: 503,
			certainlyNotTaken: false,
		});
	});

	test('that cannot be read is none for certain, whatever its HTTP status', () => {
		for (const httpStatus of [200, 400, 401]) {
			expect(unreadable(answer(undefined, httpStatus)).error).toStrictEqual({
				kind: 'unreadableAnswer',
				message: '<html>',
				httpStatus,
				certainlyNotTaken: false,
			});
		}
	});
});

test.each([
	[199, false],
	[200, true],
	[299, true],
	[300, false],
])('HTTP %i is a success: %s', (status, expected) => {
	expect(isSuccess(answer({}, status))).toBe(expected);
});

test('a value of another type is unreadable, an optional one is left out', () => {
	const schema = z.object({ id: z.string(), count: optional(z.number()) });
	const read = (value: unknown) => readValue(schema, value, answer(value));
	expect(read({ id: 'a', count: 1 })).toEqual({ ok: true, value: { id: 'a', count: 1 } });
	for (const count of ['1', null, undefined]) {
		expect(read({ id: 'a', count })).toEqual({ ok: true, value: { id: 'a' } });
	}
	expect(read({ id: 5 })).toMatchObject({ ok: false, error: { kind: 'unreadableAnswer' } });
});

test.each([
	['not a URL'],
	['https://x/v.mp4'],
	['https://x/v.mp4?X-Tos-Date=20250704T111816Z'],
	['https://x/v.mp4?X-Tos-Expires=86400'],
	['https://x/v.mp4?X-Tos-Date=yesterday&X-Tos-Expires=86400'],
	['https://x/v.mp4?X-Tos-Date=120250704T111816Z&X-Tos-Expires=86400'],
	['https://x/v.mp4?X-Tos-Date=20250704T111816Z0&X-Tos-Expires=86400'],
	['https://x/v.mp4?X-Tos-Date=20250704T111816Z&X-Tos-Expires=-1'],
	['https://x/v.mp4?X-Tos-Date=20250704T111816Z&X-Tos-Expires=0'],
	['https://x/v.mp4?X-Tos-Date=20250704T111816Z&X-Tos-Expires=soon'],
	['https://x/v.mp4?X-Tos-Date=00000000T000000Z&X-Tos-Expires=5'],
])('%s tells no expiry', (url) => {
	expect(expiryOfSignedUrl(url)).toBeUndefined();
});

test('a signed URL tells its expiry', () => {
	const url = 'https://x/v.mp4?X-Tos-Date=20251231T233000Z&X-Tos-Expires=3600';
	expect(expiryOfSignedUrl(url)).toBe('2026-01-01T00:30:00.000Z');
});
