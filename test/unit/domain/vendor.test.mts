import type { Fault } from '../../../nodes/shared/domain/fault';
import { fail, ok } from '../../../nodes/shared/domain/result';
import {
	converse,
	readOrderAnswer,
	reading,
	type Dialogue,
	type Transport,
} from '../../../nodes/shared/domain/vendor';
import { answer } from '../helpers.mts';

const fault: Fault = { kind: 'noAnswer', message: 'no', certainlyNotTaken: false };

/** Answers each request with its own URL; none from the request of that number on. */
function transport(answered = Infinity) {
	const reads: Array<[url: string, timeoutMs: number | undefined]> = [];
	const read: Transport['read'] = async ({ url }, timeoutMs) => {
		reads.push([url, timeoutMs]);
		return await Promise.resolve(reads.length > answered ? fail(fault) : ok(answer(url)));
	};
	return { reads, read };
}

function* ask(...urls: string[]): Dialogue<unknown[]> {
	const bodies: unknown[] = [];
	for (const url of urls) bodies.push((yield { method: 'GET', url }).body);
	return ok(bodies);
}

test('a dialogue is given the answer to each of its requests', async () => {
	const { reads, read } = transport();
	expect(await converse({ read }, ask('/a', '/b', '/c'), 7)).toEqual(ok(['/a', '/b', '/c']));
	expect(reads).toEqual([
		['/a', 7],
		['/b', 7],
		['/c', 7],
	]);
});

test('one without a request needs no network', async () => {
	const { reads, read } = transport();
	expect(await converse({ read }, ask())).toEqual(ok([]));
	expect(reads).toEqual([]);
});

test('a request without an answer ends it with the network’s fault', async () => {
	const { reads, read } = transport(1);
	expect(await converse({ read }, ask('/a', '/b', '/c'))).toEqual(fail(fault));
	expect(reads.map(([url]) => url)).toEqual(['/a', '/b']);
});

test('an answer over which the vendor’s code stumbles is one that cannot be read', async () => {
	const { read } = transport();
	const stumble = (): never => {
		throw new RangeError('Maximum call stack size exceeded');
	};
	function* stumbling(): Dialogue<never> {
		yield { method: 'GET', url: '/a' };
		return stumble();
	}
	const expected = fail({
		kind: 'unreadableAnswer',
		message: 'The answer could not be read: Maximum call stack size exceeded',
		certainlyNotTaken: false,
	});
	expect(await converse({ read }, stumbling())).toEqual(expected);
	expect(reading(stumble)).toEqual(expected);
});

describe('the request ID of the answer that told a fault', () => {
	const faultAfter = async (headers: Record<string, string>) => {
		function* refused(): Dialogue<never> {
			yield { method: 'GET', url: '/a' };
			return fail(fault);
		}
		const read = async () => await Promise.resolve(ok({ ...answer({}), headers }));
		return await converse({ read }, refused());
	};

	test.each([
		'x-inference-id',
		'x-fal-request-id',
		'x-request-id',
		'request-id',
		'x-generation-id',
		'x-tt-logid',
		'cf-ray',
	])('is read from %s', async (name) => {
		expect(await faultAfter({ [name]: '0217a-B_c.d:e' })).toEqual(
			fail({ ...fault, requestId: '0217a-B_c.d:e' }),
		);
	});

	test('the vendor’s own comes before that of what stands in front', async () => {
		const headers = { 'cf-ray': 'ray', 'x-client-request-id': 'ours', 'x-request-id': 'own' };
		expect(await faultAfter(headers)).toEqual(fail({ ...fault, requestId: 'own' }));
	});

	test.each(['', 'two words', '<b>', 'a\nb', 'x'.repeat(201)])('%j is none', async (id) => {
		expect(await faultAfter({ 'x-request-id': id })).toEqual(fail(fault));
	});

	test('of an order, as of everything else', () => {
		const refusing = { readCreated: () => fail(fault) };
		const given = { ...answer({}), headers: { 'x-request-id': 'r1' } };
		expect(readOrderAnswer(refusing, given)).toEqual(fail({ ...fault, requestId: 'r1' }));
		expect(readOrderAnswer(refusing, answer({}))).toEqual(fail(fault));
	});
});
