import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './vendors/vendor.mts';

export const jsonType = 'application/json; charset=utf-8';

export async function readBody(request: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk);
	return Buffer.concat(chunks);
}

/** A string is sent as it is (a gateway's error page), anything else as JSON. */
export function send(response: ServerResponse, { status, headers, body }: Answer): void {
	const isText = typeof body === 'string';
	const contentType = isText && body.startsWith('<') ? 'text/html' : 'text/plain';
	response.writeHead(status, {
		'content-type': isText ? contentType : jsonType,
		...headers,
	});
	response.end(isText ? body : JSON.stringify(body));
}

/** After the headers a byte now and then, for as long as the client stays. */
export function drip(response: ServerResponse, everyMs: number, byte: string): void {
	response.flushHeaders();
	const timer = setInterval(() => response.write(byte), everyMs);
	timer.unref();
	response.once('close', () => clearInterval(timer));
}

/** The client sees a connection reset, not an orderly end. */
export function cutConnection(response: ServerResponse): void {
	response.socket?.resetAndDestroy();
}
