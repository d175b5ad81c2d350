import { randomBytes } from 'node:crypto';
import type {
	IAuthenticate,
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	INodeProperties,
} from 'n8n-workflow';
import { OWN_SECRET, WANTS_SECRET } from '../../nodes/shared/domain/credential';

/** What the credentials of all vendors have in common; each credential type is one vendor's key. */

export const seedanceIcon: Icon = {
	light: 'file:../icons/seedance.svg',
	dark: 'file:../icons/seedance.dark.svg',
};

/** The credential's own base URL, without a slash at the end, for its test request. */
const ownBaseUrl = '={{$credentials.baseUrl.replace(/\\/+$/, "")}}';

const redirects = [301, 302, 303, 307, 308];
const failures = [403, 429, 500, 502, 503, 504];

type TestRequest = Pick<ICredentialTestRequest['request'], 'baseURL' | 'disableFollowRedirect'> & {
	ignoreHttpStatusErrors: { ignore: true; except: number[] };
};

/**
 * How a test request is sent: as the nodes send theirs, which follow no redirect. A refusal is read,
 * because it may come with any HTTP status but these; `alsoFailing` are further ones that need no reading.
 */
export const testRequest = (...alsoFailing: number[]): TestRequest => ({
	baseURL: ownBaseUrl,
	disableFollowRedirect: true,
	ignoreHttpStatusErrors: { ignore: true, except: [...redirects, ...alsoFailing, ...failures] },
});

/** What n8n says of an answer that comes with one of these HTTP statuses. */
const refusedWith = (statuses: readonly number[], message: string) =>
	statuses.map((value) => ({ type: 'responseCode' as const, properties: { value, message } }));

/** What a test says, for refusals by HTTP status and for those in an answer's body. */
export function testRules(
	bodies: ReadonlyArray<{ key: string; value: unknown; message: string }>,
	unauthorized?: string,
): ICredentialTestRequest['rules'] {
	const rules = [
		...refusedWith(redirects, movedHost),
		...(unauthorized === undefined ? [] : refusedWith([401], unauthorized)),
		...bodies.map((properties) => ({ type: 'responseSuccessBody' as const, properties })),
	];
	// n8n takes every rule by its own type; only the declared type knows no mixed list.
	return rules as ICredentialTestRequest['rules'];
}

const movedHost =
	'This address sends requests on to another one, and an order must not be sent twice. Enter the address that answers itself as the Base URL.';

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

/** Below a secret that the nodes can do without. */
export const OPTIONAL = 'Optional. Leave it empty to begin with.';

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
			hint: `Get your key at ${keysUrl}`,
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
			hint: OPTIONAL,
			description:
				'Any long random text; signs the callback URLs that the nodes hand out for a Seedance Trigger. Without it the credential makes a secret of its own at the first one, where n8n is 2.36 or newer.',
		},
		{
			displayName: 'Previous Callback Secret',
			name: 'previousCallbackSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			hint: OPTIONAL,
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
