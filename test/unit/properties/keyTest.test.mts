import type { ICredentialTestRequest } from 'n8n-workflow';
import { vendors } from '../../../sandbox/types.mts';
import { kits, type Verdict } from '../../vendors/index.mts';
import { credentials } from '../ux/descriptions.mts';
import { providerOf } from '../helpers.mts';

const partOf = (value: unknown, path: string): unknown =>
	path
		.split('.')
		.reduce<unknown>((part, name) => (part as Record<string, unknown> | null)?.[name], value);

/**
 * What n8n makes of the answer to a credential's test (2.41.1, credentials-tester.service). An n8n
 * before 2.1 knows no exceptions: every answer is read.
 */
function said(
	{ request, rules = [] }: ICredentialTestRequest,
	httpStatus: number,
	body: unknown,
	knowsExceptions = true,
): string | undefined {
	const ignored = request.ignoreHttpStatusErrors;
	const except = (typeof ignored === 'object' && ignored.except) || [];
	const isRefusal = knowsExceptions && except.includes(httpStatus);
	const found = rules.find(({ type, properties }) => {
		if (type === 'responseCode') return isRefusal && httpStatus === properties.value;
		return !isRefusal && 'key' in properties && partOf(body, properties.key) === properties.value;
	});
	return found?.properties.message ?? (isRefusal ? `HTTP ${httpStatus}` : undefined);
}

test('every credential has a vendor’s kit', () => {
	const types = vendors.map((vendor) => new kits[vendor].Credential().name);
	expect(types.toSorted()).toEqual(credentials.map(({ name }) => name).toSorted());
});

describe.each(vendors)('the key of %s', (vendor) => {
	const { label, apiKeysUrl, credentialType } = providerOf(vendor);
	const { Credential, keyTest } = kits[vendor];
	const { name, test: request } = new Credential();
	if (request === undefined) throw new Error(`${name} tests no key`);

	const inWords = (httpStatus: number): Record<Verdict, string | undefined> => ({
		good: undefined,
		'bad key': `The API key was not accepted. Keys are managed at ${apiKeysUrl}.`,
		'bad host': `This address does not answer like ${label}. Check the Base URL.`,
		status: `HTTP ${httpStatus}`,
	});

	test('is tried at its own address', () => {
		expect(name).toBe(credentialType);
		const { ignoreHttpStatusErrors, ...asks } = request.request;
		expect(ignoreHttpStatusErrors).toMatchObject({ ignore: true });
		expect(asks).toEqual({
			baseURL: '={{$credentials.baseUrl.replace(/\\/+$/, "")}}',
			disableFollowRedirect: true,
			...keyTest.asks,
		});
	});

	test.each(keyTest.answers)('by HTTP %s with %j is a case of: %s', (httpStatus, body, verdict) => {
		expect(said(request, httpStatus, body)).toBe(inWords(httpStatus)[verdict]);
	});

	test('that is bad is found out by an n8n that knows no exceptions, too', () => {
		const bad = keyTest.answers.filter(([, , verdict]) => verdict === 'bad key');
		expect(bad).not.toEqual([]);
		for (const [httpStatus, body] of bad) {
			expect(said(request, httpStatus, body, false)).toBe(inWords(httpStatus)['bad key']);
		}
	});
});
