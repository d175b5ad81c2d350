import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';
import { SeedanceApikleyApi } from '../../../credentials/SeedanceApikleyApi.credentials';
import { WANTS_SECRET } from '../../../nodes/shared/domain/credential';
import { clock } from '../../../nodes/shared/n8n/clock';
import { makeOwnSecret } from '../../../nodes/shared/n8n/ownSecret';
import type { RequestContext } from '../../../nodes/shared/n8n/transport';
import { canKeepSecrets } from '../../../nodes/shared/n8n/version';

jest.mock('../../../nodes/shared/n8n/version', () => ({ canKeepSecrets: jest.fn() }));

const baseUrl = 'https://vendor.test';
const type = new SeedanceApikleyApi();

beforeEach(() => {
	jest.spyOn(clock, 'sleep').mockResolvedValue(undefined);
	jest.mocked(canKeepSecrets).mockReturnValue(true);
});

/** An n8n that keeps what a credential makes, unless it cannot. */
function n8nWith({ keeps = true, isThere = true } = {}) {
	let stored: ICredentialDataDecryptedObject = { apiKey: 'sk-1', baseUrl, ownSecret: '' };
	const sent: IHttpRequestOptions[] = [];
	const warnings: string[] = [];
	let asked = 0;
	async function httpRequestWithAuthentication(
		this: RequestContext,
		name: string,
		options: IHttpRequestOptions,
	) {
		asked += 1;
		const given = await this.getCredentials<ICredentialDataDecryptedObject>(name);
		const helpers = { helpers: { httpRequest: jest.fn() } };
		const made: object | undefined = await type.preAuthentication?.call(helpers, given);
		if (keeps) stored = { ...stored, ...made };
		if (options.abortSignal?.aborted) throw new Error('canceled');
		sent.push(options);
		return {};
	}
	const context = {
		helpers: { httpRequestWithAuthentication },
		getCredentials: async () => {
			if (!isThere) throw new Error('Credential does not exist');
			return stored;
		},
		logger: { warn: (message: string) => warnings.push(message) },
	} as unknown as RequestContext;
	const owner = { credentialType: type.name, credential: stored, account: 'account', baseUrl };
	return {
		make: async () => await makeOwnSecret(context, owner),
		stored: () => stored,
		overwrite: (ownSecret: string) => void (stored = { ...stored, ownSecret }),
		sent,
		warnings,
		asked: () => asked,
	};
}

test('is made once for all who ask at the same moment, kept by n8n, and no request goes out', async () => {
	const n8n = n8nWith();
	const [one, two] = await Promise.all([n8n.make(), n8n.make()]);
	expect(one).toMatch(/^[\w-]{43}$/);
	expect([two, n8n.stored().ownSecret]).toEqual([one, one]);
	expect(n8n.stored()).toEqual({ apiKey: 'sk-1', baseUrl, ownSecret: one });
	expect([n8n.asked(), n8n.sent]).toEqual([1, []]);
});

test('is another process’s, where that has made one at the same moment', async () => {
	const n8n = n8nWith();
	jest.spyOn(clock, 'sleep').mockImplementation(async () => n8n.overwrite('of the other'));
	expect(await n8n.make()).toBe('of the other');
});

test.each([
	['n8n keeps nothing', { keeps: false }],
	['the credential is gone', { isThere: false }],
])('is none where %s, and nothing fails', async (_, given) => {
	const n8n = n8nWith(given);
	expect(await n8n.make()).toBeUndefined();
	expect(n8n.sent).toEqual([]);
});

test('is not asked for in an n8n that would write over what it does not know', async () => {
	jest.mocked(canKeepSecrets).mockReturnValue(false);
	const n8n = n8nWith();
	expect(await n8n.make()).toBeUndefined();
	expect(n8n.asked()).toBe(0);
});

test('is not made anew when n8n tests the credential, or another node uses it', async () => {
	const helpers = { helpers: { httpRequest: jest.fn() } };
	const given: ICredentialDataDecryptedObject[] = [
		{ apiKey: 'sk-1', ownSecret: 'mine' },
		{ [WANTS_SECRET]: 'true' },
	];
	for (const credential of given) {
		expect(await type.preAuthentication?.call(helpers, credential)).toEqual({});
	}
});
