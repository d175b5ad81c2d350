import { Readable } from 'node:stream';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IHttpRequestOptions,
	INode,
	INodeExecutionData,
	IWebhookFunctions,
} from 'n8n-workflow';
import { withKey } from './credential.mts';

export interface Call {
	/** The address that is called, with its query. */
	url: string;
	body?: unknown;
	headers?: Record<string, string>;
	rawBody?: Buffer;
}

export interface Given {
	parameters?: IDataObject;
	/** What the paused node was given. */
	items?: INodeExecutionData[];
	credential: ICredentialDataDecryptedObject;
	call: Call;
	/** How the key goes along; by default as the made-up vendor takes it. */
	sign?: typeof withKey;
}

const node: INode = {
	id: 'node',
	name: 'Seedance',
	type: 'n8n-nodes-seedance.seedanceTextToVideo',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

async function request({ url, method, headers, body, encoding }: IHttpRequestOptions) {
	const answer = await fetch(url, {
		method,
		headers: headers as Record<string, string>,
		body: body as string | undefined,
	});
	return {
		statusCode: answer.status,
		headers: Object.fromEntries(answer.headers),
		body:
			encoding === 'stream'
				? Readable.from(Buffer.from(await answer.arrayBuffer()))
				: await answer.text(),
	};
}

/** As much of n8n's webhook context as a call needs, and what is answered through it. */
export function webhookContext({
	parameters = {},
	items = [],
	credential,
	call,
	sign = withKey,
}: Given) {
	const answered: { status?: number; body?: unknown } = {};
	const response = {
		status(code: number) {
			answered.status = code;
			return response;
		},
		json(body: unknown) {
			answered.body = body;
			return response;
		},
	};
	const logger = { info() {}, warn() {}, error() {}, debug() {} };
	const { body = {}, headers = {}, rawBody } = call;
	const context = {
		evaluateExpression: () => items,
		getCredentials: () => Promise.resolve(credential),
		getNode: () => node,
		getNodeParameter: (name: string, fallback?: unknown) => parameters[name] ?? fallback,
		getNodeWebhookUrl: () => new URL(call.url).origin + new URL(call.url).pathname,
		getExecutionId: () => '1',
		getWorkflow: () => ({ id: 'workflow', name: 'Workflow', active: true }),
		getWorkflowStaticData: () => ({}),
		getQueryData: () => Object.fromEntries(new URL(call.url).searchParams),
		getBodyData: () => body,
		getHeaderData: () => headers,
		getRequestObject: () => ({ rawBody: rawBody ?? Buffer.from(JSON.stringify(body)) }),
		getResponseObject: () => response,
		logger,
		helpers: {
			prepareBinaryData: async (stream: Readable, fileName: string, mimeType: string) => {
				const chunks = await stream.toArray();
				const data = Buffer.concat(chunks).toString('base64');
				return { data, fileName, mimeType };
			},
			httpRequest: request,
			httpRequestWithAuthentication: (_type: string, options: IHttpRequestOptions) =>
				request(sign(options, String(credential.apiKey))),
		},
	};
	return { context: context as unknown as IWebhookFunctions, answered };
}
