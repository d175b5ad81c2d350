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
		' Newer accounts use https://api.modellix.ai.',
	);

	authenticate = bearer;

	preAuthentication = makesOwnSecret;

	// An unknown task is asked for: a good key is told that there is none, a bad one is refused.
	test: ICredentialTestRequest = {
		request: { ...testRequest(), url: '/api/v1/tasks/credential-test' },
		rules: testRules([
			{ key: 'code', value: 401, message: badKey(apiKeysUrl) },
			{ key: 'code', value: undefined, message: badHost(label) },
		]),
	};
}
