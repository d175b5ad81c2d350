import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A server on a port of its own, for all tests of a file or a block; gives its address. */
export function useServer(
	answer: (request: IncomingMessage, response: ServerResponse) => unknown,
): () => string {
	const server = createServer((request, response) => void answer(request, response));
	beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
	afterAll(() => {
		server.closeAllConnections();
		server.close();
	});
	return () => {
		const address = server.address();
		if (address === null || typeof address === 'string') throw new Error('It does not listen');
		return `http://127.0.0.1:${address.port}`;
	};
}

export interface Received {
	headers: Record<string, string>;
	rawBody: Buffer;
	text: string;
}

/** A server that keeps what a test lets it be told, and answers with the next of `answers`, else with 200. */
export function useReceiver() {
	const received: Received[] = [];
	const answers: Array<number | 'silence'> = [];
	const url = useServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(Buffer.from(chunk));
		const rawBody = Buffer.concat(chunks);
		const headers = Object.fromEntries(
			Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
		);
		received.push({ headers, rawBody, text: rawBody.toString() });
		const answer = answers.shift() ?? 200;
		if (answer !== 'silence') response.writeHead(answer).end('{}');
	});
	beforeEach(() => {
		received.length = 0;
		answers.length = 0;
	});
	return { url, received, answers };
}
