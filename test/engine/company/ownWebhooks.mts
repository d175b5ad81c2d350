import type { IDataObject, IWorkflowBase } from 'n8n-workflow';
import type { NodeResult, SurroundingN8n } from '../harness.mts';
import { useServer } from '../../servers.mts';

export interface StartedWorkflow {
	workflow: IWorkflowBase;
	items: IDataObject[];
}

/** An n8n that reaches its own webhooks and starts what the node asks for, for all tests of a file. */
export function useOwnWebhooks() {
	const url = useServer((request, response) => {
		request.resume();
		const message = 'The execution "1" is running already.';
		response.writeHead(409, { 'content-type': 'application/json' });
		response.end(JSON.stringify({ message }));
	});
	const started: StartedWorkflow[] = [];
	beforeEach(() => {
		started.length = 0;
	});
	const n8n = (): SurroundingN8n => ({
		webhookWaitingUrl: `${url()}/webhook-waiting`,
		startExecution: (workflow, items) => void started.push({ workflow, items }),
	});
	return { n8n, started };
}

export const hintsOf = ({ run: { data } }: NodeResult) =>
	data.resultData.runData.Seedance?.flatMap(({ hints = [] }) =>
		hints.map(({ message }) => message),
	) ?? [];
