import { outputOf, type Execution } from '../../../lab/n8nClient.mts';
import { startOpenAiStandIn, type OpenAiStandIn } from '../../../lab/openAiStandIn.mts';
import { agentWorkflow } from '../agentWorkflow.mts';
import { useSharedStage } from '../stage.mts';
import { FINISH_TIMEOUT_MS } from './pausedRuns.mts';
import { finishedExecution } from '../workflows.mts';

const PROMPT = 'a paper boat on a pond';

const stage = useSharedStage({ sandbox: { generationMs: 8_000 } });
let openAi: OpenAiStandIn;
let execution: Execution;

beforeAll(async () => {
	openAi = await startOpenAiStandIn();
	const workflow = await agentWorkflow(stage, openAi, PROMPT, { completion: 'pause' });
	const { id } = await stage.client.createWorkflow(workflow);
	const executionId = await stage.client.runManually(id);
	execution = await finishedExecution(stage, executionId, FINISH_TIMEOUT_MS);
}, FINISH_TIMEOUT_MS + 240_000);

afterAll(async () => {
	await openAi?.close();
});

test('an agent waits for its video in the database and then goes on', () => {
	expect(execution.data.resultData.error).toBeUndefined();
	expect(execution.status).toBe('success');
	expect(outputOf(execution, 'Agent').map(({ json }) => json.output)).toEqual([
		expect.stringMatching(/^Your video: http.+\.mp4/),
	]);
});

test('the model is told the finished video', () => {
	const [task, ...others] = stage.sandbox.tasks();
	expect(others).toEqual([]);
	expect(task?.input.prompt).toBe(PROMPT);
	expect(openAi.toolAnswers).toHaveLength(1);
	expect(openAi.toolAnswers[0]).toContain(task?.taskId);
	expect(openAi.toolAnswers[0]).toContain('succeeded');
});
