import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import { apikley } from '../nodes/shared/providers/apikley';
import {
	badHost,
	badKey,
	bearer,
	keyAndHost,
	ownBaseUrl,
	readRefusals,
	seedanceIcon,
} from './shared/vendorCredential';

const { label, apiKeysUrl, baseUrl } = apikley;

export class ApikleyApi implements ICredentialType {
	name = 'apikleyApi';

	displayName = 'Apikley API';

	icon = seedanceIcon;

	documentationUrl = 'https://docs.apikley.ru/llms.txt';

	properties: INodeProperties[] = [
		...keyAndHost(apiKeysUrl, baseUrl),
		{
			displayName: 'Webhook Secret',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'The webhook HMAC key from the account settings, if callbacks are signed there. Callbacks without a right signature are refused then.',
		},
	];

	authenticate = bearer;

	// The account's balance has no documented address at Apikley, so an unknown task is asked for: a
	// good key is told that there is none, a bad one is refused, and neither costs anything.
	test: ICredentialTestRequest = {
		request: {
			baseURL: ownBaseUrl,
			url: '/api/v1/jobs/recordInfo',
			qs: { taskId: 'credential-test' },
			ignoreHttpStatusErrors: readRefusals,
		},
		rules: [
			{
				type: 'responseSuccessBody',
				properties: { key: 'code', value: 401, message: badKey(apiKeysUrl) },
			},
			{
				type: 'responseSuccessBody',
				properties: { key: 'code', value: undefined, message: badHost(label) },
			},
		],
	};
}
