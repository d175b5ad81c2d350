import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';
import { openTransport } from '../../../nodes/shared/n8n/transport';
import { createPacer } from '../../../nodes/shared/tasks/pace';
import { virtualClock } from '../helpers.mts';

/** Where a request for this address goes with the key; undefined when it goes nowhere. */
async function withKeyTo(url: string, baseUrl = 'https://proxy.example/vendor') {
	const sent: string[] = [];
	const helpers = {
		httpRequest: () => Promise.reject(new Error('Nothing goes out without the key')),
		httpRequestWithAuthentication: (_type: string, options: IHttpRequestOptions) => {
			sent.push(options.url);
			return Promise.resolve({ statusCode: 200, headers: {}, body: '{}' });
		},
	};
	const transport = openTransport(
		{ helpers } as unknown as IExecuteFunctions,
		{
			credentialType: 'vendorApi',
			credential: { apiKey: 'sk-very-secret' },
			apiKey: 'sk-very-secret',
			baseUrl,
			documentedBaseUrl: 'https://api.vendor.example',
			hosts: { files: 'https://files.vendor.example' },
		},
		{ clock: virtualClock(), pace: createPacer(undefined) },
	);
	await transport.read({ method: 'GET', url });
	await transport.submit({ method: 'POST', url, body: {} });
	expect(new Set(sent).size).toBeLessThan(2);
	expect(sent.length).not.toBe(1);
	return sent[0];
}

test.each([
	'.evil.example/x',
	'@evil.example/x',
	':444/x',
	'https:\\\\evil.example/x',
	'https:/evil.example/x',
	'http://proxy.example/vendor/x',
	'https://proxy.example.evil.example/x',
	'https://proxy.example:444/x',
	'https://user@evil.example/x',
	'https://',
	'ftp://proxy.example/x',
	'javascript:alert(1)',
	'data:text/plain,x',
])('%s in the place of a path takes the key nowhere', async (url) => {
	expect(await withKeyTo(url, 'https://proxy.example')).toBeUndefined();
});

test.each([
	['//evil.example/x', 'https://proxy.example/vendor//evil.example/x'],
	['/x?next=https://evil.example', 'https://proxy.example/vendor/x?next=https://evil.example'],
	['/https://evil.example', 'https://proxy.example/vendor/https://evil.example'],
	['/../../x', 'https://proxy.example/vendor/../../x'],
])('%s stays at the base URL', async (url, address) => {
	expect(await withKeyTo(url)).toBe(address);
});

test('a whole address counts as one with http, too', async () => {
	const url = 'http://127.0.0.1:4010/vendor/tasks/1';
	expect(await withKeyTo(url, 'http://127.0.0.1:4010/vendor')).toBe(url);
	expect(await withKeyTo('http://127.0.0.1:4011/x', 'http://127.0.0.1:4010')).toBeUndefined();
});
