import { useBench } from './bench.mts';
import { useServer } from '../servers.mts';

const bench = useBench();

const elsewhere = useServer((request, response) => {
	const location = `${bench.sandbox().baseUrls.apikley}${request.url}`;
	response.writeHead(307, { location }).end();
});

test('a redirect is not followed: the order would be sent twice, the key elsewhere', async () => {
	const seedanceApikleyApi = { apiKey: 'sandbox-apikley-key', baseUrl: elsewhere() };
	const { error } = await bench.run({ credentials: { seedanceApikleyApi } });
	expect(error?.message).toMatch(/^Apikley may have accepted this video/);
	expect(bench.sandbox().requests).toEqual([]);
});
