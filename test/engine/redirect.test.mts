import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { useBench } from './bench.mts';

const bench = useBench();

const elsewhere = createServer((request, response) => {
	const location = `${bench.sandbox().baseUrls.apikley}${request.url}`;
	response.writeHead(307, { location }).end();
});
beforeAll(() => new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
	elsewhere.closeAllConnections();
	elsewhere.close();
});

test('a redirect is not followed: the order would be sent twice, the key elsewhere', async () => {
	const { port } = elsewhere.address() as AddressInfo;
	const seedanceApikleyApi = { apiKey: 'sandbox-apikley-key', baseUrl: `http://127.0.0.1:${port}` };
	const { error } = await bench.run({ credentials: { seedanceApikleyApi } });
	expect(error?.message).toMatch(/^Apikley may have accepted this video/);
	expect(bench.sandbox().requests).toEqual([]);
});
