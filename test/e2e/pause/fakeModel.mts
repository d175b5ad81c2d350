import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

interface ChatMessage {
	role: string;
	content?: unknown;
}

export interface FakeModel {
	/** Speaks as much of OpenAI's API as n8n's chat model node needs. */
	baseUrl: string;
	/** What tools answered, as the model was told. */
	toolAnswers: string[];
	close(): Promise<void>;
}

/** A model that calls the first tool it is given once, and then says that it is done. */
export async function startFakeModel(prompt: string): Promise<FakeModel> {
	const toolAnswers: string[] = [];
	const server = createServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
		const text = Buffer.concat(chunks).toString();
		const body = (text ? JSON.parse(text) : {}) as {
			messages?: ChatMessage[];
			tools?: Array<{ function: { name: string } }>;
		};
		const answers = (body.messages ?? []).filter(({ role }) => role === 'tool');
		toolAnswers.push(...answers.map(({ content }) => JSON.stringify(content)));
		const call = {
			id: 'call_1',
			type: 'function',
			function: {
				name: body.tools?.[0]?.function.name ?? '',
				arguments: JSON.stringify({ Prompt: prompt }),
			},
		};
		const message =
			answers.length > 0
				? { role: 'assistant', content: 'Your video is there.' }
				: { role: 'assistant', content: null, tool_calls: [call] };
		response.writeHead(200, { 'content-type': 'application/json' });
		response.end(
			JSON.stringify({
				id: 'chatcmpl-1',
				object: 'chat.completion',
				created: 0,
				model: 'fake',
				choices: [
					{
						index: 0,
						message,
						finish_reason: answers.length > 0 ? 'stop' : 'tool_calls',
					},
				],
				usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
			}),
		);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
		toolAnswers,
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
