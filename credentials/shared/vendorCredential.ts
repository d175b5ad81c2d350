import { randomBytes } from 'node:crypto';
import type {
	IAuthenticate,
	ICredentialType,
	Icon,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';
import { OWN_SECRET, WANTS_SECRET } from '../../nodes/shared/domain/credential';

/** What the credentials of all vendors have in common; each credential type is one vendor's key. */

export const seedanceIcon: Icon = {
	light: 'file:../icons/seedance.svg',
	dark: 'file:../icons/seedance.dark.svg',
};

/** The credential's own base URL, without a slash at the end, for its test request. */
export const ownBaseUrl = '={{$credentials.baseUrl.replace(/\\/+$/, "")}}';

/** Answers of a test request that still have to be read: a refusal may come with any of these. */
export const readRefusals: IHttpRequestOptions['ignoreHttpStatusErrors'] = {
	ignore: true,
	except: [403, 429, 500, 502, 503, 504],
};

export const badKey = (keysUrl: string) =>
	`The API key was not accepted. Keys are managed at ${keysUrl}.`;

export const badHost = (label: string) =>
	`This address does not answer like ${label}. Check the Base URL.`;

/**
 * Puts the key on a request. A function, because for one in n8n's declarative form n8n needs the
 * virtual machine of a running execution.
 */
const keyAs =
	(scheme: 'Bearer' | 'Key'): IAuthenticate =>
	async ({ apiKey }, request) => ({
		...request,
		headers: { ...request.headers, Authorization: `${scheme} ${String(apiKey)}` },
	});

export const bearer = keyAs('Bearer');

export const key = keyAs('Key');

/** Makes the credential's own secret when a node asks for it; n8n keeps it, encrypted, with the rest. */
export const makesOwnSecret: ICredentialType['preAuthentication'] = async (credentials) =>
	credentials[WANTS_SECRET] === true ? { [OWN_SECRET]: randomBytes(32).toString('base64url') } : {};

/** API key, base URL and callback secrets; `hosts` says more about the base URL where a vendor has several. */
export function keyAndHost(keysUrl: string, baseUrl: string, hosts = ''): INodeProperties[] {
	return [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: `Created at ${keysUrl}`,
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: baseUrl,
			description: `Where the API is. Change it for a regional host, a proxy or the sandbox.${hosts}`,
		},
		{
			displayName: 'Callback Secret',
			name: 'callbackSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'Any long random text; signs the callback URLs that the nodes hand out for a Seedance Trigger. Without it the credential makes a secret of its own at the first one, where n8n is 2.36 or newer.',
		},
		{
			displayName: 'Previous Callback Secret',
			name: 'previousCallbackSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'After changing the Callback Secret, put the old one here for fourteen days, so that callbacks under way are still taken',
		},
		{
			displayName: 'Own Secret',
			name: OWN_SECRET,
			type: 'hidden',
			// `expirable` is n8n's word for a field that a credential fills by itself.
			typeOptions: { expirable: true, password: true },
			default: '',
		},
	];
}
