import type { IDataObject } from 'n8n-workflow';
import { isWebAddress } from '../domain/address';
import { parseJson } from '../domain/json';
import type { Step } from '../domain/problem';
import { fail, ok } from '../domain/result';
import { audienceOf, MAX_CONTEXT_LENGTH } from '../tasks/callbackToken';
import { problemOfInput } from '../tasks/problems';
import type { CallbackTarget, Session } from '../tasks/session';
import { TRIGGER_PATH } from './webhooks';

/** Checks the parameters of Notify a Trigger. */
export function readCallbackTarget(
	{ provider }: Session,
	url: string,
	options: IDataObject,
): Step<CallbackTarget> {
	if (!isWebAddress(url)) {
		return refuse(
			'Callback URL is not a web address',
			"Paste the Production URL of a Seedance Trigger; it begins with 'http'.",
		);
	}
	const isTrigger = audienceOf(url).endsWith(`/${TRIGGER_PATH}`);
	if (!isTrigger && provider.vendor.callbacks === undefined) {
		return refuse(
			`${provider.label} itself calls no addresses, and this one is no Seedance Trigger`,
			"Paste the Production URL of a Seedance Trigger into 'Callback URL'.",
		);
	}
	const handedThrough = readContext(options.context);
	return handedThrough.ok ? ok({ url, isTrigger, context: handedThrough.value }) : handedThrough;
}

function readContext(given: unknown): Step<unknown> {
	if (given === undefined || given === '') return ok(undefined);
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
	return ok(value);
}

const refuse = (message: string, description: string) => fail(problemOfInput(message, description));
