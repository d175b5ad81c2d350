import type { INode } from 'n8n-workflow';
import { toJson } from '../../../nodes/shared/domain/json';
import type { ItemResult } from '../../../nodes/shared/host/rows';
import type { Problem } from '../../../nodes/shared/domain/problem';
import { fail, ok } from '../../../nodes/shared/domain/result';
import {
	firstError,
	onProblemOf,
	settle,
	toItem,
	toNodeError,
} from '../../../nodes/shared/n8n/settle';

const node: INode = {
	id: '1',
	name: 'Seedance Text to Video',
	type: 'n8n-nodes-seedance.seedanceTextToVideo',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};
const origin = { provider: 'apikley', model: 'm' };

const problem: Problem = {
	message: 'Apikley could not generate the video: canceled by upstream',
	description: 'Change the prompt.',
	kind: 'generationFailed',
	code: '500',
	taskId: 'task-1',
	status: 'failed',
	httpStatus: 422,
};
const unsent: Problem = {
	message: 'Apikley did not accept the API key',
	description: 'Check the key.',
	kind: 'unauthorized',
	code: 'unauthorized',
};

const done: ItemResult = {
	itemIndex: 0,
	origin,
	result: ok({
		json: { taskId: 'task-0', status: 'succeeded' },
		binary: { data: { data: '', mimeType: 'video/mp4' } },
	}),
};
const failed: ItemResult = { itemIndex: 1, origin, result: fail(problem) };
const refused: ItemResult = { itemIndex: 2, origin, result: fail(unsent) };

describe('the error of n8n', () => {
	const error = toNodeError(node, problem, 3, 'All items: [item 3] x (failed).');

	test('names the item in the message and carries its index', () => {
		expect(error.message).toMatch(/ \[item 3\]$/);
		expect(error.context.itemIndex).toBe(3);
		expect(error.node).toBe(node);
	});

	test('never has the word in its message that marks an execution as stopped', () => {
		const shouted = toNodeError(node, { ...problem, message: 'CANCELED, canceled' }, 0);
		expect(shouted.message).toBe('cancelled, cancelled [item 0]');
		expect(error.message).toContain('cancelled by upstream');
	});

	test('describes how to go on, and what became of the other items', () => {
		expect(error.description).toBe('Change the prompt. All items: [item 3] x (failed).');
		expect(toNodeError(node, problem, 3).description).toBe('Change the prompt.');
	});

	test('keeps the vendor’s HTTP status', () => {
		expect(error.httpCode).toBe('422');
		expect(toNodeError(node, unsent, 0).httpCode).toBeNull();
	});

	test.each(['ECONNRESET', 'ETIMEDOUT', 'getaddrinfo'])(
		'keeps its message with %s in it',
		(word) => {
			const message = `Apikley could not generate the video: upstream: ${word}`;
			expect(toNodeError(node, { ...problem, message }, 0).message).toBe(`${message} [item 0]`);
		},
	);
});

describe('the first error of a run', () => {
	test('is that of the first item with a problem and names every item’s task', () => {
		const error = firstError(node, [done, failed, refused]);
		expect(error?.message).toMatch(/\[item 1\]$/);
		expect(error?.description).toBe(
			'Change the prompt. All items: [item 0] task-0 (succeeded); [item 1] task-1 (failed); [item 2] no task (unauthorized).',
		);
	});

	test('of a single item lists none, of two both', () => {
		expect(firstError(node, [failed])?.description).toBe('Change the prompt.');
		expect(firstError(node, [done, failed])?.description).toBe(
			'Change the prompt. All items: [item 0] task-0 (succeeded); [item 1] task-1 (failed).',
		);
	});

	test('is none where all went well', () => {
		expect(firstError(node, [done])).toBeUndefined();
	});
});

describe('a run’s rows', () => {
	const doneRow = {
		json: { taskId: 'task-0', status: 'succeeded' },
		binary: { data: { data: '', mimeType: 'video/mp4' } },
		pairedItem: { item: 0 },
	};
	const failure = { kind: 'generationFailed', code: '500', message: 'Change the prompt.' };
	const failedJson = {
		error: problem.message,
		taskId: 'task-1',
		...origin,
		status: 'failed',
		failure,
	};

	test('of items that went well', () => {
		expect(settle(node, [done], 'throw')).toStrictEqual([doneRow]);
		const bare = ok({ json: { taskId: 'x' } });
		expect(toItem({ itemIndex: 4, origin, result: bare }, 'row')).toStrictEqual({
			json: { taskId: 'x' },
			pairedItem: { item: 4 },
		});
	});

	test('with Continue: one per item, in order', () => {
		expect(settle(node, [done, failed], 'row')).toStrictEqual([
			doneRow,
			{ json: failedJson, pairedItem: { item: 1 } },
		]);
	});

	test('with Continue (using error output): the task’s fields in details', () => {
		const { error, ...details } = failedJson;
		expect(settle(node, [failed], 'errorOutput')).toStrictEqual([
			{ json: { error, details }, pairedItem: { item: 1 } },
		]);
	});

	test('are none where n8n is to stop', () => {
		expect(() => settle(node, [done, failed], 'throw')).toThrow('[item 1]');
	});
});

test.each([
	[{}, 'throw'],
	[{ onError: 'stopWorkflow' }, 'throw'],
	[{ onError: 'continueRegularOutput' }, 'row'],
	[{ onError: 'continueErrorOutput' }, 'errorOutput'],
	[{ continueOnFail: true }, 'row'],
	[{ continueOnFail: true, onError: 'continueErrorOutput' }, 'errorOutput'],
] as const)('a node with %j: %s', (settings, expected) => {
	expect(onProblemOf({ ...node, ...settings })).toBe(expected);
});

test('JSON through and through', () => {
	expect(toJson({ a: undefined, b: new Date(0), c: { d: undefined } })).toStrictEqual({
		b: '1970-01-01T00:00:00.000Z',
		c: {},
	});
});

test('the words of a vendor are text: a link in them leads nowhere', () => {
	const message =
		'fal did not take it: <a href="https://evil.example">renew</a>\r\nfal accepted task 7';
	const error = toNodeError(node, { ...problem, message, description: '<b>\u001b[31m' }, 0);
	expect(error.message).toBe(
		'fal did not take it: &lt;a href="https://evil.example">renew&lt;/a> fal accepted task 7 [item 0]',
	);
	expect(error.description).toBe('&lt;b> [31m');
});
