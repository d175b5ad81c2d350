import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import { replicate } from '../nodes/shared/providers/replicate';
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
			hint: OPTIONAL,
			description:
				'With which Replicate signs its callbacks (whsec_…). Left empty, it is asked for with the API key.',
		},
	];

	authenticate = bearer;

	preAuthentication = makesOwnSecret;

	// https://replicate.com/docs/reference/http#account.get: the account itself, which costs nothing.
	test: ICredentialTestRequest = {
		request: { ...testRequest(401), url: '/account' },
		rules: testRules(
			[
				// n8n 2.0 knows no exceptions and takes a refusal for an answer, which has this title.
				{ key: 'title', value: 'Unauthenticated', message: badKey(apiKeysUrl) },
				{ key: 'username', value: undefined, message: badHost(label) },
			],
			badKey(apiKeysUrl),
		),
	};
}
