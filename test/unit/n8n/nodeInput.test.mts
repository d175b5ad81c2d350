import { Readable } from 'node:stream';
import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import { openInput } from '../../../nodes/shared/n8n/nodeInput';

const stored: IBinaryData = { id: 'filesystem-v2:1', data: 'filesystem-v2', mimeType: 'image/png' };
const bytes = Buffer.from('the bytes of a picture');

/** n8n's context, as far as a node reads its input there. */
function open(parts: object = {}) {
	const asked: unknown[][] = [];
	const noting =
		<T,>(answer: T) =>
		(...given: unknown[]) => {
			asked.push(given);
			return answer;
		};
	const context = {
		getNodeParameter: noting('a value'),
		getNode: () => ({ type: 'seedanceTask', parameters: { prompt: '={{ $json.text }}' } }),
		isToolExecution: () => false,
		addExecutionHints: noting(undefined),
		helpers: {
			assertBinaryData: noting(stored),
			getBinaryMetadata: async () => await Promise.resolve({ fileSize: bytes.length }),
			getBinaryStream: async () => await Promise.resolve(Readable.from([bytes])),
			createBinarySignedUrl: noting('https://n8n.example.com/rest/signed'),
		},
		...parts,
	};
	return { input: openInput(context as unknown as IExecuteFunctions), asked };
}

test('a parameter is read when it is asked for, with what stands in for it', () => {
	const { input, asked } = open();
	expect(asked).toEqual([]);
	expect(input.parameter('prompt', 2, 'none')).toBe('a value');
	expect(asked).toEqual([['prompt', 2, 'none']]);
	expect(input.written()).toEqual({ prompt: '={{ $json.text }}' });
});

test('what n8n throws for an expression is thrown where it is asked for', () => {
	const getNodeParameter = () => {
		throw new Error('[expression failed]');
	};
	const { input } = open({ getNodeParameter });
	expect(() => input.parameter('prompt', 0)).toThrow('[expression failed]');
});

test('a link to a file works for three days', () => {
	const { input, asked } = open();
	expect(input.linkTo(stored)).toBe('https://n8n.example.com/rest/signed');
	expect(asked).toEqual([[stored, '3 days']]);
});

test('a stored file is read as often as it is opened', async () => {
	const { input } = open();
	const file = await input.toOpen(input.fileIn(1, 'photo'));
	expect(file.size).toBe(bytes.length);
	for (const time of ['first', 'second']) {
		const read: Uint8Array[] = [];
		for await (const chunk of await file.open()) read.push(chunk);
		expect([time, Buffer.concat(read)]).toEqual([time, bytes]);
	}
});

test('a hint stands beside the output', () => {
	const { input, asked } = open();
	input.hint('Look here');
	input.hint('Mind this', 'warning');
	expect(asked).toEqual([
		[{ message: 'Look here', type: 'info', location: 'outputPane' }],
		[{ message: 'Mind this', type: 'warning', location: 'outputPane' }],
	]);
});

test.each([
	['seedanceTask', false, false],
	['seedanceTask', true, true],
	['seedanceTaskTool', false, true],
])('%s (an agent’s tool: %j) is given the words of a model: %j', (type, isTool, expected) => {
	const { input } = open({ getNode: () => ({ type }), isToolExecution: () => isTool });
	expect(input.runsAsTool()).toBe(expected);
});
