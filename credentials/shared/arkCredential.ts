import type { ICredentialTestRequest } from 'n8n-workflow';
import type { Provider } from '../../nodes/shared/domain/provider';
import { badHost, badKey, testRequest, testRules } from './vendorCredential';

/**
 * The test request of a key for Ark, whichever cloud runs it. An unknown task is asked for: a good
 * key is told that there is none, a bad one is refused.
 */
export const arkTest = ({
	label,
	apiKeysUrl,
}: Pick<Provider, 'label' | 'apiKeysUrl'>): ICredentialTestRequest => ({
	request: { ...testRequest(), url: '/contents/generations/tasks/credential-test' },
	rules: testRules([
		{ key: 'error.code', value: 'AuthenticationError', message: badKey(apiKeysUrl) },
		{ key: 'error.code', value: undefined, message: badHost(label) },
	]),
});
