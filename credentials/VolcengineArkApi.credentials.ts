import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import { volcengine } from '../nodes/shared/providers/volcengine';
import { arkTest } from './shared/arkCredential';
import { bearer, keyAndHost, seedanceIcon } from './shared/vendorCredential';

const { apiKeysUrl, baseUrl } = volcengine;

export class VolcengineArkApi implements ICredentialType {
	name = 'volcengineArkApi';

	displayName = 'Volcengine Ark API';

	icon = seedanceIcon;

	documentationUrl = 'https://www.volcengine.com/docs/82379';

	properties: INodeProperties[] = keyAndHost(apiKeysUrl, baseUrl);

	authenticate = bearer;

	test: ICredentialTestRequest = arkTest(volcengine);
}
