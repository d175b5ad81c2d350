import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sampleImage, sampleSound } from '../sandbox/media/embedded.mts';

/** Who is asked when an example calls OpenAI; in the examples' files as the node writes it. */
export const OPENAI_ORIGIN = 'https://api.openai.com';

export interface OpenAiStandIn {
	/** Origin; what OpenAI's own is in the examples. */
	url: string;
	apiKey: string;
	/** What the nodes' credential takes as base URL. */
	baseUrl: string;
	/** Prompts of the pictures, oldest first. */
	pictures: string[];
	/** What was to be spoken, oldest first. */
	spoken: string[];
	/** What tools answered to the chat model, oldest first. */
	toolAnswers: string[];
	close(): Promise<void>;
}

interface ChatMessage {
	role: string;
	content?: unknown;
}

interface ApiRequest {
	prompt?: string;
	input?: string;
	response_format?: unknown;
	messages?: ChatMessage[];
	tools?: Array<{ function: { name: string } }>;
}

const API_KEY = 'stand-in-openai-key';

/** A chat model, an image model and a voice of a few lines, as far as n8n's nodes speak with OpenAI's. */
export async function startOpenAiStandIn(port = 0): Promise<OpenAiStandIn> {
	const pictures: string[] = [];
	const spoken: string[] = [];
	const toolAnswers: string[] = [];

	function answer(path: string, body: ApiRequest): object | Buffer | undefined {
		switch (path) {
			case '/v1/models':
				return { object: 'list', data: [{ id: 'gpt-4.1-mini', object: 'model' }] };
			case '/v1/images/generations':
				pictures.push(body.prompt ?? '');
				return { created: 0, data: [{ b64_json: sampleImage.toString('base64') }] };
			case '/v1/audio/speech':
				spoken.push(body.input ?? '');
				return sampleSound;
			case '/v1/chat/completions':
				return completion(body.response_format ? scriptFor(body) : reply(body, toolAnswers));
			default:
				return undefined;
		}
	}

	const server = createServer(async (request, response) => {
		const isKnown = request.headers.authorization === `Bearer ${API_KEY}`;
		const path = new URL(request.url ?? '/', 'http://localhost').pathname;
		const found = isKnown ? answer(path, await jsonOf(request)) : undefined;
		const error = { error: { message: isKnown ? 'Not found' : 'Incorrect API key provided' } };
		const isSound = Buffer.isBuffer(found);
		const contentType = isSound ? 'audio/mpeg' : 'application/json';
		response.writeHead(found ? 200 : isKnown ? 404 : 401, { 'content-type': contentType });
		response.end(isSound ? found : JSON.stringify(found ?? error));
	});
	const url = await listen(server, port);
	return {
		url,
		apiKey: API_KEY,
		baseUrl: `${url}/v1`,
		pictures,
		spoken,
		toolAnswers,
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** A script in the form that was asked for: as many scenes as the last number in the wish says. */
function scriptFor({ messages = [] }: ApiRequest): object {
	const wish = textOf(messages.findLast(({ role }) => role === 'user'));
	const count = Number(/(\d+)\D*$/.exec(wish)?.[1] ?? 1);
	const title = wish.replace(/ Scenes: \d+$/, '');
	const scenes = Array.from({ length: count }, (_, index) => ({
		say: `This is said in scene ${index + 1}.`,
		picture: `${title} Picture ${index + 1}`,
		motion: `${title} Motion ${index + 1}`,
	}));
	return { role: 'assistant', content: JSON.stringify({ title, scenes }) };
}

/** Between two things that a user wants at once, each of which is a call of the tool. */
export const AND_ALSO = ' and also: ';

/** Has the first tool make what the user says, and then passes on what it answered. */
function reply({ messages = [], tools = [] }: ApiRequest, toolAnswers: string[]): object {
	// n8n repeats each call of a turn in a message of its own in front of its answer.
	const answers = messages
		.slice(messages.findLastIndex(({ role }) => role === 'user') + 1)
		.filter(({ role }) => role === 'tool');
	if (answers.length > 0) {
		const said = answers.map((message) => {
			const told = textOf(message);
			toolAnswers.push(told);
			const [video] = /https?:\/\/[^"\\\s]+\.mp4[^"\\\s]*/.exec(told) ?? [];
			return video ? `Your video: ${video}` : `No video: ${told}`;
		});
		return { role: 'assistant', content: said.join('\n') };
	}
	const [tool] = tools;
	if (tool === undefined) return { role: 'assistant', content: 'I have no tool for that.' };
	const prompt = textOf(messages.findLast(({ role }) => role === 'user'));
	const calls = prompt.split(AND_ALSO).map((wanted, index) => ({
		id: `call_${index + 1}`,
		type: 'function',
		function: {
			name: tool.function.name,
			arguments: JSON.stringify({ Prompt: wanted, Aspect_Ratio: '16:9' }),
		},
	}));
	return { role: 'assistant', content: null, tool_calls: calls };
}

/** A message's text, which may come in parts. */
function textOf(message: ChatMessage | undefined): string {
	const { content } = message ?? {};
	if (typeof content === 'string') return content;
	if (!Array.isArray(content)) return '';
	return content.map((part) => String(Object(part).text ?? '')).join('');
}

function completion(message: object): object {
	const isCall = 'tool_calls' in message;
	return {
		id: 'chatcmpl-1',
		object: 'chat.completion',
		created: 0,
		model: 'gpt-4.1-mini',
		choices: [{ index: 0, message, finish_reason: isCall ? 'tool_calls' : 'stop' }],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	};
}

async function jsonOf(request: IncomingMessage): Promise<ApiRequest> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
	const text = Buffer.concat(chunks).toString();
	return (text ? JSON.parse(text) : {}) as ApiRequest;
}

async function listen(server: Server, port: number): Promise<string> {
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
