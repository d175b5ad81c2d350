import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

const BASE_URL = '={{$credentials.baseUrl.replace(/\\/+$/, "")}}';
const BAD_KEY = 'The API key was not accepted. Keys are managed at https://app.apikley.ru/keys.';
const BAD_HOST = 'This address does not answer like Apikley. Check the Base URL.';

export class ApikleyApi implements ICredentialType {
	name = 'apikleyApi';

	displayName = 'Apikley API';

	icon: Icon = { light: 'file:../icons/seedance.svg', dark: 'file:../icons/seedance.dark.svg' };

	documentationUrl = 'https://docs.apikley.ru/llms.txt';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'Created at https://app.apikley.ru/keys',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://api.apikley.ru',
			description: 'Where the API is. Change it for a regional host, a proxy or the sandbox.',
		},
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

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{$credentials.apiKey}}' } },
	};

	// The account's balance has no documented address at Apikley, so an unknown task is asked for: a
	// good key is told that there is none, a bad one is refused, and neither costs anything.
	test: ICredentialTestRequest = {
		request: {
			baseURL: BASE_URL,
			url: '/api/v1/jobs/recordInfo',
			qs: { taskId: 'credential-test' },
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
