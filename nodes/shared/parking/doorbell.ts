import type { IExecuteFunctions, IN8nHttpFullResponse, IWebhookFunctions } from 'n8n-workflow';
import { parseJson } from '../vendors/reading';

const TIMEOUT_MS = 10_000;

export interface PostAnswer {
	httpStatus: number;
	/** The parsed JSON, if it was any. */
	body: unknown;
}

/** Posts JSON to an address of this n8n or of a workflow in it; undefined when nobody answers. */
export async function post(
	context: IExecuteFunctions | IWebhookFunctions,
	url: string,
	content: object,
): Promise<PostAnswer | undefined> {
	try {
		const { statusCode, body }: IN8nHttpFullResponse = await context.helpers.httpRequest({
			method: 'POST',
			url,
			body: JSON.stringify(content),
			headers: { 'Content-Type': 'application/json' },
			encoding: 'text',
			timeout: TIMEOUT_MS,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
		});
		return { httpStatus: statusCode, body: typeof body === 'string' ? parseJson(body) : undefined };
	} catch (error) {
		context.logger.debug('Seedance: an address did not answer', { error: String(error) });
		return undefined;
	}
}

/** Posts JSON; whether it was taken. */
export async function deliver(
	context: IExecuteFunctions | IWebhookFunctions,
	url: string,
	content: object,
): Promise<boolean> {
	const answer = await post(context, url, content);
	return answer !== undefined && answer.httpStatus >= 200 && answer.httpStatus < 300;
}
