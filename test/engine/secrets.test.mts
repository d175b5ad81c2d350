import type { FaultEffect } from '../../sandbox/index.mts';
import { useBench, type Fault } from './bench.mts';
import type { NodeResult } from './harness.mts';

const bench = useBench();
const key = 'sandbox-apikley-key';
const echo = `Bearer ${key} is not good enough`;

function expectNoKey(result: NodeResult) {
	const { run, error, items, errorItems, nodeContext } = result;
	expect(JSON.stringify({ run, error, items, errorItems, nodeContext })).not.toContain(key);
	// What JSON leaves out: the text and the trace of the error.
	expect(`${error?.message} ${error?.description} ${error?.stack}`).not.toContain(key);
	expect(JSON.stringify(run)).toContain('apikley');
}

const everywhere: Array<[string, FaultEffect]> = [
	['an error of the vendor', { kind: 'http', status: 401, body: { code: 401, msg: echo } }],
	['an error page', { kind: 'http', status: 503, body: `<html>${echo}</html>` }],
	['an error in HTTP 200', { kind: 'bodyCode', code: 422, message: echo }],
	['an answer of another shape', { kind: 'http', status: 200, body: { [key]: echo } }],
	['a cut connection', { kind: 'reset' }],
	['no answer', { kind: 'hang' }],
	['broken JSON', { kind: 'malformedJson' }],
];

const modes = [undefined, 'continueRegularOutput', 'continueErrorOutput'] as const;
const operations: Array<NonNullable<Fault['operation']>> = ['create', 'status'];

describe.each(operations)('at %s', (operation) => {
	describe.each(everywhere)('%s', (_, effect) => {
		test.each(modes)('with onError %s', async (onError) => {
			bench.fault({ operation, effect });
			const result = await bench.run({ onError, parameters: { options: { timeout: 1 } } });
			expect(result.status).toBe(onError === undefined ? 'error' : 'success');
			expectNoKey(result);
		});
	});
});

test('the reason of a failed task', async () => {
	bench.fault({ operation: 'create', effect: { kind: 'failTask', message: echo, code: key } });
	const result = await bench.run({ parameters: { simplify: false } });
	expect(result.error?.message).toContain('could not generate the video: Bearer ***');
	expectNoKey(result);
});

test('the vendor’s whole answer in the row', async () => {
	const taskId = 'task';
	const record = {
		taskId,
		state: 'success',
		resultJson: JSON.stringify({ resultUrls: [`${bench.sandbox().url}/media/${key}.mp4`] }),
		param: JSON.stringify({ headers: { authorization: `Bearer ${key}` } }),
	};
	const body = { code: 200, message: 'success', data: record };
	bench.fault({ operation: 'status', effect: { kind: 'http', status: 200, body } });
	const result = await bench.run({
		type: 'seedanceTask',
		parameters: { operation: 'get', taskId, simplify: false, downloadVideo: false },
	});
	expect(JSON.stringify(result.items[0]?.json.raw)).toContain('Bearer ***');
	expectNoKey(result);
});

test('a video that cannot be downloaded', async () => {
	bench.fault({ operation: 'media', effect: { kind: 'http', status: 403, body: echo } });
	const result = await bench.run({ parameters: { downloadVideo: true } });
	expect(result.status).toBe('error');
	expectNoKey(result);
});

test('a base URL where nobody listens', async () => {
	const seedanceApikleyApi = { apiKey: key, baseUrl: 'http://127.0.0.1:1' };
	const result = await bench.run({
		credentials: { seedanceApikleyApi },
		parameters: { options: { timeout: 1 } },
	});
	expect(result.status).toBe('error');
	expectNoKey(result);
});
