import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

async function tryListen(port: number): Promise<number | undefined> {
	const server = createServer();
	try {
		server.listen(port, '127.0.0.1');
		await once(server, 'listening');
		return (server.address() as AddressInfo).port;
	} catch {
		return undefined;
	} finally {
		server.close();
	}
}

/** The first free port from `firstPort` up; without it, any free port. */
export async function freePort(firstPort?: number): Promise<number> {
	const tries = 50;
	for (let offset = 0; offset < tries; offset++) {
		const port = await tryListen(firstPort === undefined ? 0 : firstPort + offset);
		if (port !== undefined) return port;
	}
	throw new Error(`No free port from ${firstPort ?? 'the ephemeral range'} on 127.0.0.1`);
}

/** Free ports that differ from one another. */
export async function freePorts(count: number): Promise<number[]> {
	const ports = new Set<number>();
	while (ports.size < count) ports.add(await freePort());
	return [...ports];
}
