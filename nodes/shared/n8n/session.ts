import { createHash } from 'node:crypto';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { isWebAddress } from '../domain/address';
import { reasonOf } from '../domain/json';
import type { Step } from '../domain/problem';
import type { Provider } from '../domain/provider';
import { fail, ok } from '../domain/result';
import { findProvider } from '../providers';
import { deriveCallbackKey } from '../tasks/callbackToken';
import { sharedPacer, sharedWorks } from '../tasks/pace';
import { problemOfAccess } from '../tasks/problems';
import type { Session } from '../tasks/session';
import { clock } from './clock';
import { openTransport, type RequestContext } from './transport';

/** Opens the vendor that the node's `provider` names, with the node's credential for it. */
export async function openSession(
	context: RequestContext,
	providerId: unknown,
	stopSignal?: AbortSignal,
): Promise<Step<Session>> {
	const provider = findProvider(providerId);
	if (typeof providerId !== 'string' || provider === undefined) {
		const known = `The provider '${String(providerId)}' is not known to this version of the node`;
		return fail(problemOfAccess(known, "Choose another 'Provider' or update n8n-nodes-seedance."));
	}
	const credential = await readCredential(context, provider);
	if (!credential.ok) return credential;

	const { apiKey, baseUrl, callbackSecret, webhookSecret, decrypted } = credential.value;
	const { credentialType, hosts, limits } = provider;
	const account = `${providerId} ${createHash('sha256').update(`${baseUrl} ${apiKey}`).digest('hex')}`;
	const paceCreates = sharedPacer(`creates ${account}`, limits.creates);
	const pace = sharedPacer(`requests ${account}`, limits.requests);
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
		pace: async () => await paceCreates(clock, stopSignal),
		isBusy: () => pace.isBusy(clock.now()),
		works: sharedWorks(account),
		callbackKey: deriveCallbackKey(callbackSecret || apiKey),
		webhookSecret,
		log: (message) => context.logger.info(message),
		stopSignal,
	});
}

interface Credential {
	apiKey: string;
	baseUrl: string;
	callbackSecret: string;
	webhookSecret: string;
	decrypted: ICredentialDataDecryptedObject;
}

async function readCredential(
	context: RequestContext,
	{ label, credentialType, baseUrl }: Provider,
): Promise<Step<Credential>> {
	const [read] = await Promise.allSettled([context.getCredentials(credentialType)]);
	if (read.status === 'rejected') {
		const remedy = `Choose a credential for ${label} in the node.`;
		return fail(problemOfAccess(reasonOf(read.reason), remedy));
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
	return ok({
		apiKey: text('apiKey'),
		baseUrl: address,
		callbackSecret: text('callbackSecret'),
		webhookSecret: text('webhookSecret'),
		decrypted: read.value,
	});
}
