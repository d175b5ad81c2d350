import { option, videoParameter } from '../domain/ownParameters';
import { addressesIn, isWebAddress } from '../domain/address';
import { parseJson, type JsonObject } from '../domain/json';
import { TOKEN } from '../domain/limits';
import type { Step } from '../domain/problem';
import { ok } from '../domain/result';
import { shown } from '../domain/shown';
import type { Network } from '../host/network';
import { TRIGGER_PATH } from '../host/paths';
import { audienceOf, newNonce, withCallbackToken, type CallbackKey } from '../tasks/callbackToken';
import { refuse } from '../tasks/problems';
import type { CallbackTarget } from '../tasks/order';
import type { Session } from '../tasks/session';

/** How it is asked whether anybody listens at an address. */
type Asking = Pick<Network, 'tryPost'>;

/** Checks the parameters of Notify a Trigger, and whether the trigger is the right one. */
export async function readCallbackTarget(
	network: Asking,
	session: Session,
	url: string,
	options: JsonObject,
): Promise<Step<CallbackTarget>> {
	const { provider } = session;
	const { label } = provider;
	const addresses = addressesIn(url);
	if (addresses.length > 1) {
		return refuse(
			`${videoParameter.callbackUrl.label} holds ${addresses.length} addresses, and one belongs there`,
			`It is ${shown(url)}. Paste the Production URL of one Seedance Trigger.`,
		);
	}
	if (!isWebAddress(url)) {
		return refuse(
			`${videoParameter.callbackUrl.label} is not a web address`,
			`${url === '' ? '' : `It is ${shown(url)}. `}Paste the Production URL of a Seedance Trigger; it begins with 'http'.`,
		);
	}
	const isTrigger = audienceOf(url).endsWith(`/${TRIGGER_PATH}`);
	if (!isTrigger && provider.vendor.callbacks === undefined) {
		return refuse(
			`${provider.label} itself calls no addresses, and this one is no Seedance Trigger`,
			`Paste the Production URL of a Seedance Trigger into '${videoParameter.callbackUrl.label}'.`,
		);
	}
	if (!isTrigger && provider.vendor.callbacks?.byHttpsAlone && !/^https:/i.test(url)) {
		return refuse(
			`${provider.label} calls addresses that begin with https:// alone`,
			`Put one into '${videoParameter.callbackUrl.label}', or the Production URL of a Seedance Trigger.`,
		);
	}
	const handedThrough = readContext(options[option.context.name]);
	if (!handedThrough.ok) return handedThrough;
	const key = await session.signingKey();
	if (key === undefined) {
		return refuse(
			`The credential for ${label} holds no API key`,
			'Put the API key into the credential that is chosen in the node.',
		);
	}
	if (isTrigger && !key.isSecret && handedThrough.value !== undefined) {
		return refuse(
			`'${option.context.label}' needs a Callback Secret, because ${label} has the API key and could write another context with it`,
			`Put any long random text into 'Callback Secret' of the ${label} credential, which node and trigger share; n8n 2.36 or newer makes one by itself. Or leave '${option.context.label}' empty.`,
		);
	}
	const objection = isTrigger ? await objectionOnce(network, session, key, url) : undefined;
	if (objection !== undefined) return refuse(...objection(label, url));
	return ok({ url, isTrigger, key, context: handedThrough.value });
}

/** What is said of a trigger that would never get the video. */
type Objection = (label: string, url: string) => [message: string, description: string];

const refusesCalls: Objection = (label) => [
	`The Seedance Trigger at '${videoParameter.callbackUrl.label}' refuses calls about videos of ${label}`,
	'Choose the same provider and credential in the trigger as here, or paste the Production URL of another one.',
];

const isBlocked: Objection = (_, url) => [
	`n8n's own protection lets no request out to the address of '${videoParameter.callbackUrl.label}'`,
	`N8N_SSRF_PROTECTION_ENABLED is on, and ${new URL(url).host} is in a private network, so nobody would call the trigger. Set N8N_SSRF_ALLOWED_HOSTNAMES to ${new URL(url).hostname}, or WEBHOOK_URL to a public address. Nothing was ordered.`,
];

const asked = new WeakMap<Session, Map<string, Promise<Objection | undefined>>>();

/** The items of a run mostly have the same trigger. */
async function objectionOnce(
	network: Asking,
	session: Session,
	key: CallbackKey,
	url: string,
): Promise<Objection | undefined> {
	const known = asked.get(session) ?? new Map<string, Promise<Objection | undefined>>();
	asked.set(session, known);
	const answer = known.get(url) ?? askTrigger(network, session, key, url);
	known.set(url, answer);
	return await answer;
}

/**
 * Whether the trigger could never be told of a video, so that nobody would get it: a call about no
 * task finds out. One that does not answer may be there by the time the video is.
 */
async function askTrigger(
	network: Asking,
	{ clock }: Session,
	{ key }: CallbackKey,
	url: string,
): Promise<Objection | undefined> {
	const address = withCallbackToken(url, key, {
		nonce: newNonce(),
		audience: audienceOf(url),
		issuedAt: clock.now(),
		taskId: '',
	});
	const answer = await network.tryPost(address, {});
	if (!answer.ok) return answer.error === 'blocked' ? isBlocked : undefined;
	return answer.value.body?.state === 'refused' ? refusesCalls : undefined;
}

function readContext(given: unknown): Step<unknown> {
	if (given === undefined || given === '') return ok(undefined);
	const value = typeof given === 'string' ? parseJson(given) : given;
	if (value === undefined) {
		return refuse(
			`${option.context.label} must be JSON`,
			`It is ${shown(given)}. Write it like {"row": 7}, with double quotes.`,
		);
	}
	if (JSON.stringify(value).length > TOKEN.maxContextLength) {
		return refuse(
			`Context must have at most ${TOKEN.maxContextLength} characters`,
			'It travels in the callback URL: hand a key through and look the rest up.',
		);
	}
	return ok(value);
}
