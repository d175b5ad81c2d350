import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import { apikley } from '../nodes/shared/providers/apikley';
import { marketProperties, marketTest } from './shared/marketCredential';
import { bearer, makesOwnSecret, seedanceIcon } from './shared/vendorCredential';

export class SeedanceApikleyApi implements ICredentialType {
	name = 'seedanceApikleyApi';

	displayName = 'Apikley API';

	icon = seedanceIcon;

	documentationUrl =
		'https://github.com/n8n-nodes-seedance/n8n-nodes-seedance/blob/main/docs/vendors.md#apikley';

	properties: INodeProperties[] = marketProperties(apikley);

	authenticate = bearer;

	preAuthentication = makesOwnSecret;

	// The account's balance has no documented address at Apikley, so an unknown task is asked for: a
	// good key is told that there is none, a bad one is refused, and neither costs anything.
	test: ICredentialTestRequest = marketTest(apikley, '/api/v1/jobs/recordInfo', {
		taskId: 'credential-test',
	});
}
