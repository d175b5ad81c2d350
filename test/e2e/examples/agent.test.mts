import type { VendorId } from '../stage.mts';
import { rowsOf, TIMEOUT_MS, useExamples } from './examples.mts';

const FILE = '07-agent-with-seedance.json';

const examples = useExamples();

/** Says something in the published chat; gives what the agent answers, and the execution. */
async function chat(vendor: VendorId | undefined, chatInput: string) {
	const { client } = examples.stage;
	const { id, webhookId } = await examples.create(FILE, {
		vendor,
		parameters: { 'When chat message received': { public: true } },
	});
	await client.activate(id);
	const body = { action: 'sendMessage', sessionId: 'one', chatInput };
	const response = await client.callWebhook(`${webhookId}/chat`, { body });
	expect(response.status).toBe(200);
	const answer = (await response.json()) as { output: string };
	const executionId = await client.waitForNewExecution(id);
	return { output: answer.output, execution: await examples.succeeded(executionId) };
}

describe.each<[VendorId | undefined, string]>([
	[undefined, 'aimlapi'],
	['volcengine', 'volcengine'],
])('07, %s (%s)', (vendor, provider) => {
	test(
		'the agent orders one video with the words of the chat and answers with its address',
		async () => {
			const prompt = `A paper boat on a pond, ${provider}`;
			const { output, execution } = await chat(vendor, prompt);
			expect(examples.vendorsAskedFor(prompt)).toEqual([provider]);
			const [task] = examples.stage.sandbox
				.tasks()
				.filter(({ input }) => JSON.stringify(input).includes(prompt));
			expect(output).toContain('.mp4');
			expect(output).toContain(encodeURIComponent(String(task?.taskId)));
			expect(JSON.stringify(task?.input)).toContain('16:9');
			expect(rowsOf(execution, 'AI Agent')).toMatchObject([{ output }]);
		},
		TIMEOUT_MS,
	);

	test(
		'the agent is told in words why there is no video, and does not order again',
		async () => {
			const prompt = `[fail] A boat that sinks, ${provider}`;
			const { output } = await chat(vendor, prompt);
			expect(output).toContain('could not generate the video');
			expect(examples.vendorsAskedFor(prompt)).toEqual([provider]);
		},
		TIMEOUT_MS,
	);
});
