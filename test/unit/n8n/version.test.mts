import type { IExecuteFunctions } from 'n8n-workflow';
import { readCompletion } from '../../../nodes/shared/lifecycle/completion';
import { canPark } from '../../../nodes/shared/n8nVersion';

function contextWith(completion: unknown) {
	const hints: string[] = [];
	const context = {
		getNodeParameter: () => completion,
		addExecutionHints: ({ message }: { message: string }) => hints.push(message),
	};
	return { context: context as unknown as IExecuteFunctions, hints };
}

test.each([
	['1.123.0', false],
	['2.0.0', false],
	['2.29.3', false],
	['2.30.0', true],
	['2.41.0', true],
	['3.0.0', true],
])('n8n-workflow %s can park: %s', (version, expected) => {
	expect(canPark(version)).toBe(expected);
});

test.each(['wait', 'pause', 'notify', 'submit'])('%s is taken as chosen', (completion) => {
	const { context, hints } = contextWith(completion);
	expect(readCompletion(context, true)).toBe(completion);
	expect(hints).toEqual([]);
});

test('an n8n that cannot park waits in the node and says why', () => {
	const { context, hints } = contextWith('pause');
	expect(readCompletion(context, false)).toBe('wait');
	expect(hints).toEqual([expect.stringContaining('older than 2.30')]);
});

test('notify needs no parking of its own execution', () => {
	const { context, hints } = contextWith('notify');
	expect(readCompletion(context, false)).toBe('notify');
	expect(hints).toEqual([]);
});
