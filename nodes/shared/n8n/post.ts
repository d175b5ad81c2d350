import type { IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';
import { isObject, parseJson, reasonOf, type JsonObject } from '../domain/json';
import { clock } from './clock';
import type { RequestContext } from './transport';

/** Long enough for a webhook to look at some tasks, and short, because a killed caller is lost. */
const TIMEOUT_MS = 10_000;

export interface PostAnswer {
	httpStatus: number;
	/** The parsed JSON object, if it was one. */
	body?: JsonObject;
	/** Where a redirect leads; it is not followed. */
	location?: string;
}

type Posting = Pick<RequestContext, 'helpers' | 'logger'>;

/** Posts JSON to an address of this n8n; undefined when nobody answers in time. */
export async function post(
	context: Posting,
	url: string,
	content: JsonObject,
): Promise<PostAnswer | undefined> {
	const answer = await request(context, {
		method: 'POST',
		url,
		body: JSON.stringify(content),
		headers: { 'Content-Type': 'application/json' },
	});
	if (answer === undefined) return undefined;
	const { httpStatus, text, location } = answer;
	const parsed = parseJson(text);
	return {
		httpStatus,
		...(isObject(parsed) && { body: parsed }),
		...(typeof location === 'string' && { location }),
	};
}

/** Reads the text at an address of this n8n; undefined when nobody answers in time. */
export const read = async (context: Posting, url: string) =>
	await request(context, { method: 'GET', url });

async function request(
	{ helpers, logger }: Posting,
	options: IHttpRequestOptions,
): Promise<{ httpStatus: number; text: string; location: unknown } | undefined> {
	try {
		const { statusCode, body, headers }: IN8nHttpFullResponse = await helpers.httpRequest({
			...options,
			encoding: 'text',
			abortSignal: clock.deadline(TIMEOUT_MS),
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
		});
		const text = typeof body === 'string' ? body : '';
		return { httpStatus: statusCode, text, location: headers?.location };
	} catch (error) {
		logger.debug('Seedance: an address did not answer', { error: reasonOf(error) });
		return undefined;
	}
}
