import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import { volcengine } from '../nodes/shared/providers/volcengine';
import { arkTest } from './shared/arkCredential';
import { bearer, keyAndHost, makesOwnSecret, seedanceIcon } from './shared/vendorCredential';

const { apiKeysUrl, baseUrl } = volcengine;

export class SeedanceVolcengineApi implements ICredentialType {
	name = 'seedanceVolcengineApi';

	displayName = 'Volcengine Ark API';

	icon = seedanceIcon;

	documentationUrl =
		'https://github.com/n8n-nodes-seedance/n8n-nodes-seedance/blob/main/docs/vendors.md#volcengine';

	properties: INodeProperties[] = keyAndHost(apiKeysUrl, baseUrl);

	authenticate = bearer;

	preAuthentication = makesOwnSecret;

	test: ICredentialTestRequest = arkTest(volcengine);
}
