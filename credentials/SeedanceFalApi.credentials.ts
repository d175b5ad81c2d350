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

	// The list of models needs no key and the balance an administrator's, so an unknown request is to be
	// cancelled, the one question about such a request whose answer fal documents: a good key is told
	// NOT_FOUND, a bad one is refused with 401.
	test: ICredentialTestRequest = {
		request: {
			...testRequest(401),
			method: 'PUT',
			url: '/bytedance/seedance-2.0/requests/00000000-0000-0000-0000-000000000000/cancel',
		},
		rules: testRules(
			[
				// n8n 2.0 knows no exceptions and takes a refusal for an answer, which fal words like this.
				{ key: 'detail', value: 'invalid key credentials', message: badKey(apiKeysUrl) },
				{ key: 'status', value: undefined, message: badHost(label) },
				// What many another service says of an address that it does not know.
				{ key: 'status', value: 404, message: badHost(label) },
			],
			badKey(apiKeysUrl),
		),
	};
}
