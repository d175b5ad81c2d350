import { signCallback } from '../../../sandbox/callbacks.mts';

export interface Callback {
	url: string;
	body: unknown;
	headers?: Record<string, string>;
}

/** Sends a callback; gives the answer's HTTP status. */
export async function send({ url, body, headers = {} }: Callback): Promise<number> {
	const response = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...headers },
		body: JSON.stringify(body),
	});
	await response.arrayBuffer();
	return response.status;
}

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
