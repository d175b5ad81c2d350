import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import { aimlapi } from '../nodes/shared/providers/aimlapi';
import {
	badHost,
	badKey,
	bearer,
	keyAndHost,
	makesOwnSecret,
	seedanceIcon,
	testRequest,
	testRules,
} from './shared/vendorCredential';

const { label, apiKeysUrl, baseUrl } = aimlapi;

export class SeedanceAimlApi implements ICredentialType {
	name = 'seedanceAimlApi';

	displayName = 'AI/ML API';

	icon = seedanceIcon;

	documentationUrl =
		'https://github.com/n8n-nodes-seedance/n8n-nodes-seedance/blob/main/docs/vendors.md#aiml-api';

	properties: INodeProperties[] = keyAndHost(apiKeysUrl, baseUrl);

	authenticate = bearer;

	preAuthentication = makesOwnSecret;

	test: ICredentialTestRequest = {
		request: { ...testRequest(), url: '/v2/billing' },
		rules: testRules([
			// The vendor's samples show the status as a text.
			...['401', 401].map((value) => ({
				key: 'statusCode',
				value,
				message: badKey(apiKeysUrl),
			})),
			{ key: 'current_balance', value: undefined, message: badHost(label) },
		]),
	};
}
