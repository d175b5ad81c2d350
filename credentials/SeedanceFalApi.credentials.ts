import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import { fal } from '../nodes/shared/providers/fal';
import {
	badHost,
	badKey,
	key,
	keyAndHost,
	makesOwnSecret,
	seedanceIcon,
	testRequest,
	testRules,
} from './shared/vendorCredential';

const { label, apiKeysUrl, baseUrl } = fal;

export class SeedanceFalApi implements ICredentialType {
	name = 'seedanceFalApi';

	displayName = 'Fal API';

	icon = seedanceIcon;

	documentationUrl =
		'https://github.com/n8n-nodes-seedance/n8n-nodes-seedance/blob/main/docs/vendors.md#fal';

	properties: INodeProperties[] = keyAndHost(apiKeysUrl, baseUrl);

	authenticate = key;

	preAuthentication = makesOwnSecret;

	// The list of models needs no key and the balance an administrator's, so an unknown request is
	// asked for: a good key is told that there is none, a bad one is refused with 401.
	test: ICredentialTestRequest = {
		request: {
			...testRequest(401),
			url: '/bytedance/seedance-2.0/requests/00000000-0000-0000-0000-000000000000/status',
		},
		rules: testRules(
			[
				// n8n 2.0 knows no exceptions and takes a refusal for an answer, which fal words like this.
				{ key: 'detail', value: 'invalid key credentials', message: badKey(apiKeysUrl) },
				// How an unknown request is told is not documented, but fal tells everything under this name.
				{ key: 'detail', value: undefined, message: badHost(label) },
			],
			badKey(apiKeysUrl),
		),
	};
}
