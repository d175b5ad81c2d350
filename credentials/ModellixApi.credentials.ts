import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

const BASE_URL = '={{$credentials.baseUrl.replace(/\\/+$/, "")}}';
const BAD_KEY = 'The API key was not accepted. Keys are managed at https://www.modellix.ai.';
const BAD_HOST = 'This address does not answer like Modellix. Check the Base URL.';

export class ModellixApi implements ICredentialType {
	name = 'modellixApi';

	displayName = 'Modellix API';

	icon: Icon = { light: 'file:../icons/seedance.svg', dark: 'file:../icons/seedance.dark.svg' };

	documentationUrl = 'https://docs.modellix.ai';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'Created at https://www.modellix.ai',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://modellixapi.jpushoa.com',
			description:
				'Where the API is. Change it for a regional host, a proxy or the sandbox. Newer accounts use https://api.modellix.ai.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{$credentials.apiKey}}' } },
	};

	// An unknown task is asked for: a good key is told that there is none, a bad one is refused.
	test: ICredentialTestRequest = {
		request: {
			baseURL: BASE_URL,
			url: '/api/v1/tasks/credential-test',
			ignoreHttpStatusErrors: { ignore: true, except: [403, 429, 500, 502, 503, 504] },
		},
		rules: [
			{ type: 'responseSuccessBody', properties: { key: 'code', value: 401, message: BAD_KEY } },
			{
				type: 'responseSuccessBody',
				properties: { key: 'code', value: undefined, message: BAD_HOST },
			},
		],
	};
}
