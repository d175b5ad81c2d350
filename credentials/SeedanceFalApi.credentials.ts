import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import { fal } from '../nodes/shared/providers/fal';
import {
	badHost,
	badKey,
	key,
	keyAndHost,
	makesOwnSecret,
	ownBaseUrl,
	seedanceIcon,
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
			baseURL: ownBaseUrl,
			url: '/bytedance/seedance-2.0/requests/00000000-0000-0000-0000-000000000000/status',
			ignoreHttpStatusErrors: { ignore: true, except: [401, 403, 429, 500, 502, 503, 504] },
		},
		rules: [
			{ type: 'responseCode', properties: { value: 401, message: badKey(apiKeysUrl) } },
			// n8n 2.0 knows no exceptions and takes a refusal for an answer, which fal words like this.
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'detail',
					value: 'invalid key credentials',
					message: badKey(apiKeysUrl),
				},
			},
			// How an unknown request is told is not documented, but it is not told by a web page.
			{
				type: 'responseSuccessBody',
				properties: { key: '0', value: '<', message: badHost(label) },
			},
			// n8n takes every rule by its own type; only the declared type knows no mixed list.
		] as ICredentialTestRequest['rules'],
	};
}
