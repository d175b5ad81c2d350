import { NodeOperationError } from 'n8n-workflow';
import { catalogue, isProviderId } from '../catalogue';
import { clock } from '../clock';
import { openTransport, type RequestContext } from '../transport';
import { vendors } from '../vendors';
import { deriveCallbackKey } from '../callbacks/token';
import type { Session } from './types';

/**
 * Opens the vendor that the node's `provider` names, with the node's credential for it.
 * @throws NodeOperationError for a provider this version does not know or a missing credential.
 */
export async function openSession(
	context: RequestContext,
	providerId: unknown,
	stopSignal?: AbortSignal,
): Promise<Session> {
	if (!isProviderId(providerId)) {
		throw new NodeOperationError(
			context.getNode(),
			`The provider '${String(providerId)}' is not known to this version of the node`,
			{ description: "Choose another 'Provider' or update the package n8n-nodes-seedance." },
		);
	}
	const provider = catalogue[providerId];
	const { credentialType } = provider;
	const credentials = await context.getCredentials(credentialType);
	const apiKey = String(credentials.apiKey ?? '');
	const baseUrl = String(credentials.baseUrl ?? '').replace(/\/+$/, '');
	return {
		providerId,
		provider,
		vendor: vendors[providerId],
		transport: openTransport(context, { credentialType, apiKey, baseUrl }),
		clock,
		callbackKey: deriveCallbackKey(apiKey),
		webhookSecret: String(credentials.webhookSecret ?? ''),
		log: (message) => context.logger.info(message),
		stopSignal,
	};
}
