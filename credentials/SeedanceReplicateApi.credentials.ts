import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import { replicate } from '../nodes/shared/providers/replicate';
import {
	badHost,
	badKey,
	bearer,
	keyAndHost,
	makesOwnSecret,
	ownBaseUrl,
	seedanceIcon,
} from './shared/vendorCredential';

const { label, apiKeysUrl, baseUrl } = replicate;

export class SeedanceReplicateApi implements ICredentialType {
	name = 'seedanceReplicateApi';

	displayName = 'Replicate API';

	icon = seedanceIcon;

	documentationUrl =
		'https://github.com/n8n-nodes-seedance/n8n-nodes-seedance/blob/main/docs/vendors.md#replicate';

	properties: INodeProperties[] = [
		...keyAndHost(apiKeysUrl, baseUrl),
		{
			displayName: 'Webhook Secret',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'With which Replicate signs its callbacks (whsec_…). Left empty, it is asked for with the API key.',
		},
	];

	authenticate = bearer;

	preAuthentication = makesOwnSecret;

	// https://replicate.com/docs/reference/http#account.get: the account itself, which costs nothing.
	test: ICredentialTestRequest = {
		request: {
			baseURL: ownBaseUrl,
			url: '/account',
			ignoreHttpStatusErrors: { ignore: true, except: [401, 403, 429, 500, 502, 503, 504] },
		},
		rules: [
			{ type: 'responseCode', properties: { value: 401, message: badKey(apiKeysUrl) } },
			// n8n 2.0 knows no exceptions and takes a refusal for an answer, which has this title.
			{
				type: 'responseSuccessBody',
				properties: { key: 'title', value: 'Unauthenticated', message: badKey(apiKeysUrl) },
			},
			{
				type: 'responseSuccessBody',
				properties: { key: 'username', value: undefined, message: badHost(label) },
			},
			// n8n takes every rule by its own type; only the declared type knows no mixed list.
		] as ICredentialTestRequest['rules'],
	};
}
