import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import { openrouter } from '../nodes/shared/providers/openrouter';
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

const { label, apiKeysUrl, baseUrl } = openrouter;

export class SeedanceOpenRouterApi implements ICredentialType {
	name = 'seedanceOpenRouterApi';

	displayName = 'OpenRouter API';

	icon = seedanceIcon;

	documentationUrl =
		'https://github.com/n8n-nodes-seedance/n8n-nodes-seedance/blob/main/docs/vendors.md#openrouter';

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
				'The signing secret of the workspace, if callbacks are signed there. Callbacks without a right signature are refused then.',
		},
	];

	authenticate = bearer;

	preAuthentication = makesOwnSecret;

	// https://openrouter.ai/docs/api-reference/api-keys/get-current-key: what the key is, which costs nothing.
	test: ICredentialTestRequest = {
		request: { ...testRequest(), url: '/key' },
		rules: testRules([
			{ key: 'error.code', value: 401, message: badKey(apiKeysUrl) },
			{ key: 'data.usage', value: undefined, message: badHost(label) },
		]),
	};
}
