import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { addressesIn, isWebAddress } from '../domain/address';
import { parseJson } from '../domain/json';
import type { Step } from '../domain/problem';
import { fail, ok } from '../domain/result';
import { shown } from '../domain/shown';
import {
	audienceOf,
	MAX_CONTEXT_LENGTH,
	newNonce,
	withCallbackToken,
} from '../tasks/callbackToken';
import { problemOfInput } from '../tasks/problems';
import type { CallbackTarget, Session } from '../tasks/session';
import { post } from './post';
import { TRIGGER_PATH } from './webhooks';

/** Checks the parameters of Notify a Trigger, and whether the trigger is the right one. */
export async function readCallbackTarget(
	context: IExecuteFunctions,
	session: Session,
	url: string,
	options: IDataObject,
): Promise<Step<CallbackTarget>> {
	const { provider } = session;
	const addresses = addressesIn(url);
	if (addresses.length > 1) {
		return refuse(
			`Callback URL holds ${addresses.length} addresses, and one belongs there`,
			`It is ${shown(url)}. Paste the Production URL of one Seedance Trigger.`,
		);
	}
	if (!isWebAddress(url)) {
		return refuse(
			'Callback URL is not a web address',
			`${url === '' ? '' : `It is ${shown(url)}. `}Paste the Production URL of a Seedance Trigger; it begins with 'http'.`,
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
	if (!handedThrough.ok) return handedThrough;
	if (isTrigger && (await isRefusedOnce(context, session, url))) {
		return refuse(
			`The Seedance Trigger at 'Callback URL' refuses calls about videos of ${provider.label}`,
			'Choose the same provider and credential in the trigger as here, or paste the Production URL of another one.',
		);
	}
	return ok({ url, isTrigger, context: handedThrough.value });
}

const asked = new WeakMap<Session, Map<string, Promise<boolean>>>();

/** The items of a run mostly have the same trigger. */
async function isRefusedOnce(
	context: IExecuteFunctions,
	session: Session,
	url: string,
): Promise<boolean> {
	const known = asked.get(session) ?? new Map<string, Promise<boolean>>();
	asked.set(session, known);
	const answer = known.get(url) ?? isRefused(context, session, url);
	known.set(url, answer);
	return await answer;
}

/**
 * Whether the trigger would refuse every call, so that nobody would ever get the video: a call about no
 * task finds out. One that does not answer may be there by the time the video is.
 */
async function isRefused(
	context: IExecuteFunctions,
	{ callbackKey, clock }: Session,
	url: string,
): Promise<boolean> {
	const address = withCallbackToken(url, callbackKey, {
		nonce: newNonce(),
		audience: audienceOf(url),
		issuedAt: clock.now(),
		taskId: '',
	});
	const answer = await post(context, address, {});
	return answer?.body?.state === 'refused';
}

function readContext(given: unknown): Step<unknown> {
	if (given === undefined || given === '') return ok(undefined);
	const value = typeof given === 'string' ? parseJson(given) : given;
	if (value === undefined) {
		return refuse(
			'Context must be JSON',
			`It is ${shown(given)}. Write it like {"row": 7}, with double quotes.`,
		);
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
