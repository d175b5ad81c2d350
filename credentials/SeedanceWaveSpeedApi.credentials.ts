import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import { wavespeed } from '../nodes/shared/providers/wavespeed';
import {
	badHost,
	badKey,
	bearer,
	keyAndHost,
	ownBaseUrl,
	seedanceIcon,
} from './shared/vendorCredential';

const { label, apiKeysUrl, baseUrl } = wavespeed;

export class SeedanceWaveSpeedApi implements ICredentialType {
	name = 'seedanceWaveSpeedApi';

	displayName = 'WaveSpeed API';

	icon = seedanceIcon;

	documentationUrl =
		'https://github.com/n8n-nodes-seedance/n8n-nodes-seedance/blob/main/docs/vendors.md#wavespeed';

	properties: INodeProperties[] = [
		...keyAndHost(apiKeysUrl, baseUrl),
		{
			displayName: 'Webhook Secret',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'With which WaveSpeed signs its callbacks (whsec_…). Left empty, it is asked for with the API key.',
		},
	];

	authenticate = bearer;

	// The account's balance, which costs nothing, as the vendor's own n8n node tests its keys.
	test: ICredentialTestRequest = {
		request: {
			baseURL: ownBaseUrl,
			url: '/api/v3/balance',
			ignoreHttpStatusErrors: { ignore: true, except: [401, 403, 429, 500, 502, 503, 504] },
		},
		rules: [
			{ type: 'responseCode', properties: { value: 401, message: badKey(apiKeysUrl) } },
			// In the body, too: n8n 2.0 knows no exceptions and takes a refusal for an answer.
			{
				type: 'responseSuccessBody',
				properties: { key: 'code', value: 401, message: badKey(apiKeysUrl) },
			},
			{
				type: 'responseSuccessBody',
				properties: { key: 'data.balance', value: undefined, message: badHost(label) },
			},
			// n8n takes every rule by its own type; only the declared type knows no mixed list.
		] as ICredentialTestRequest['rules'],
	};
}
