import { outputOf, type Execution, type WorkflowNode } from '../../../lab/n8nClient.mts';
import { send, successBody } from '../callbacks/send.mts';
import { createChain, manualTrigger, seedanceNode, setNode, useStage } from '../stage.mts';
import { finishedExecution, textModels } from '../workflows.mts';
import { FINISH_TIMEOUT_MS, untilNoneIsHidden, untilParked, type Started } from './pausedRuns.mts';

const REPLAYS = 3;
const WAIT_SECONDS = 70;

/** Of its own: in an n8n in which many wait, the pollers come to their end later. */
const stage = useStage();
let approval: Started;
let delay: Started;

const wait = (parameters: Record<string, unknown>): WorkflowNode => ({
	name: 'Wait',
	type: 'n8n-nodes-base.wait',
	typeVersion: 1.1,
	position: [800, 0],
	webhookId: 'the-wait-of-the-user',
	parameters,
});

/** Asks somebody, makes the video, waits, publishes. */
async function start(prompt: string, waitNode: WorkflowNode): Promise<Started> {
	const ask = setNode('Ask', '={{ { url: $execution.resumeUrl } }}');
	const seedance = seedanceNode(stage, 'apikley', {
		model: textModels.apikley,
		prompt,
		completion: 'pause',
	});
	const nodes = [manualTrigger, ask, seedance, waitNode, setNode('Publish', { published: 'yes' })];
	const workflowId = await createChain(stage, prompt, nodes);
	return { workflowId, executionId: await stage.client.runManually(workflowId) };
}

beforeAll(async () => {
	approval = await start('a film to approve', wait({ resume: 'webhook', httpMethod: 'POST' }));
	delay = await start('a film to hold back', wait({ amount: WAIT_SECONDS, unit: 'seconds' }));
}, FINISH_TIMEOUT_MS);

const runsOf = ({ data }: Execution, node: string) => data.resultData.runData[node] ?? [];

/** Waits until Seedance has delivered and the execution waits again, at the node behind it. */
async function untilDelivered({ executionId }: Started): Promise<Execution> {
	const deadline = Date.now() + FINISH_TIMEOUT_MS;
	for (;;) {
		const execution = await stage.client.waitForExecution(executionId, { statuses: ['waiting'] });
		if (runsOf(execution, 'Wait').length > 0) return execution;
		if (Date.now() > deadline) throw new Error('The video was not delivered');
	}
}

const taskOf = (prompt: string) => {
	const task = stage.sandbox.tasks().find(({ input }) => input.prompt === prompt);
	if (task === undefined) throw new Error(`Nobody ordered ${prompt}`);
	return task;
};

test(
	'a Wait node of the user really waits',
	async () => {
		const execution = await finishedExecution(stage, delay.executionId, FINISH_TIMEOUT_MS);
		expect(execution.status).toBe('success');
		const [seedance] = runsOf(execution, 'Seedance');
		const [publish, ...more] = runsOf(execution, 'Publish');
		expect(more).toEqual([]);
		// From the moment at which the video was ready, which is before its delivery.
		const waitedMs = Number(publish?.startTime) - taskOf('a film to hold back').finishesAt;
		expect(seedance?.executionStatus).toBe('success');
		expect(waitedMs).toBeGreaterThanOrEqual(WAIT_SECONDS * 1000);
	},
	FINISH_TIMEOUT_MS,
);

test(
	'neither repeated callbacks of the vendor nor the last rings of the pollers give an approval',
	async () => {
		const before = await untilDelivered(approval);
		const { callbackUrl, taskId } = taskOf('a film to approve');
		const answers: number[] = [];
		for (let replay = 0; replay < REPLAYS; replay++) {
			answers.push(await send({ url: String(callbackUrl), body: successBody(taskId) }));
		}
		expect(answers).toEqual(answers.map(() => 404));
		await untilNoneIsHidden(stage, approval);
		answers.push(await send({ url: String(callbackUrl), body: successBody(taskId) }));
		expect(answers.at(-1)).toBe(404);

		await untilParked(stage, approval.executionId);
		const after = await stage.client.execution(approval.executionId);
		expect(after.data).toEqual(before.data);
		expect(runsOf(after, 'Publish')).toEqual([]);

		const [ask] = outputOf(after, 'Ask');
		expect(await send({ url: String(ask?.json.url), body: { approved: true } })).toBe(200);
		const approved = await stage.client.waitForExecution(approval.executionId);
		expect(approved.status).toBe('success');
		expect(runsOf(approved, 'Publish')).toHaveLength(1);
		expect(outputOf(approved, 'Seedance')).toMatchObject([
			{ json: { taskId, status: 'succeeded' }, binary: { data: { fileName: `${taskId}.mp4` } } },
		]);
	},
	FINISH_TIMEOUT_MS + 60_000,
);
