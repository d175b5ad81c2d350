import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import { modellix } from '../nodes/shared/providers/modellix';
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

const { label, apiKeysUrl, baseUrl } = modellix;

export class SeedanceModellixApi implements ICredentialType {
	name = 'seedanceModellixApi';

	displayName = 'Modellix API';

	icon = seedanceIcon;

	documentationUrl =
		'https://github.com/n8n-nodes-seedance/n8n-nodes-seedance/blob/main/docs/vendors.md#modellix';

	properties: INodeProperties[] = keyAndHost(
		apiKeysUrl,
		baseUrl,
		' Older accounts may need https://modellixapi.jpushoa.com.',
	);

	authenticate = bearer;

	preAuthentication = makesOwnSecret;

	// What the vendor's own command line asks about a key.
	test: ICredentialTestRequest = {
		request: { ...testRequest(), url: '/api/v1/apikey/validate' },
		rules: testRules([
			{ key: 'code', value: 401, message: badKey(apiKeysUrl) },
			{ key: 'data.is_valid', value: false, message: badKey(apiKeysUrl) },
			{ key: 'data.is_valid', value: undefined, message: badHost(label) },
		]),
	};
}
