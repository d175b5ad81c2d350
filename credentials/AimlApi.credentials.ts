import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

const BASE_URL = '={{$credentials.baseUrl.replace(/\\/+$/, "")}}';
const BAD_KEY = 'The API key was not accepted. Keys are managed at https://aimlapi.com/app/keys.';
const BAD_HOST = 'This address does not answer like AI/ML API. Check the Base URL.';

export class AimlApi implements ICredentialType {
	name = 'aimlApi';

	displayName = 'AI/ML API';

	icon: Icon = { light: 'file:../icons/seedance.svg', dark: 'file:../icons/seedance.dark.svg' };

	documentationUrl = 'https://docs.aimlapi.com';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'Created at https://aimlapi.com/app/keys',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://api.aimlapi.com',
			description: 'Where the API is. Change it for a regional host, a proxy or the sandbox.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{$credentials.apiKey}}' } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: BASE_URL,
			url: '/v2/billing',
			ignoreHttpStatusErrors: { ignore: true, except: [403, 429, 500, 502, 503, 504] },
		},
		rules: [
			// The vendor's samples show the status as a text.
			{
				type: 'responseSuccessBody',
				properties: { key: 'statusCode', value: '401', message: BAD_KEY },
			},
			{
				type: 'responseSuccessBody',
				properties: { key: 'statusCode', value: 401, message: BAD_KEY },
			},
			{
				type: 'responseSuccessBody',
				properties: { key: 'current_balance', value: undefined, message: BAD_HOST },
			},
		],
	};
}
