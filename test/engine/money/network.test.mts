import {
	connect,
	createServer as createTcpServer,
	type AddressInfo,
	type Server,
	type Socket,
} from 'node:net';
import tls, { type ConnectionOptions, type TlsOptions, type TLSSocket } from 'node:tls';
import { useBench } from '../bench.mts';
import { selfSigned } from './selfSigned.mts';

const bench = useBench();
const servers: Server[] = [];
const sockets: Socket[] = [];

afterEach(() => {
	sockets.splice(0).forEach((socket) => socket.destroy());
	servers.splice(0).forEach((server) => server.close());
});

async function listening(server: Server): Promise<string> {
	servers.push(server);
	server.on('connection', (socket) => sockets.push(socket));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that does no more than the handshake, and counts those it has brought to an end. */
async function tlsServer(options: TlsOptions, then: (socket: TLSSocket) => void = () => undefined) {
	const handshakes: string[] = [];
	const server = tls.createServer({ ...selfSigned, ...options }, (socket) => {
		handshakes.push(String(socket.getProtocol()));
		socket.on('error', () => undefined);
		then(socket);
	});
	server.on('tlsClientError', (_, socket) => socket.destroy());
	return { baseUrl: await listening(server), handshakes };
}

/** Orders once, and again as Retry execution does, at this address. */
async function orderTwice(baseUrl: string) {
	const first = await bench.run({
		credentials: { seedanceApikleyApi: { apiKey: 'sandbox-apikley-key', baseUrl } },
		parameters: { options: { timeout: 0.1 } },
	});
	const credentials = bench.credentials();
	const second = await first.retry({ credentials });
	return { first: first.error, second };
}

/** Nothing was sent, so the second try orders. */
async function expectNotTaken(baseUrl: string, because: RegExp) {
	const { first, second } = await orderTwice(baseUrl);
	expect(first?.message).not.toMatch(/may have accepted/);
	expect(first?.description).toMatch(because);
	expect(first?.description).toMatch(/Nothing was submitted\.$/);
	expect(bench.creates()).toHaveLength(1);
	expect(second.error?.description).toContain(bench.taskIds()[0]);
}

async function expectUnknown(baseUrl: string) {
	const { first, second } = await orderTwice(baseUrl);
	for (const error of [first, second.error]) {
		expect(error?.message).toMatch(/^Apikley may have accepted this video/);
	}
	expect(bench.creates()).toHaveLength(0);
}

describe('certainly not taken', () => {
	test('nobody listens', async () => {
		await expectNotTaken('http://127.0.0.1:1', /ECONNREFUSED/);
	});

	test('the name is not known', async () => {
		await expectNotTaken('http://nowhere.invalid', /ENOTFOUND|EAI_AGAIN/);
	});

	test('a certificate that nobody trusts', async () => {
		const { baseUrl } = await tlsServer({});
		await expectNotTaken(baseUrl, /self-signed certificate/);
	});

	test('a base URL that is none', async () => {
		const { first, second } = await orderTwice('api.apikley.ru');
		expect(first?.message).toBe(
			'The Base URL of the Apikley credential is not a web address [item 0]',
		);
		expect(bench.creates()).toHaveLength(1);
		expect(second.error?.description).toContain(bench.taskIds()[0]);
	});
});

describe('may have been accepted', () => {
	test.each([
		'reset',
		'resetAfter',
		'hang',
		'hangAfter',
		'malformedJson',
		'malformedJsonAfter',
	] as const)('%s', async (kind) => {
		bench.fault({ operation: 'create', effect: { kind } });
		const first = await bench.run({ retryOnFail: true, maxTries: 3 });
		const second = await first.retry();
		for (const { error } of [first, second]) {
			expect(error?.message).toMatch(/^Apikley may have accepted this video/);
		}
		expect(bench.creates()).toHaveLength(1);
		expect(bench.taskIds()).toHaveLength(kind.endsWith('After') ? 1 : 0);
	});

	test('no TLS at the other end', async () => {
		await expectUnknown(
			await listening(createTcpServer((socket) => socket.end('HTTP/1.1 400 No'))),
		);
	});

	test('a version of TLS that nobody speaks any more', async () => {
		const { baseUrl } = await tlsServer({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' });
		await expectUnknown(baseUrl);
	});

	test('the connection is cut in the handshake', async () => {
		const baseUrl = await listening(
			createTcpServer((socket) => {
				socket.on('error', () => undefined);
				socket.once('data', () => socket.resetAndDestroy());
			}),
		);
		await expectUnknown(baseUrl);
	});

	describe('after the handshake', () => {
		const realConnect: (options: ConnectionOptions) => TLSSocket = tls.connect;

		// As if the certificate were trusted.
		beforeEach(() => {
			jest
				.spyOn(tls, 'connect')
				.mockImplementation((options) =>
					realConnect({ ...(options as unknown as ConnectionOptions), rejectUnauthorized: false }),
				);
		});
		afterEach(() => jest.restoreAllMocks());

		test('the connection is cut', async () => {
			const { baseUrl, handshakes } = await tlsServer({}, (socket) =>
				socket.once('data', () => socket.destroy()),
			);
			await expectUnknown(baseUrl);
			expect(handshakes).toHaveLength(1);
		});

		test('something comes that is no TLS', async () => {
			const clients: Socket[] = [];
			const { baseUrl, handshakes } = await tlsServer({}, (socket) =>
				socket.once('data', () => clients.forEach((client) => client.write('no TLS'))),
			);
			const forwarder = createTcpServer((client) => {
				clients.push(client);
				const server = connect(Number(new URL(baseUrl).port), '127.0.0.1');
				client.pipe(server).pipe(client);
				[client, server].forEach((socket) => socket.on('error', () => undefined));
			});
			await expectUnknown(await listening(forwarder));
			expect(handshakes).toHaveLength(1);
		});
	});
});
