import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sampleVideo } from '../../../sandbox/media/embedded.mts';

export const API_KEY = 'made-up-key-0123456789';

/** The public half of the key that signed the callback of the vendor's own example. */
export const publicKey = {
	kty: 'OKP',
	crv: 'Ed25519',
	x: '6kpsY-KcUgq-9VB7Ey7F-ZVHdq6-vnuSQh7qaRRG0iw',
};

type Host = 'vendor' | 'storage' | 'stranger';

export interface SeenRequest {
	host: Host;
	method: string;
	path: string;
	headers: IncomingMessage['headers'];
	body: Buffer;
}

interface Job {
	id: string;
	model: string;
	input: Record<string, unknown>;
	createdAt: number;
	/** In the addresses that the submit answer gives, and nowhere else. */
	shard: string;
	state: 'going' | 'aborted';
}

interface Answer {
	status: number;
	headers?: Record<string, string>;
	body?: unknown;
	/** In the place of JSON. */
	text?: string;
}

const GENERATION_MS = 60_000;

const priced = { 'x-made-up-price': '0.25' };

/** Starts the made-up vendor, the storage that its upload addresses lie at, and somebody else. */
export async function startMadeUpVendor(now: () => number) {
	const keyPair = generateKeyPairSync('ed25519');
	const ownKey = keyPair.publicKey.export({ format: 'jwk' });
	const seen: SeenRequest[] = [];
	const jobs: Job[] = [];
	const deleted: string[] = [];
	const files = new Map<string, Buffer>();
	const origins: Record<Host, string> = { vendor: '', storage: '', stranger: '' };
	const planned: Array<{ matches: (request: SeenRequest) => boolean; answer: Answer }> = [];
	let addressesAt: Host = 'vendor';
	let lockedVideosAt: Host = 'vendor';

	const addressesOf = ({ id, shard }: Job) => {
		const base = `${origins[addressesAt]}/${shard}/requests/${id}`;
		return { response_url: base, status_url: `${base}/status`, cancel_url: `${base}/cancel` };
	};
	const isDone = ({ createdAt }: Job) => now() - createdAt >= GENERATION_MS;
	const wordOf = (job: Job) => {
		if (job.state === 'aborted') return 'aborted';
		if (isDone(job)) return 'COMPLETED';
		return now() - job.createdAt < GENERATION_MS / 3 ? 'IN_QUEUE' : 'IN_PROGRESS';
	};

	function create(model: string, { body, path, headers }: SeenRequest): Answer {
		const input = JSON.parse(body.toString()) as Record<string, unknown>;
		if (String(input.prompt).includes('[no funds]')) {
			return { status: 403, body: { detail: 'User is locked. Reason: Exhausted balance.' } };
		}
		if (typeof input.prompt !== 'string') {
			const detail = [{ loc: ['body', 'prompt'], msg: 'field required', type: 'missing' }];
			return { status: 422, body: { detail } };
		}
		const id = randomUUID();
		const job: Job = {
			id,
			model,
			input,
			createdAt: now(),
			shard: `shard-${jobs.length + 7}`,
			state: 'going',
		};
		jobs.push(job);
		webhooks.push(new URL(path, origins.vendor).searchParams.get('made_up_webhook'));
		if (headers.accept === 'text/plain') return { status: 200, text: `taken: ${id}` };
		return { status: 200, body: { request_id: id, ...addressesOf(job), queue_position: 0 } };
	}

	function ask(job: Job, what: string, method: string): Answer {
		if (method === 'PUT' && what === '/cancel') {
			if (isDone(job)) return { status: 400, body: { status: 'ALREADY_COMPLETED' } };
			job.state = 'aborted';
			return { status: 202, body: { status: 'CANCELLATION_REQUESTED' } };
		}
		// Neither answer repeats the ID.
		if (what === '/status') return { status: 200, body: { status: wordOf(job), logs: null } };
		if (!isDone(job)) return { status: 400, body: { detail: 'Request is still in progress' } };
		if (String(job.input.prompt).includes('[fail]')) {
			const detail = [{ loc: ['body'], msg: 'The prompt was refused', type: 'content_policy' }];
			return { status: 422, body: { detail } };
		}
		const url = `${origins.vendor}/media/${job.id}.mp4`;
		return { status: 200, body: { video: { url, content_type: 'video/mp4' }, seed: 42 } };
	}

	function upload(request: SeenRequest): Answer {
		const { content_type: type } = JSON.parse(request.body.toString()) as { content_type: string };
		const name = `file-${files.size + 1}.${type.split('/')[1]}`;
		files.set(name, Buffer.alloc(0));
		return {
			status: 200,
			body: {
				upload_url: `${origins.storage}/put/${name}?X-Signature=signed`,
				file_url: `https://cdn.made-up.example/${name}`,
			},
		};
	}

	/** Of multipart/form-data: the last part is the file. */
	function uploadForm({ headers, body }: SeenRequest): Answer {
		const boundary = /boundary=(.+)$/.exec(headers['content-type'] ?? '')?.[1] ?? '';
		const parts = body.toString('latin1').split(`--${boundary}`).slice(1, -1);
		const file = parts.at(-1) ?? '';
		const name = /filename="([^"]*)"/.exec(file)?.[1] ?? '';
		files.set(name, Buffer.from(file.slice(file.indexOf('\r\n\r\n') + 4, -2), 'latin1'));
		const isTold = parts[0]?.includes('name="uploadPath"\r\n\r\nimages\r\n') === true;
		if (name === '' || !isTold) return { status: 422, body: { detail: 'No file' } };
		return { status: 200, body: { file_url: `https://cdn.made-up.example/${name}` } };
	}

	/** All that has happened to a job, to those who ask for a stream of events. */
	function events({ path, headers }: SeenRequest): Answer {
		const job = jobs.find(({ id }) => path === `/events/${id}`);
		if (job === undefined) return { status: 404 };
		if (headers.accept !== 'text/event-stream') return { status: 406 };
		const url = `${origins[lockedVideosAt]}/locked/${job.id}.mp4`;
		const told = ['IN_QUEUE', wordOf(job)].map(
			(state) => `event: state\ndata: ${JSON.stringify({ state, url })}\n\n`,
		);
		return { status: 200, headers: priced, text: told.join('') };
	}

	function answerVendor(request: SeenRequest): Answer {
		const { method, headers } = request;
		const { pathname, searchParams } = new URL(request.path, origins.vendor);
		if (pathname === '/.well-known/jwks.json')
			return { status: 200, body: { keys: [publicKey, ownKey] } };
		if (headers.authorization !== `Key ${API_KEY}`)
			return { status: 401, body: { detail: 'No key' } };
		if (pathname.startsWith('/events/')) return events(request);
		if (pathname.startsWith('/storage/upload/initiate')) return upload(request);
		if (pathname === '/storage/upload/form') return uploadForm(request);
		if (pathname.startsWith('/prices/')) return { status: 200, headers: priced };
		if (method === 'GET' && pathname === '/v1/requests') {
			const latest = jobs.toReversed().slice(0, Number(searchParams.get('limit')));
			const items = latest.map((job) => ({
				request_id: job.id,
				status: wordOf(job),
				...addressesOf(job),
			}));
			return { status: 200, body: { items } };
		}
		const [, prefix = '', id, what = ''] =
			/^\/(.+)\/requests\/([^/]+)(\/status|\/cancel)?$/.exec(pathname) ?? [];
		const job = jobs.find((one) => one.id === id);
		if (method === 'DELETE' && pathname.startsWith('/v1/requests/')) {
			deleted.push(pathname.split('/').at(-1) ?? '');
			return { status: 204 };
		}
		if (id !== undefined) {
			const isAddress = prefix === job?.shard || job?.model.startsWith(`${prefix}/`) === true;
			const notFound = { status: 404, body: { detail: 'Request not found' } };
			return job === undefined || !isAddress ? notFound : ask(job, what, method);
		}
		return method === 'POST' ? create(pathname.slice(1), request) : { status: 404 };
	}

	function answerStorage({ method, path, headers, body }: SeenRequest): Answer {
		const { pathname, searchParams } = new URL(path, origins.storage);
		const [, name = '', part] = /^\/put\/([^/]+)(?:\/([^/]+))?$/.exec(pathname) ?? [];
		const isSigned = searchParams.get('X-Signature') === 'signed';
		// A signed address and a key beside it is one too many.
		if (!isSigned || headers.authorization !== undefined) return { status: 400 };
		if (part === 'complete') return completeParts(name, body);
		if (method !== 'PUT') return { status: 405 };
		files.set(part === undefined ? name : `${name} ${part}`, body);
		return { status: 200, headers: { ETag: `tag-${part}` } };
	}

	function completeParts(name: string, body: Buffer): Answer {
		const { parts } = JSON.parse(body.toString()) as {
			parts: Array<{ partNumber: number; etag: string }>;
		};
		const chunks = parts.map(({ partNumber }) => files.get(`${name} ${partNumber}`));
		const isRight = parts.every(({ partNumber, etag }) => etag === `tag-${partNumber}`);
		if (!isRight || chunks.includes(undefined)) return { status: 400 };
		for (const { partNumber } of parts) files.delete(`${name} ${partNumber}`);
		files.set(name, Buffer.concat(chunks.filter((chunk) => chunk !== undefined)));
		return { status: 200 };
	}

	const webhooks: Array<string | null> = [];
	const answers: Record<Host, (request: SeenRequest) => Answer> = {
		vendor: answerVendor,
		storage: answerStorage,
		stranger: () => ({ status: 200, body: { status: 'COMPLETED' } }),
	};

	async function serve(host: Host, request: IncomingMessage, response: ServerResponse) {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const { method = '', url: path = '', headers } = request;
		const record = { host, method, path, headers, body: Buffer.concat(chunks) };
		seen.push(record);
		const isLocked = path.startsWith('/locked/') && planned.length === 0;
		const opens = host === 'vendor' ? `Key ${API_KEY}` : undefined;
		const isFile = isLocked || path.startsWith('/media/');
		if (isFile && headers.authorization === (isLocked ? opens : undefined)) {
			response.writeHead(200, { 'content-type': 'video/mp4' }).end(sampleVideo);
			return;
		}
		const index = planned.findIndex(({ matches }) => matches(record));
		const [plan] = index < 0 ? [] : planned.splice(index, 1);
		const { status, body, text, headers: more } = plan?.answer ?? answers[host](record);
		response.writeHead(status, { 'content-type': 'application/json', ...more });
		response.end(text ?? (body === undefined ? '' : JSON.stringify(body)));
	}

	const servers = await Promise.all(
		(['vendor', 'storage', 'stranger'] as const).map(async (host) => {
			const server = createServer((request, response) => void serve(host, request, response));
			await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
			origins[host] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
			return server;
		}),
	);

	return {
		baseUrl: origins.vendor,
		origins,
		seen,
		jobs,
		files,
		deleted,
		/** The callback address of each order. */
		webhooks,
		/** What the vendor posts to a callback address. */
		callback(body: unknown) {
			const rawBody = Buffer.from(JSON.stringify(body));
			const timestamp = String(Math.floor(now() / 1000));
			const bodyHash = createHash('sha256').update(rawBody).digest('hex');
			const message = ['request', 'user', timestamp, bodyHash].join('\n');
			const signature = sign(null, Buffer.from(message), keyPair.privateKey).toString('hex');
			const headers = {
				'X-Made-Up-Webhook-Request-Id': 'request',
				'X-Made-Up-Webhook-User-Id': 'user',
				'X-Made-Up-Webhook-Timestamp': timestamp,
				'X-Made-Up-Webhook-Signature': signature,
			};
			return { body, rawBody, headers };
		},
		/** From now on the submit answer's addresses lie here. */
		giveAddressesAt(host: Host) {
			addressesAt = host;
		},
		/** From now on the videos behind the key are said to lie here. */
		lockVideosAt(host: Host) {
			lockedVideosAt = host;
		},
		/** Answers the next request to this path so, instead of doing what it asks. */
		answerNext(path: string, answer: Answer) {
			planned.push({
				matches: (request) => request.path.split('?')[0]?.endsWith(path) === true,
				answer,
			});
		},
		async close() {
			await Promise.all(
				servers.map((server) => {
					server.closeAllConnections();
					return new Promise((resolve) => server.close(resolve));
				}),
			);
		},
	};
}

export type MadeUpServer = Awaited<ReturnType<typeof startMadeUpVendor>>;
