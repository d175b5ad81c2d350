import type { IN8nHttpFullResponse } from 'n8n-workflow';
import { isObject, parseJson, reasonOf, type JsonObject } from '../domain/json';
import { clock } from './clock';
import { logOf } from './log';
import type { RequestContext } from './transport';

/** Long enough for a webhook to look at some tasks, and short, because a killed caller is lost. */
const TIMEOUT_MS = 10_000;

export interface PostAnswer {
	httpStatus: number;
	/** The parsed JSON object, if it was one. */
	body?: JsonObject;
}

/** Posts JSON to an address of this n8n; undefined when nobody answers in time. */
export async function post(
	context: Pick<RequestContext, 'helpers' | 'logger'>,
	url: string,
	content: JsonObject,
): Promise<PostAnswer | undefined> {
	try {
		const { statusCode, body }: IN8nHttpFullResponse = await context.helpers.httpRequest({
			method: 'POST',
			url,
			body: JSON.stringify(content),
			headers: { 'Content-Type': 'application/json' },
			encoding: 'text',
			abortSignal: clock.deadline(TIMEOUT_MS),
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
		});
		const parsed = typeof body === 'string' ? parseJson(body) : undefined;
		return { httpStatus: statusCode, ...(isObject(parsed) ? { body: parsed } : {}) };
	} catch (error) {
		logOf(context).debug('Seedance: an address did not answer', { error: reasonOf(error) });
		return undefined;
	}
}
