import type { IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { catalogue, isProviderId } from '../catalogue';
import { clock } from '../clock';
import { openTransport } from '../transport';
import { vendors } from '../vendors';
import type { Session } from './types';

/**
 * Opens the vendor that the node's `provider` names.
 * @throws NodeOperationError for a provider this version does not know.
 */
export async function openSession(context: IExecuteFunctions): Promise<Session> {
	const providerId = context.getNodeParameter('provider', 0);
	if (!isProviderId(providerId)) {
		throw new NodeOperationError(
			context.getNode(),
			`The provider '${String(providerId)}' is not known to this version of the node`,
			{ description: "Choose another 'Provider' or update the package n8n-nodes-seedance." },
		);
	}
	const provider = catalogue[providerId];
	return {
		providerId,
		provider,
		vendor: vendors[providerId],
		transport: await openTransport(context, provider),
		clock,
		stopSignal: context.getExecutionCancelSignal(),
	};
}
