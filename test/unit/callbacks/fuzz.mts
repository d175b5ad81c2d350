import {
	createHash,
	createHmac,
	generateKeyPairSync,
	randomBytes,
	sign as signWith,
} from 'node:crypto';
import { ok } from '../../../nodes/shared/domain/result';
import { converse, type VendorCallback } from '../../../nodes/shared/domain/vendor';
import { isStoredFor } from '../../../nodes/shared/n8n/fileId';
import { readNote, type Wait } from '../../../nodes/shared/parking/note';
import type { ParkedItem } from '../../../nodes/shared/parking/parked';
import type { Progress } from '../../../nodes/shared/parking/progress';
import { providers } from '../../../nodes/shared/providers';
import {
	deriveCallbackKey,
	readCallbackToken,
	sign,
	type SignedKind,
} from '../../../nodes/shared/tasks/callbackToken';

/** Chance that is the same at every run. */
export function chance(seed: number) {
	let state = seed >>> 0;
	const below = (count: number): number => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return Math.floor((state / 2 ** 32) * count);
	};
	const pick = <T,>(list: readonly T[]): T => {
		for (const picked of list.slice(below(list.length))) return picked;
		throw new Error('Nothing to pick from');
	};
	return { below, pick };
}

type Chance = ReturnType<typeof chance>;

const alphabet = 'AZaz09-_.=/+ {}[]":,\u0000\n\u00e9\u{1f980}';

/** Another text than the one that is given, more or less like it. */
function spoil(text: string, { below, pick }: Chance): string {
	const at = below(text.length + 1);
	const changes = [
		() => text.slice(0, at) + pick([...alphabet]) + text.slice(at + 1),
		() => text.slice(0, at) + pick([...alphabet]) + text.slice(at),
		() => text.slice(0, at),
		() => text.slice(at),
		() => text.slice(at) + text.slice(0, at),
		() => text + text,
		() => text.toLowerCase(),
		() => `${text}.${text.slice(at)}`,
		() => pick(['.', '=', 'A', '..', '{"a":', '[', '\u0000']).repeat(below(20_000)),
		() => randomBytes(below(200)).toString('base64url'),
		() => randomBytes(below(200)).toString('latin1'),
	];
	const changed = pick(changes)();
	return changed === text ? `${text}x` : changed;
}

const odd: readonly unknown[] = [undefined, null, 0, NaN, true, [], {}, [['a']], { toString: 1 }];

const nowMs = Date.parse('2026-11-20T10:00:00.000Z');
const audience = 'hook-1/seedance';
const key = deriveCallbackKey('the secret of the credential');
const foreignKey = deriveCallbackKey('sk-12345');
const parkKey = 'the key that only the parked items hold';
const executionId = '101';

const claims = { nonce: 'n', audience, issuedAt: nowMs, model: 'm', context: { row: 7 } };

/** Texts that are signed right, but for something else or by somebody else. */
function forge(content: object, own: Buffer, kind: SignedKind, { pick }: Chance): string {
	const text = JSON.stringify(content);
	const otherKind = kind === 'note' ? 'callback' : 'note';
	return pick([
		() => sign(text, foreignKey, kind),
		() => sign(text, Buffer.alloc(0), kind),
		() => sign(text, deriveCallbackKey(''), kind),
		() => sign(text, own, otherKind),
		() => `${sign(text, own, kind).split('.')[0]}.${sign('{}', own, kind).split('.')[1]}`,
	])();
}

const spoiltSigned = (content: object, own: Buffer, kind: SignedKind, by: Chance): unknown =>
	by.pick([
		() => spoil(sign(JSON.stringify(content), own, kind), by),
		() => spoil(sign(JSON.stringify(content), own, kind), by),
		() => forge(content, own, kind, by),
		() => by.pick(odd),
	])();

function acceptsToken(by: Chance): boolean {
	const given = spoiltSigned(claims, key, 'callback', by);
	return readCallbackToken(given, key, { audience, nowMs }) !== undefined;
}

/** Claims that the key has signed, and that are for somebody else or of another time. */
function acceptsClaims(by: Chance): boolean {
	const strange = by.pick<object>([
		{ audience: spoil(audience, by) },
		{ issuedAt: nowMs - 14 * 86_400_000 - 1 - by.below(10 ** 9) },
		{ issuedAt: nowMs + 300_001 + by.below(10 ** 9) },
		{ issuedAt: by.pick(odd) ?? 'x' },
		{ nonce: by.pick(odd) ?? '' },
		{ taskId: by.pick(odd.slice(1)) },
		{ ledger: by.pick(odd.slice(1)) },
	]);
	if ('issuedAt' in strange && typeof strange.issuedAt === 'number' && strange.issuedAt === 0) {
		return false;
	}
	const token = sign(JSON.stringify({ ...claims, ...strange }), key, 'callback');
	return readCallbackToken(token, key, { audience, nowMs }) !== undefined;
}

const video = { taskId: 't0', status: 'succeeded', videoUrl: 'https://media.test/t0.mp4' };
const uuid = '00000000-0000-4000-8000-000000000001';
const folder = `workflows/wf-1/executions/${executionId}/binary_data`;
const file = {
	id: `filesystem-v2:${folder}/${uuid}`,
	data: 'filesystem-v2',
	mimeType: 'video/mp4',
	fileName: 't0.mp4',
};

function wait(): Wait {
	const item: ParkedItem = {
		nonce: 'the nonce of the wait',
		key: parkKey,
		itemIndex: 0,
		origin: { provider: 'apikley', model: 'm' },
		task: ok({
			taskId: 't0',
			modelId: 'm',
			status: 'queued',
			submittedAt: nowMs,
			deadlineAt: nowMs + 1,
			timeoutMinutes: 30,
			output: { raw: false, binaryProperty: 'data' },
		}),
	};
	return {
		items: [item],
		isStoredHere: (id) => isStoredFor({ workflowId: 'wf-1', executionId }, id),
	};
}

function isTaken(note: unknown): boolean {
	const progress: Progress = { settled: new Map(), isBusy: false, deliveries: 0, cursor: 0 };
	readNote(note, wait(), progress);
	return progress.settled.size > 0;
}

const noteSaying = (settled: unknown) => ({ nonce: 'the nonce of the wait', settled });
const goodNote = noteSaying([{ item: 0, task: video, files: { data: file } }]);

const acceptsNote = (by: Chance): boolean =>
	isTaken(spoiltSigned(goodNote, Buffer.from(parkKey), 'note', by));

/** Notes that the key has signed, and that say what no note may. */
function acceptsSaying(by: Chance): boolean {
	const strangeFile = by.pick<object>([
		{ id: spoil(file.id, by).replace(/\d{12}$/, '') },
		{ id: `filesystem-v2:workflows/wf-1/executions/${1 + by.below(100)}/binary_data/${uuid}` },
		{ fileName: by.pick(['../', '/', '.', 'a/', '\\', '']) + spoil('t0.html', by) + '.html' },
		{ mimeType: spoil(file.mimeType, by) },
		{ bytes: by.pick(odd.slice(5)) },
	]);
	const strangeTask = by.pick<object>([
		{ taskId: spoil('t0', by) },
		{ status: by.pick(['queued', 'running', 'failed', spoil('succeeded', by)]) },
		{ videoUrl: by.pick(['javascript:', 'data:', 'file:', 'x', '']) + spoil('//x', by) },
		{ lastFrameUrl: by.pick(['javascript:', 'vbscript:', 'blob:']) + spoil('//x', by) },
	]);
	const entry = by.pick<unknown>([
		{ item: 0, task: { ...video, ...strangeTask } },
		{ item: 0, task: video, files: { data: { ...file, ...strangeFile } } },
		{ item: 0, task: video, files: { [spoil('data', by)]: file } },
		{ item: 1 + by.below(100), task: video },
		by.pick(odd),
	]);
	return isTaken(sign(JSON.stringify(noteSaying([entry])), Buffer.from(parkKey), 'note'));
}

const rawBody = Buffer.from(
	JSON.stringify({ id: 't0', request_id: 't0', data: { taskId: 't0' }, status: 'OK' }),
);
const timestamp = String(nowMs / 1000);
const bodyHash = createHash('sha256').update(rawBody).digest('hex');
const falKeys = generateKeyPairSync('ed25519');
const falMessage = Buffer.from(['r', 'u', timestamp, bodyHash].join('\n'));
const secret = `whsec_${Buffer.from('a secret of the account').toString('base64')}`;
const replicateKey = Buffer.from(secret.replace('whsec_', ''), 'base64');

/** Calls that each vendor has signed. */
const signed: Readonly<Record<string, Record<string, string>>> = {
	apikley: {
		'x-webhook-timestamp': timestamp,
		'x-webhook-signature': createHmac('sha256', secret).update(`t0.${timestamp}`).digest('base64'),
	},
	replicate: {
		'webhook-id': 'w',
		'webhook-timestamp': timestamp,
		'webhook-signature': `v1,${createHmac('sha256', replicateKey).update(`w.${timestamp}.`).update(rawBody).digest('base64')}`,
	},
	fal: {
		'x-fal-webhook-request-id': 'r',
		'x-fal-webhook-user-id': 'u',
		'x-fal-webhook-timestamp': timestamp,
		'x-fal-webhook-signature': signWith(null, falMessage, falKeys.privateKey).toString('hex'),
	},
	wavespeed: {
		'webhook-id': 't0',
		'webhook-timestamp': timestamp,
		'webhook-signature': `v3,${createHmac('sha256', secret.replace('whsec_', '')).update(`t0.${timestamp}.`).update(rawBody).digest('hex')}`,
	},
	openrouter: {
		'x-openrouter-signature': `t=${timestamp},v1=${createHmac('sha256', secret).update(`${timestamp},`).update(rawBody).digest('hex')}`,
	},
};

const transport = {
	read: async () =>
		ok({
			httpStatus: 200,
			headers: {},
			body: { keys: [falKeys.publicKey.export({ format: 'jwk' })] },
			excerpt: '',
		}),
};

/** Whether a vendor's own check takes these headers. */
export async function isVerified(vendor: string, headers: VendorCallback['headers']) {
	const verify = providers[vendor]?.vendor.callbacks?.verify;
	if (verify === undefined) throw new Error(`${vendor} does not sign`);
	const body: unknown = JSON.parse(rawBody.toString());
	const check = verify({ headers, body, rawBody }, { secret, nowMs });
	if (typeof check === 'boolean') return check;
	const verified = await converse(transport, check);
	return verified.ok && verified.value;
}

export const signedHeaders = (vendor: string): Record<string, string> => ({ ...signed[vendor] });

/** The bytes of all parts that begin so, as a reader takes them. */
const bytesAfter = (parts: readonly string[], start: string, encoding: BufferEncoding) =>
	parts
		.filter((part) => part.startsWith(start))
		.map((part) => Buffer.from(part.slice(start.length), encoding).toString('hex'))
		.join();

/** The bytes of a signature: other writings of the same ones are no forgery. */
const meant = (name: string, value: string): string => {
	if (!name.endsWith('signature')) return value;
	if (name.startsWith('x-fal')) return Buffer.from(value, 'hex').toString('hex');
	if (name.startsWith('x-openrouter')) {
		const parts = value.split(',').map((part) => part.trim());
		const time = parts.find((part) => part.startsWith('t='));
		return `${time}:${bytesAfter(parts, 'v1=', 'hex')}`;
	}
	const parts = value.split(' ');
	return value.includes('v3,')
		? bytesAfter(parts, 'v3,', 'hex')
		: bytesAfter(parts, 'v1,', 'base64');
};

async function acceptsHeaders(by: Chance): Promise<boolean> {
	const vendor = by.pick(Object.keys(signed));
	const headers = signedHeaders(vendor);
	const name = by.pick(Object.keys(headers));
	const before = headers[name] ?? '';
	const after = spoil(before, by);
	const isSame = vendor !== 'apikley' && meant(name, after).includes(meant(name, before));
	if (isSame && name.endsWith('signature')) return false;
	return await isVerified(vendor, { ...headers, [name]: after });
}

const kinds: Readonly<Record<string, (by: Chance) => boolean | Promise<boolean>>> = {
	'spoilt and forged tokens': acceptsToken,
	'signed tokens with strange claims': acceptsClaims,
	'spoilt and forged notes': acceptsNote,
	'signed notes that say what none may': acceptsSaying,
	"headers of vendors' signatures": acceptsHeaders,
};

export interface Fuzzed {
	kind: string;
	tries: number;
	accepted: number;
	thrown: number;
	longestMs: number;
}

/** Tries each kind `count` times. */
export async function fuzz(count: number, seed: number): Promise<Fuzzed[]> {
	const results: Fuzzed[] = [];
	for (const [kind, accepts] of Object.entries(kinds)) {
		const by = chance(seed);
		const result = { kind, tries: count, accepted: 0, thrown: 0, longestMs: 0 };
		for (let index = 0; index < count; index++) {
			const startedAt = performance.now();
			try {
				if (await accepts(by)) result.accepted += 1;
			} catch {
				result.thrown += 1;
			}
			result.longestMs = Math.max(result.longestMs, performance.now() - startedAt);
		}
		results.push(result);
	}
	return results;
}

/** What the fuzzed ones are made from, each of which is taken. */
export const unspoilt = {
	token: () =>
		readCallbackToken(sign(JSON.stringify(claims), key, 'callback'), key, { audience, nowMs }),
	note: () => isTaken(sign(JSON.stringify(goodNote), Buffer.from(parkKey), 'note')),
	vendors: Object.keys(signed),
};
