import type { IExecuteFunctions } from 'n8n-workflow';
import { keepPlaceOfAgents, standAlone } from '../../../nodes/shared/n8n/stackEntry';

test('the entry at work gets a node of its own', () => {
	const node = { name: 'Seedance' };
	const [own, other] = [{ node }, { node }];
	standAlone({ getExecuteData: () => own } as unknown as IExecuteFunctions);
	expect(own.node).toEqual(node);
	expect(own.node).not.toBe(other.node);
});

describe('An agent whose tool pauses', () => {
	const entry = (name: string, metadata?: object) => ({ node: { name }, metadata });
	const around = (runData: object) => ({
		runExecutionData: {
			resultData: { runData },
			executionData: {
				nodeExecutionStack: [
					entry('Seedance', { preserveSourceOverwrite: true }),
					entry('Agent', { nodeWasResumed: true }),
					entry('Not yet'),
				],
			},
		},
	});

	test('is known to have begun, and nobody else', () => {
		const runData = {};
		keepPlaceOfAgents(around(runData));
		expect(runData).toEqual({ Agent: [] });
	});

	test('keeps the runs that it has', () => {
		const runData = { Agent: [{ startTime: 1 }] };
		keepPlaceOfAgents(around(runData));
		expect(runData).toEqual({ Agent: [{ startTime: 1 }] });
	});

	test.each([
		{},
		{ runExecutionData: undefined },
		{ runExecutionData: { resultData: {} } },
		{ runExecutionData: { resultData: { runData: {} }, executionData: {} } },
		{
			runExecutionData: {
				resultData: { runData: {} },
				executionData: { nodeExecutionStack: [null, {}, { node: 1, metadata: 1 }] },
			},
		},
	])('is left alone where n8n keeps it otherwise: %j', (context) => {
		expect(() => keepPlaceOfAgents(context)).not.toThrow();
	});
});
