import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDataObject, IWorkflowBase } from 'n8n-workflow';
import type { NodeResult, SurroundingN8n } from '../harness.mts';

export interface StartedWorkflow {
	workflow: IWorkflowBase;
	items: IDataObject[];
}

/** An n8n that reaches its own webhooks and starts what the node asks for, for all tests of a file. */
export function useOwnWebhooks() {
	const server = createServer((request, response) => {
		request.resume();
		const message = 'The execution "1" is running already.';
		response.writeHead(409, { 'content-type': 'application/json' });
		response.end(JSON.stringify({ message }));
	});
	const started: StartedWorkflow[] = [];
	beforeAll(async () => {
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	});
	beforeEach(() => {
		started.length = 0;
	});
	afterAll(() => {
		server.closeAllConnections();
		server.close();
	});
	const n8n = (): SurroundingN8n => ({
		webhookWaitingUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook-waiting`,
		startExecution: (workflow, items) => void started.push({ workflow, items }),
	});
	return { n8n, started };
}

export const hintsOf = ({ run: { data } }: NodeResult) =>
	data.resultData.runData.Seedance?.flatMap(({ hints = [] }) =>
		hints.map(({ message }) => message),
	) ?? [];
