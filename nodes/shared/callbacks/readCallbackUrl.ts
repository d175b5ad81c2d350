import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { problemOfInput } from '../errors';
import { readText } from '../nodeParameters';
import type { Session, Step } from '../lifecycle/types';
import { parseJson } from '../vendors/reading';
import { MAX_CONTEXT_LENGTH, withCallbackToken } from './token';

/**
 * The URL to call when an item's video has ended, as the user entered it, with a signed token that
 * carries the model and the user's context.
 */
export function readCallbackUrl(
	context: IExecuteFunctions,
	session: Session,
	options: IDataObject,
	modelId: string,
	itemIndex: number,
): Step<string> {
	const entered = readText(context, 'callbackUrl', itemIndex);
	if (!URL.canParse(entered) || !/^https?:$/.test(new URL(entered).protocol)) {
		return refuse(
			'Callback URL is not a web address',
			"Paste the Production URL of a Seedance Trigger; it begins with 'http'.",
		);
	}
	const handedThrough = readContext(options.context);
	if (!handedThrough.ok) return handedThrough;
	const claims = { model: modelId, context: handedThrough.value };
	return { ok: true, value: withCallbackToken(entered, session.callbackKey, claims) };
}

function readContext(given: unknown): Step<unknown> {
	if (given === undefined || given === '') return { ok: true, value: undefined };
	const value = typeof given === 'string' ? parseJson(given) : given;
	if (value === undefined) {
		return refuse('Context must be JSON', 'Write it like {"row": 7}, with double quotes.');
	}
	if (JSON.stringify(value).length > MAX_CONTEXT_LENGTH) {
		return refuse(
			`Context must have at most ${MAX_CONTEXT_LENGTH} characters`,
			'It travels in the callback URL: hand a key through and look the rest up.',
		);
	}
	return { ok: true, value };
}

function refuse(
	message: string,
	description: string,
): { ok: false; problem: ReturnType<typeof problemOfInput> } {
	return { ok: false, problem: problemOfInput(message, description) };
}
