import type { IExecuteFunctions, IN8nHttpFullResponse, IWebhookFunctions } from 'n8n-workflow';
import type { Clock } from '../clock';
import { parseJson } from '../vendors/reading';
import type { ParkedUpdate } from './parkedTask';

export interface Ring {
	/** Have the tasks looked at now. */
	look?: boolean;
	updates?: ParkedUpdate[];
}

const RING_TRIES = 20;
const RING_GAP_MS = 1_000;
const RING_TIMEOUT_MS = 10_000;

/** n8n answers 409 for an execution that is running just now, or has ended. */
export const BUSY = 409;

/** Posts JSON; gives the HTTP status, or undefined when nobody answers. */
export async function post(
	context: IExecuteFunctions | IWebhookFunctions,
	url: string,
	body: object,
): Promise<number | undefined> {
	return (await exchange(context, url, body))?.httpStatus;
}

/** Posts JSON to an address of this n8n or of a workflow in it; undefined when nobody answers. */
export async function exchange(
	context: IExecuteFunctions | IWebhookFunctions,
	url: string,
	body: object,
): Promise<{ httpStatus: number; body: unknown } | undefined> {
	try {
		const response: IN8nHttpFullResponse = await context.helpers.httpRequest({
			method: 'POST',
			url,
			body: JSON.stringify(body),
			headers: { 'Content-Type': 'application/json' },
			encoding: 'text',
			timeout: RING_TIMEOUT_MS,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
		});
		const text = typeof response.body === 'string' ? response.body : '';
		return { httpStatus: response.statusCode, body: parseJson(text) };
	} catch (error) {
		context.logger.debug('Seedance: an address did not answer', { error: String(error) });
		return undefined;
	}
}

const isTaken = (httpStatus: number | undefined) =>
	httpStatus !== undefined && httpStatus >= 200 && httpStatus < 300;

/**
 * Rings a keeper. It is deaf for the moments in which it runs, so the ring is repeated; a keeper
 * that stays deaf looks for itself at its next waking.
 */
export async function ring(
	context: IExecuteFunctions,
	clock: Clock,
	keeperUrl: string,
	content: Ring,
): Promise<boolean> {
	for (let attempt = 0; attempt < RING_TRIES; attempt++) {
		if (attempt > 0) await clock.sleep(RING_GAP_MS);
		const httpStatus = await post(context, keeperUrl, content);
		if (isTaken(httpStatus)) return true;
		if (httpStatus === undefined || httpStatus === 404) return false;
	}
	return false;
}

/** Rings once; false when the keeper is busy or gone. */
export async function ringOnce(
	context: IExecuteFunctions | IWebhookFunctions,
	keeperUrl: string,
	content: Ring,
): Promise<boolean> {
	return isTaken(await post(context, keeperUrl, content));
}

/**
 * Whether this n8n process reaches its own webhooks. Where its health page is not to be seen at
 * that address, the execution is rung itself: n8n answers, and logs, that it is busy.
 */
export async function reachesItself(context: IExecuteFunctions, ownUrl: string): Promise<boolean> {
	return (await isHealthy(context, ownUrl)) || (await post(context, ownUrl, {})) === BUSY;
}

async function isHealthy(context: IExecuteFunctions, ownUrl: string): Promise<boolean> {
	try {
		const health: unknown = await context.helpers.httpRequest({
			method: 'GET',
			url: new URL('/healthz', ownUrl).toString(),
			json: true,
			timeout: RING_TIMEOUT_MS,
			disableFollowRedirect: true,
		});
		return Reflect.get(Object(health), 'status') === 'ok';
	} catch (error) {
		context.logger.debug('Seedance: no health page', { error: String(error) });
		return false;
	}
}
