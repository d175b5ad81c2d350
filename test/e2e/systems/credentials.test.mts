import { createServer, type ServerResponse } from 'node:http';
import { freePort } from '../../../lab/ports.mts';
import { vendors } from '../../../sandbox/vendors/index.mts';
import { providerOf } from '../../unit/helpers.mts';
import { useSharedStage } from '../stage.mts';

const stage = useSharedStage();

/** A host of another's. */
async function serving(answer: (path: string, response: ServerResponse) => void) {
	const server = createServer(({ url = '' }, response) => answer(url, response));
	const port = await freePort();
	await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${port}`,
		[Symbol.asyncDispose]: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

describe.each(vendors)('The %s credential', (vendor) => {
	const testWith = async (changes: Record<string, string>) => {
		const { apiKeys, baseUrls } = stage.sandbox;
		return await stage.client.testCredential(stage.credentials[vendor], {
			apiKey: apiKeys[vendor],
			baseUrl: baseUrls[vendor],
			...changes,
		});
	};

	test('passes as it is stored', async () => {
		const stored = await stage.client.testCredential(stage.credentials[vendor]);
		expect(stored).toMatchObject({ status: 'OK' });
	});

	test('passes with a slash behind the base URL', async () => {
		const baseUrl = `${stage.sandbox.baseUrls[vendor]}/`;
		expect(await testWith({ baseUrl })).toMatchObject({ status: 'OK' });
	});

	test('says of a wrong key that it was not accepted, and where keys are', async () => {
		expect(await testWith({ apiKey: 'wrong-key' })).toEqual({
			status: 'Error',
			message: `The API key was not accepted. Keys are managed at ${providerOf(vendor).apiKeysUrl}.`,
		});
	});

	test('says of a host that is another service to check the base URL', async () => {
		const { status, message } = await testWith({ baseUrl: stage.n8n.url });
		expect(status).toBe('Error');
		expect(message).toMatch(/address|base url/i);
	});

	test('says of a host that sends requests on that it is not the one', async () => {
		const target = stage.sandbox.baseUrls[vendor];
		await using server = await serving((path, response) => {
			response.writeHead(302, { location: `${target}${path}` }).end();
		});
		const { status, message } = await testWith({ baseUrl: server.url });
		expect(status).toBe('Error');
		expect(message).toMatch(/^This address sends requests on to another one/);
	});

	test('says of a host that knows nothing, in JSON, to check the base URL', async () => {
		await using server = await serving((_, response) => {
			response.writeHead(404, { 'content-type': 'application/json' });
			response.end('{"message":"no Route matched with those values"}');
		});
		const { status, message } = await testWith({ baseUrl: server.url });
		expect(status).toBe('Error');
		expect(message).toMatch(/address|base url/i);
	});

	test('says of a host that does not answer that it does not', async () => {
		const baseUrl = `http://127.0.0.1:${await freePort()}`;
		const { status, message } = await testWith({ baseUrl });
		expect(status).toBe('Error');
		expect(message).toMatch(/refused|could not be reached|could not connect|check the base url/i);
	});

	test('says of a base URL without a scheme to check it', async () => {
		const { status, message } = await testWith({ baseUrl: 'api.example' });
		expect(status).toBe('Error');
		expect(message).toMatch(/url|address/i);
	});
});

test('costs nothing: no task was submitted by any of it', () => {
	const { requests } = stage.sandbox;
	expect(requests.length).toBeGreaterThanOrEqual(vendors.length);
	expect(requests.filter(({ operation }) => operation === 'create')).toEqual([]);
});
