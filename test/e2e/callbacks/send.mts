import { signCallback } from '../../../sandbox/callbacks.mts';

export interface Callback {
	url: string;
	body: unknown;
	headers?: Record<string, string>;
}

/** Sends a callback; gives the answer's HTTP status and, where it is the package's own, its state. */
export async function call({
	url,
	body,
	headers = {},
}: Callback): Promise<{ status: number; state?: unknown }> {
	const response = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', connection: 'close', ...headers },
		body: JSON.stringify(body),
	});
	const text = await response.text();
	const isJson = response.headers.get('content-type')?.includes('json');
	const { state } = isJson ? (JSON.parse(text) as { state?: unknown }) : {};
	return { status: response.status, state };
}

export const send = async (callback: Callback): Promise<number> => (await call(callback)).status;

/** What Apikley calls with when a task has succeeded, or what a liar says. */
export const successBody = (taskId: string, videoUrl = 'http://127.0.0.1:9/video.mp4') => ({
	code: 200,
	msg: 'Playground task completed successfully.',
	data: {
		taskId,
		state: 'success',
		resultJson: JSON.stringify({ resultUrls: [videoUrl] }),
		failCode: null,
		failMsg: null,
	},
});

/** Apikley's own signature, which covers task ID and time. */
export function vendorSignature(
	taskId: string,
	secret: string,
	atMs = Date.now(),
): Record<string, string> {
	const timestamp = Math.floor(atMs / 1000);
	return {
		'x-webhook-timestamp': String(timestamp),
		'x-webhook-signature': signCallback(taskId, timestamp, secret),
	};
}
