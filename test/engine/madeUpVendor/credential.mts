import type {
	IAuthenticateGeneric,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';
import { keyAndHost } from '../../../credentials/shared/vendorCredential.ts';
import { madeUp } from './provider/index.mts';

const { label, apiKeysUrl, baseUrl, credentialType } = madeUp;

export class MadeUpApi implements ICredentialType {
	name = credentialType;

	displayName = `${label} API`;

	properties: INodeProperties[] = keyAndHost(apiKeysUrl, baseUrl);

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Key {{$credentials.apiKey}}' } },
	};
}

/** What n8n does with the credential, in a word. */
export const withKey = (options: IHttpRequestOptions, apiKey: string): IHttpRequestOptions => ({
	...options,
	headers: { ...options.headers, Authorization: `Key ${apiKey}` },
});
