import type { FaultKind } from '../../../nodes/shared/domain/fault';
import type { VendorResponse } from '../../../nodes/shared/domain/vendor';
import { vendors } from '../../../sandbox/types.mts';
import { kits } from '../../vendors/index.mts';
import { recordedOf } from '../../vendors/recorded.mts';
import { answer, errorOf, expectNoVideoYet, outcomeOf, providerOf, valueOf } from '../helpers.mts';

const said = 'In its own words';

const meanings: Readonly<Record<number, FaultKind>> = {
	400: 'invalidInput',
	401: 'unauthorized',
	402: 'insufficientCredits',
	403: 'forbidden',
	404: 'notFound',
	405: 'rejected',
	408: 'noAnswer',
	409: 'conflict',
	413: 'invalidInput',
	422: 'invalidInput',
	429: 'rateLimited',
	500: 'serverError',
	502: 'serverError',
	503: 'serverError',
	504: 'serverError',
};
const refusals = [400, 401, 402, 403, 404, 405, 413, 422, 429];

const codes = vendors.flatMap((id) => (kits[id].codes ?? []).map((row) => [id, ...row] as const));

test.each(codes)(
	'%s: the code %i in an answer of HTTP 200 means %s, certainly not taken: %p',
	(id, code, kind, certainlyNotTaken) => {
		const { vendor } = providerOf(id);
		expect(errorOf(vendor.readCreated(answer(kits[id].refusal(code, said))))).toStrictEqual({
			kind,
			message: said,
			vendorCode: String(code),
			httpStatus: 200,
			certainlyNotTaken,
		});
	},
);

describe.each(vendors)('%s', (id) => {
	const { vendor } = providerOf(id);
	const { refusal, refusalCodes = [], meansBy = {}, namesTask, words, speech } = kits[id];
	const look = (...answers: VendorResponse[]) =>
		outcomeOf(vendor.look({ taskId: 'x', modelId: 'owner/app/path' }), ...answers);

	describe('an order', () => {
		test.each([200, 201, 202, 400, 422, 500, 504])(
			'is taken by HTTP %i with an ID',
			(httpStatus) => {
				const body = namesTask('named');
				const created = valueOf(vendor.readCreated(answer(body, httpStatus)));
				expect(created).toMatchObject({ taskId: 'named', raw: body });
				expect(created).not.toHaveProperty('failure');
			},
		);

		const [created] = recordedOf(id).filter(({ read }) => read.readCreated?.ok);
		const named = JSON.stringify(
			valueOf(vendor.readCreated(answer(created?.answers[0]?.body))).taskId,
		);
		const withId = (taskId: unknown): unknown =>
			JSON.parse(
				JSON.stringify(created?.answers[0]?.body).replaceAll(named, JSON.stringify(taskId)),
			);

		test.each([
			['no JSON', undefined],
			['nothing in it', {}],
			['a list', []],
			['an empty ID', withId('')],
			['an ID that is no text', withId(7)],
		])('may have been taken by a success with %s', (_, body) => {
			expect(errorOf(vendor.readCreated(answer(body)))).toMatchObject({
				kind: 'unreadableAnswer',
				certainlyNotTaken: false,
			});
		});
	});

	describe.each([
		['an order', (response: VendorResponse) => vendor.readCreated(response)],
		['a look', (response: VendorResponse) => look(response)],
	])('%s that is refused', (_, read) => {
		test.each(Object.entries({ ...meanings, ...meansBy }))('with HTTP %s: %s', (status, kind) => {
			const httpStatus = Number(status);
			expect(errorOf(read(answer(refusal(httpStatus, said), httpStatus)))).toStrictEqual({
				kind,
				message: said,
				vendorCode: status,
				httpStatus,
				certainlyNotTaken: [...refusals, ...refusalCodes].includes(httpStatus),
			});
		});

		test.each([
			[401, 'unauthorized'],
			[403, 'forbidden'],
			[404, 'notFound'],
			[429, 'rateLimited'],
			[502, 'serverError'],
		])('by a gateway with HTTP %i: %s, in its own words', (httpStatus, kind) => {
			expect(errorOf(read(answer(undefined, httpStatus)))).toMatchObject({
				kind,
				message: '<html>',
				httpStatus,
			});
		});

		test('without words: the answer itself', () => {
			expect(errorOf(read(answer({}, 402)))).toMatchObject({
				kind: 'insufficientCredits',
				message: '{}',
			});
		});

		test('keeps when to come again', () => {
			const response = { ...answer(refusal(429, said), 429), retryAfterMs: 3000 };
			expect(errorOf(read(response)).retryAfterMs).toBe(3000);
		});
	});

	describe('a look', () => {
		test.each([[undefined], [{}], [[]], ['done']])('cannot be read from %j', (body) => {
			expect(errorOf(look(answer(body))).kind).toBe('unreadableAnswer');
		});

		test.each(Object.entries(words))('at a task whose word is %s: %s', (word, status) => {
			const report = valueOf(look(...speech.say(word, speech.result(['https://v']))));
			expect(report).toMatchObject({ taskId: 'x', status });
			expect(report).not.toHaveProperty('unknownStatus');
			expect('videoUrl' in report).toBe(status === 'succeeded');
		});

		test.each([null, [], {}, '', ...['', null, [], ['']].map(speech.result)])(
			'at a task that is finished with %j has no video yet',
			(held) => {
				expectNoVideoYet(valueOf(look(...speech.say(speech.success, held))));
			},
		);
	});
});
