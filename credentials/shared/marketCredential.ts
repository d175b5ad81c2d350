import type { ICredentialTestRequest, INodeProperties } from 'n8n-workflow';
import type { Provider } from '../../nodes/shared/domain/provider';
import { badHost, badKey, keyAndHost, OPTIONAL, testRequest, testRules } from './vendorCredential';

type About = Pick<Provider, 'label' | 'apiKeysUrl' | 'baseUrl'>;

/** Fields of a key for Apikley or kie.ai. */
export const marketProperties = ({ apiKeysUrl, baseUrl }: About): INodeProperties[] => [
	...keyAndHost(apiKeysUrl, baseUrl),
	{
		displayName: 'Webhook Secret',
		name: 'webhookSecret',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		hint: OPTIONAL,
		description:
			'The webhook HMAC key from the account settings, if callbacks are signed there. Callbacks without a right signature are refused then.',
	},
];

/** A request that costs nothing and that only a good key may make: a bad one is refused in the body, too. */
export const marketTest = (
	{ label, apiKeysUrl }: About,
	url: string,
	qs?: Record<string, string>,
): ICredentialTestRequest => ({
	request: { ...testRequest(), url, ...(qs && { qs }) },
	rules: testRules([
		{ key: 'code', value: 401, message: badKey(apiKeysUrl) },
		{ key: 'code', value: undefined, message: badHost(label) },
	]),
});
