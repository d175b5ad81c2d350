import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import { wavespeed } from '../nodes/shared/providers/wavespeed';
import {
	badHost,
	badKey,
	bearer,
	keyAndHost,
	makesOwnSecret,
	OPTIONAL,
	seedanceIcon,
	testRequest,
	testRules,
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
			hint: OPTIONAL,
			description:
				'With which WaveSpeed signs its callbacks (whsec_…). Left empty, it is asked for with the API key.',
		},
	];

	authenticate = bearer;

	preAuthentication = makesOwnSecret;

	// The account's balance, which costs nothing, as the vendor's own n8n node tests its keys.
	test: ICredentialTestRequest = {
		request: { ...testRequest(401), url: '/api/v3/balance' },
		rules: testRules(
			[
				// In the body, too: n8n 2.0 knows no exceptions and takes a refusal for an answer.
				{ key: 'code', value: 401, message: badKey(apiKeysUrl) },
				{ key: 'data.balance', value: undefined, message: badHost(label) },
			],
			badKey(apiKeysUrl),
		),
	};
}
