import type { INode, Logger } from 'n8n-workflow';
import type { Problem } from '../../../nodes/shared/domain/problem';
import { printable } from '../../../nodes/shared/domain/words';
import { isTaskId } from '../../../nodes/shared/domain/task';
import { logOf } from '../../../nodes/shared/n8n/log';
import { toNodeError } from '../../../nodes/shared/n8n/settle';
import { toErrorRow } from '../../../nodes/shared/tasks/row';

/** A vendor's task ID that would be a line of the log by itself, and hide the one before. */
const forged = 'x\r\n2026-11-30 | info | fal accepted task forged\u001b[2K\u2028\u202ey\0z';
const lineEnds = /[\p{Cc}\p{Zl}\p{Zp}\u202e]/u;

test('letters of all languages stay, what cannot be seen goes', () => {
	expect(printable('Ein Bötchen – 纸船 🎬 👩‍🚀')).toBe('Ein Bötchen – 纸船 🎬 👩‍🚀');
	expect(printable(forged)).toBe('x 2026-11-30 | info | fal accepted task forged [2K y z');
});

test.each(['debug', 'info', 'warn', 'error'] as const)('a line of the log is one: %s', (level) => {
	const lines: unknown[][] = [];
	const logger = { [level]: (...line: unknown[]) => lines.push(line) } as unknown as Logger;
	logOf({ logger })[level](`accepted ${forged}`, { error: forged });
	logOf({ logger })[level](forged);
	expect(lines).toHaveLength(2);
	for (const text of JSON.stringify(lines).split('"')) {
		expect(text).not.toMatch(/\\[nru]|\u2028|\u202e/);
	}
});

test('so is an error, and what a row says of it; its task stays itself', () => {
	const node: INode = {
		id: 'n',
		name: 'n',
		type: 'n',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
	const problem: Problem = {
		kind: 'generationFailed',
		message: forged,
		description: forged,
		code: 'failed',
		taskId: forged,
	};
	const error = toNodeError(node, problem, 0, forged);
	expect(error.message).not.toMatch(lineEnds);
	expect(error.description).not.toMatch(lineEnds);
	const row = toErrorRow(problem, { provider: 'fal', model: 'm' });
	expect(row.taskId).toBe(forged);
	expect(JSON.stringify({ ...row, taskId: undefined })).not.toMatch(/\\[nru]|\u2028|\u202e/);
});

test.each([
	['3f1c:bytedance/seedance-1-0-lite-i2v', true],
	['cgt-2026', true],
	['a..b', true],
	['', false],
	['.', false],
	['..', false],
	['a b', false],
	['a\nb', false],
	['ä', false],
	['x'.repeat(257), false],
])('%j can be a task: %j', (text, isOne) => {
	expect(isTaskId(text)).toBe(isOne);
});
