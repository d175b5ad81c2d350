import { createHash } from 'node:crypto';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { isWebAddress } from '../domain/address';
import { OWN_SECRET } from '../domain/credential';
import { reasonOf } from '../domain/json';
import type { Step } from '../domain/problem';
import type { Provider } from '../domain/provider';
import { fail, ok } from '../domain/result';
import { perProcess, type Process } from '../host/process';
import { findProvider, onlyVendor } from '../providers';
import { deriveCallbackKey, type CallbackKey } from '../tasks/callbackToken';
import { openClaims } from '../tasks/claims';
import { openGrace } from '../tasks/grace';
import { openPaces } from '../tasks/pace';
import { problemOfAccess, problemOfUnknownVendor } from '../tasks/problems';
import { deriveReferenceKey } from '../tasks/reference';
import type { Session } from '../tasks/session';
import { openToldModels } from '../tasks/told';
import { openWorks } from '../tasks/works';
import { logOf } from './log';
import { makeOwnSecret, type SecretOwner } from './ownSecret';
import { thisProcess } from './process';
import { openTransport, type RequestContext } from './transport';

const memoryOf = perProcess(() => ({
	paces: openPaces(),
	grace: openGrace(),
	claimsOf: openClaims(),
	toldModels: openToldModels(),
}));

/** Opens the vendor that the node's `provider` names, with the node's credential, as a process knows it. */
export async function openSession(
	context: RequestContext,
	providerId: unknown,
	stopSignal?: AbortSignal,
	process: Process = thisProcess,
): Promise<Step<Session>> {
	const provider = findProvider(providerId);
	if (typeof providerId !== 'string' || provider === undefined) {
		return fail(problemOfUnknownVendor(providerId, onlyVendor));
	}
	const credential = await readCredential(context, provider);
	if (!credential.ok) return credential;

	const { apiKey, baseUrl, webhookSecret, decrypted } = credential.value;
	const { credentialType, hosts, limits } = provider;
	const account = `${providerId} ${createHash('sha256').update(`${baseUrl} ${apiKey}`).digest('hex')}`;
	const { paces, grace, claimsOf, toldModels } = memoryOf(process);
	const { clock } = process;
	const paceCreates = paces.pacer(`creates ${account}`, limits.creates);
	const pace = paces.pacer(`requests ${account}`, limits.requests);
	const access = {
		credentialType,
		credential: decrypted,
		apiKey,
		baseUrl,
		documentedBaseUrl: provider.baseUrl,
		hosts,
	};
	return ok({
		providerId,
		provider,
		account,
		baseUrl,
		transport: openTransport(context, access, { clock, pace, stopSignal }),
		transportAfterStop: openTransport(context, access, { clock, pace }),
		clock,
		works: openWorks(clock),
		pace: async () => await paceCreates(clock, stopSignal),
		isBusy: () => pace.isBusy(clock.now()),
		lookCount: paces.lookCount(account),
		grace,
		// Lists are the account's, and one account may have several keys.
		claims: claimsOf(`${providerId} ${baseUrl}`),
		toldModels,
		knownSince: process.startedAt,
		callbackKeys: callbackKeysOf(credential.value),
		signingKey: signingKeyOf(context, credential.value, {
			credentialType,
			credential: decrypted,
			account,
			baseUrl,
		}),
		referenceKey: deriveReferenceKey(credential.value.callbackSecret || apiKey),
		webhookSecret,
		log: (message) => logOf(context).info(message),
		stopSignal,
	});
}

interface Secrets {
	apiKey: string;
	/** The user's; empty when there is none. */
	callbackSecret: string;
	previousCallbackSecret: string;
	/** Made by the credential itself; empty when it has made none. */
	ownSecret: string;
}

interface Credential extends Secrets {
	baseUrl: string;
	webhookSecret: string;
	decrypted: ICredentialDataDecryptedObject;
}

const secretKey = (secret: string): CallbackKey => ({
	key: deriveCallbackKey(secret),
	isSecret: true,
});

/** The vendor has the API key, so what it signs proves little; an empty one signs nothing. */
const weakKeys = (apiKey: string): CallbackKey[] =>
	apiKey === '' ? [] : [{ key: deriveCallbackKey(apiKey), isSecret: false }];

/** What tokens may be signed with. The API key counts only where nothing better signs. */
function callbackKeysOf({
	apiKey,
	callbackSecret,
	previousCallbackSecret,
	ownSecret,
}: Secrets): CallbackKey[] {
	const isSecret = (secret: string) => secret !== '' && secret !== apiKey;
	const secrets = [callbackSecret, ownSecret, previousCallbackSecret].filter(isSecret);
	const canSign = isSecret(callbackSecret) || isSecret(ownSecret);
	return [...secrets.map(secretKey), ...(canSign ? [] : weakKeys(apiKey))];
}

/** The user's secret signs, else the credential's own, which is made when it is first needed. */
function signingKeyOf(
	context: RequestContext,
	secrets: Secrets,
	owner: SecretOwner,
): Session['signingKey'] {
	let made: Promise<string | undefined> | undefined;
	return async () => {
		const [newest] = callbackKeysOf({ ...secrets, previousCallbackSecret: '' });
		if (newest?.isSecret) return newest;
		made ??= makeOwnSecret(context, owner);
		const ownSecret = (await made) ?? '';
		return callbackKeysOf({ ...secrets, previousCallbackSecret: '', ownSecret })[0];
	};
}

async function readCredential(
	context: RequestContext,
	{ label, credentialType, baseUrl }: Provider,
): Promise<Step<Credential>> {
	const [read] = await Promise.allSettled([context.getCredentials(credentialType)]);
	if (read.status === 'rejected') {
		const reason = reasonOf(read.reason);
		const isNone = /does not have any credentials/i.test(reason);
		const chooses = `Choose a credential for ${label}`;
		return fail(
			isNone
				? problemOfAccess(chooses, "It stands under 'Credential' in the node.")
				: problemOfAccess(reason, `${chooses} in the node.`),
		);
	}
	const text = (name: string) => String(read.value[name] ?? '').trim();
	const address = (text('baseUrl') || baseUrl).replace(/\/+$/, '');
	if (!isWebAddress(address)) {
		return fail(
			problemOfAccess(
				`The Base URL of the ${label} credential is not a web address`,
				`It must begin with https://, as in ${baseUrl}.`,
			),
		);
	}
	const apiKey = text('apiKey');
	const [word] = /^(bearer|key|token)\s+/i.exec(apiKey) ?? [];
	if (word !== undefined) {
		return fail(
			problemOfAccess(
				`The API key of the ${label} credential begins with '${word.trim()}'`,
				'Remove that word: the node sends it by itself. The field holds the key alone.',
			),
		);
	}
	return ok({
		apiKey,
		baseUrl: address,
		callbackSecret: text('callbackSecret'),
		previousCallbackSecret: text('previousCallbackSecret'),
		ownSecret: text(OWN_SECRET),
		webhookSecret: text('webhookSecret'),
		decrypted: read.value,
	});
}
