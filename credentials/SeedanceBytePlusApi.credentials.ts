import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import { byteplus } from '../nodes/shared/providers/byteplus';
import { arkTest } from './shared/arkCredential';
import { bearer, keyAndHost, makesOwnSecret, seedanceIcon } from './shared/vendorCredential';

const { apiKeysUrl, baseUrl } = byteplus;

export class SeedanceBytePlusApi implements ICredentialType {
	name = 'seedanceBytePlusApi';

	displayName = 'BytePlus ModelArk API';

	icon = seedanceIcon;

	documentationUrl =
		'https://github.com/n8n-nodes-seedance/n8n-nodes-seedance/blob/main/docs/vendors.md#byteplus';

	properties: INodeProperties[] = keyAndHost(apiKeysUrl, baseUrl);

	authenticate = bearer;

	preAuthentication = makesOwnSecret;

	test: ICredentialTestRequest = arkTest(byteplus);
}
