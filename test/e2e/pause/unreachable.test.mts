import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Execution } from '../../../lab/n8nClient.mts';
import { openStage, type Stage } from '../stage.mts';
import { rowsOf, startTextRun } from '../workflows.mts';
import { pausedRun, startInProduction } from './pausedRuns.mts';

/** Stands where WEBHOOK_URL points to, in n8n's place. */
let server: Server;
let answer: (response: ServerResponse) => void;
let stage: Stage;

const deaf = (response: ServerResponse) => response.destroy();
const stranger = (response: ServerResponse) =>
	response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not Found</h1>');

beforeAll(async () => {
	server = createServer((_request, response) => answer(response));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	stage = await openStage({ env: { WEBHOOK_URL: `http://127.0.0.1:${port}` } });
});

afterAll(async () => {
	server?.close();
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
