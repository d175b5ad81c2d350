import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Served {
	/** Origin, without a slash at its end. */
	url: string;
	close(): Promise<void>;
}

/** Answers requests on the loopback, each read whole before it is answered. */
export async function serve(
	answer: (request: Request) => Promise<Response>,
	port = 0,
): Promise<Served> {
	const server = createServer(async (incoming, outgoing) => {
		const given = await answer(await requestOf(incoming)).catch(
			(error: unknown) => new Response(String(error), { status: 500 }),
		);
		outgoing.writeHead(given.status, Object.fromEntries(given.headers));
		outgoing.end(Buffer.from(await given.arrayBuffer()));
	});
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${address.port}`,
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

async function requestOf(incoming: IncomingMessage): Promise<Request> {
	const { method = 'GET', url = '/' } = incoming;
	const chunks: Buffer[] = [];
	for await (const chunk of incoming) chunks.push(Buffer.from(chunk as Uint8Array));
	const headers = Object.entries(incoming.headers).flatMap(
		([name, value]): Array<[string, string]> =>
			value === undefined ? [] : [[name, String(value)]],
	);
	const hasBody = method !== 'GET' && method !== 'HEAD';
	return new Request(new URL(url, 'http://127.0.0.1'), {
		method,
		headers,
		...(hasBody && { body: Buffer.concat(chunks) }),
	});
}

/** What a form or a JSON body says, by its fields' names. */
export async function fieldsOf(request: Request): Promise<Map<string, unknown>> {
	const type = request.headers.get('content-type') ?? '';
	if (type.startsWith('multipart/')) return new Map(await request.formData());
	const text = await request.text();
	const body: unknown = text === '' ? {} : JSON.parse(text);
	return new Map(Object.entries(Object(body)));
}

/** A file out of a form. */
export async function bytesOf(value: unknown): Promise<Buffer | undefined> {
	return value instanceof Blob ? Buffer.from(await value.arrayBuffer()) : undefined;
}
