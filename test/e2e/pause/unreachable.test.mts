import type { ServerResponse } from 'node:http';
import type { Execution } from '../../../lab/n8nClient.mts';
import { openStage, type Stage } from '../stage.mts';
import { rowsOf, startTextRun } from '../workflows.mts';
import { pausedRun, startInProduction } from './pausedRuns.mts';
import { useServer } from '../../servers.mts';

/** Stands where WEBHOOK_URL points to, in n8n's place. */
const url = useServer((_request, response) => answer(response));
let answer: (response: ServerResponse) => void;
let stage: Stage;

const deaf = (response: ServerResponse) => response.destroy();
const stranger = (response: ServerResponse) =>
	response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not Found</h1>');

beforeAll(async () => {
	stage = await openStage({ env: { WEBHOOK_URL: url() } });
});

afterAll(async () => {
	await stage?.close();
});

beforeEach(() => {
	stage.sandbox.reset();
});

async function expectToWaitInTheNode(executionId: string): Promise<void> {
	// Never parked: it goes from running to its end.
	const execution: Execution = await stage.client.waitForExecution(executionId, {
		statuses: ['waiting', 'success', 'error'],
	});
	expect(execution.status).toBe('success');
	const [run] = execution.data.resultData.runData.Seedance ?? [];
	expect(run?.hints).toMatchObject([
		{ message: expect.stringMatching(/^The node waited while running.*WEBHOOK_URL/) },
	]);
	expect(rowsOf(execution).map(({ status }) => status)).toEqual(['succeeded']);
	expect(stage.sandbox.tasks()).toHaveLength(1);
	expect(stage.sandbox.tasks()[0]?.callbackUrl).toBeUndefined();
	expect(await stage.client.executions({ status: ['waiting', 'running', 'new'] })).toEqual([]);
}

test.each([
	['reaches nothing', deaf],
	['answers 404', stranger],
])('WEBHOOK_URL %s: the node waits in the execution and says so', async (_what, how) => {
	answer = how;
	const run = pausedRun('apikley', 1);
	await expectToWaitInTheNode(await startTextRun(stage, run));
	stage.sandbox.reset();
	await expectToWaitInTheNode((await startInProduction(stage, run)).executionId);
});
