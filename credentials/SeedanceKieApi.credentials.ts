import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import { kie } from '../nodes/shared/providers/kie';
import { marketProperties, marketTest } from './shared/marketCredential';
import { bearer, makesOwnSecret, seedanceIcon } from './shared/vendorCredential';

export class SeedanceKieApi implements ICredentialType {
	name = 'seedanceKieApi';

	displayName = 'Kie.ai API';

	icon = seedanceIcon;

	documentationUrl =
		'https://github.com/n8n-nodes-seedance/n8n-nodes-seedance/blob/main/docs/vendors.md#kieai';

	properties: INodeProperties[] = marketProperties(kie);

	authenticate = bearer;

	preAuthentication = makesOwnSecret;

	// The account's credits: a good key is told them.
	test: ICredentialTestRequest = marketTest(kie, '/api/v1/chat/credit');
}
