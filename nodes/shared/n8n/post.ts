import type { IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';
import { isObject, parseJson, reasonOf, type JsonObject } from '../domain/json';
import { RING } from '../domain/limits';
import { fail, ok, type Result } from '../domain/result';
import type { Network, PostAnswer, Silence, TextAnswer } from '../host/network';
import { clock } from './clock';
import { logOf } from './log';
import { diagnose, type RequestContext } from './transport';

type Posting = Pick<RequestContext, 'helpers' | 'logger'>;

/** The way to addresses of this n8n. */
export const networkOf = (context: Posting): Network => ({
	post: async (url, content) => await post(context, url, content),
	tryPost: async (url, content) => await tryPost(context, url, content),
	read: async (url) => await read(context, url),
});

/** Posts JSON to an address of this n8n; undefined when nobody answers in time. */
export async function post(
	context: Posting,
	url: string,
	content: JsonObject,
): Promise<PostAnswer | undefined> {
	const posted = await tryPost(context, url, content);
	return posted.ok ? posted.value : undefined;
}

/** The same, for those who have to know why nobody answers. */
export async function tryPost(
	context: Posting,
	url: string,
	content: JsonObject,
): Promise<Result<PostAnswer, Silence>> {
	const answer = await request(context, {
		method: 'POST',
		url,
		body: JSON.stringify(content),
		headers: { 'Content-Type': 'application/json' },
	});
	if (!answer.ok) return answer;
	const { httpStatus, text, location } = answer.value;
	const parsed = parseJson(text);
	return ok({
		httpStatus,
		...(isObject(parsed) && { body: parsed }),
		...(typeof location === 'string' && { location }),
	});
}

interface Answered extends TextAnswer {
	location: unknown;
}

/** Reads the text at an address of this n8n; undefined when nobody answers in time. */
async function read(context: Posting, url: string): Promise<TextAnswer | undefined> {
	const answer = await request(context, { method: 'GET', url });
	return answer.ok ? answer.value : undefined;
}

async function request(
	context: Posting,
	options: IHttpRequestOptions,
): Promise<Result<Answered, Silence>> {
	try {
		const { statusCode, body, headers }: IN8nHttpFullResponse = await context.helpers.httpRequest({
			...options,
			encoding: 'text',
			abortSignal: clock.deadline(RING.answerMs),
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
		});
		const text = typeof body === 'string' ? body : '';
		return ok({ httpStatus: statusCode, text, location: headers?.location });
	} catch (error) {
		logOf(context).debug('Seedance: an address did not answer', { error: reasonOf(error) });
		return fail(diagnose(error).isBlocked ? 'blocked' : 'unanswered');
	}
}
