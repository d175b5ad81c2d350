import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import {
	badHost,
	badKey,
	bearer,
	keyAndHost,
	ownBaseUrl,
	readRefusals,
	seedanceIcon,
} from './shared/vendorCredential';

const KEYS_URL = 'https://aimlapi.com/app/keys';
const LABEL = 'AI/ML API';

export class AimlApi implements ICredentialType {
	name = 'aimlApi';

	displayName = 'AI/ML API';

	icon = seedanceIcon;

	documentationUrl = 'https://docs.aimlapi.com';

	properties: INodeProperties[] = keyAndHost(KEYS_URL, 'https://api.aimlapi.com');

	authenticate = bearer;

	test: ICredentialTestRequest = {
		request: { baseURL: ownBaseUrl, url: '/v2/billing', ignoreHttpStatusErrors: readRefusals },
		rules: [
			// The vendor's samples show the status as a text.
			...['401', 401].map((value) => ({
				type: 'responseSuccessBody' as const,
				properties: { key: 'statusCode', value, message: badKey(KEYS_URL) },
			})),
			{
				type: 'responseSuccessBody',
				properties: { key: 'current_balance', value: undefined, message: badHost(LABEL) },
			},
		],
	};
}
