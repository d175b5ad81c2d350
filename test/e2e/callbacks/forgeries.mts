import {
	audienceOf,
	deriveCallbackKey,
	newNonce,
	sign,
	withCallbackToken,
	type CallbackClaims,
} from '../../../nodes/shared/tasks/callbackToken';
import { call, successBody, vendorSignature, type Callback } from './send.mts';

const OLD_MS = 10 * 60_000;
const FIFTEEN_DAYS_MS = 15 * 24 * 60 * 60_000;
const TOKEN = 'seedance';
const N8N_SIGNATURE = 'signature';

/** A task and the callback URL it was submitted with. */
export interface Called {
	taskId: string;
	url: string;
}

export interface Scene {
	/** Of the vendor's own signature. */
	secret: string;
	apiKey: string;
	/** The user's own in the credential, which no vendor has. */
	callbackSecret: string;
	/** In every body, as the video's address. */
	attackerUrl: string;
	paused: Called;
	otherPaused: Called;
	/** Its execution has ended. */
	finished: Called;
	triggerUrl: string;
	otherTriggerUrl: string;
	/** Has started the trigger's workflow. */
	delivered: Called;
	/** Has not. */
	undelivered: Called;
}

/** What is answered: the HTTP status, and the state where the package itself answers. */
export type Answer = [status: number, state?: string];

/** One way to forge, and the answer it must get. */
export interface Forgery {
	name: string;
	answer: Answer;
	/** On a machine so busy that the calls take minutes. */
	answerLater?: Answer;
	/** Right in all but one thing: the vendor may be asked whether the task has ended. */
	onlyWhileUnfinished?: boolean;
	make: (scene: Scene) => Callback;
}

const REFUSED: Answer = [401, 'refused'];
const PENDING: Answer = [200, 'pending'];
const GONE: Answer = [410, 'gone'];

function tokenOf({ url }: Called): string {
	return new URL(url).searchParams.get(TOKEN) ?? '';
}

function withQuery(url: string, name: string, value?: string): string {
	const changed = new URL(url);
	changed.searchParams.delete(name);
	if (value !== undefined) changed.searchParams.set(name, value);
	return changed.href;
}

function withoutDelivery(url: string): string {
	const changed = new URL(url);
	changed.pathname = changed.pathname.split('/').slice(0, -1).join('/');
	return changed.href;
}

function withWrongMac(token: string): string {
	const last = token.at(-2) === 'A' ? 'B' : 'A';
	return token.slice(0, -2) + last + token.slice(-1);
}

/** Another task named in the claims, with the signature of the true ones. */
function withOtherClaims(token: string): string {
	const [payload = '', mac] = token.split('.');
	const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
	const forged = JSON.stringify({ ...claims, taskId: 'task_bytedance_1' });
	return `${Buffer.from(forged).toString('base64url')}.${mac}`;
}

/** Signed by the vendor's secret and well-formed: only what `url` or `headers` say is forged. */
const vendorCall = (
	scene: Scene,
	url: string,
	{ taskId }: Pick<Called, 'taskId'>,
	headers: Record<string, string> = vendorSignature(taskId, scene.secret),
): Callback => ({ url, body: successBody(taskId, scene.attackerUrl), headers });

/** A token that somebody made who knows how tokens are made, and with `secret`. */
function made(
	url: string,
	secret: string,
	{ audienceUrl = url, ...claims }: Partial<CallbackClaims> & { audienceUrl?: string } = {},
): string {
	return withCallbackToken(url, deriveCallbackKey(secret), {
		nonce: newNonce(),
		audience: audienceOf(audienceUrl),
		issuedAt: Date.now(),
		...claims,
	});
}

function nonceIn(called: Called): unknown {
	const [payload = ''] = tokenOf(called).split('.');
	const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
	return typeof claims === 'object' && claims !== null && 'nonce' in claims ? claims.nonce : '';
}

/** A finished task that nobody has made, with a page and another execution's file for its video. */
function forgedNote(s: Scene): string {
	const nonce = nonceIn(s.paused);
	const task = { taskId: 'forged', status: 'succeeded', videoUrl: 'javascript:alert(1)' };
	const id = 'filesystem-v2:workflows/1/executions/1/binary_data/stolen';
	const data = { id, data: 'filesystem-v2', mimeType: 'text/html', fileName: '../../forged.html' };
	const settled = [{ item: 0, task, files: { data } }];
	return sign(JSON.stringify({ nonce, settled }), deriveCallbackKey(s.apiKey), 'note');
}

type Target = 'paused' | 'undelivered';

/** Right in all but the token, or the vendor's signature, for either kind of receiver. */
const common = (target: Target): Forgery[] => {
	const refused = (
		name: string,
		urlOf: (scene: Scene) => string,
		headersOf?: (scene: Scene) => Record<string, string>,
	): Forgery => ({
		name,
		answer: REFUSED,
		make: (s) => vendorCall(s, urlOf(s), s[target], headersOf?.(s)),
	});
	return [
		refused('no token', (s) => withQuery(s[target].url, TOKEN)),
		refused('wrong token', (s) =>
			withQuery(s[target].url, TOKEN, withWrongMac(tokenOf(s[target]))),
		),
		refused('changed claims', (s) =>
			withQuery(s[target].url, TOKEN, withOtherClaims(tokenOf(s[target]))),
		),
		refused('token of another account', (s) => made(s[target].url, 'the key of somebody else')),
		refused('token of a rotated key', (s) => made(s[target].url, `${s.apiKey}-before`)),
		refused('token signed with the API key, which the vendor has', (s) =>
			made(s[target].url, s.apiKey, {
				taskId: s[target].taskId,
				context: { approvedBy: 'nobody' },
				ledger: { table: '={{ 1 }}', key: 'k' },
			}),
		),
		refused('token of 15 days ago', (s) =>
			made(s[target].url, s.callbackSecret, { issuedAt: Date.now() - FIFTEEN_DAYS_MS }),
		),
		refused('token from the future', (s) =>
			made(s[target].url, s.callbackSecret, { issuedAt: Date.now() + OLD_MS }),
		),
		refused(
			'no vendor signature',
			(s) => s[target].url,
			() => ({}),
		),
		refused(
			'wrong vendor signature',
			(s) => s[target].url,
			(s) => vendorSignature(s[target].taskId, 'a guessed secret'),
		),
		refused(
			"another task's vendor signature",
			(s) => s[target].url,
			(s) => vendorSignature(s.delivered.taskId, s.secret),
		),
		refused(
			'old vendor signature',
			(s) => s[target].url,
			(s) => vendorSignature(s[target].taskId, s.secret, Date.now() - OLD_MS),
		),
		{
			name: 'lie about an unfinished task, all valid',
			answer: PENDING,
			onlyWhileUnfinished: true,
			make: (s) => vendorCall(s, s[target].url, s[target]),
		},
	];
};

const pollerCall = (s: Scene, body: unknown): Callback => ({
	url: withQuery(s.paused.url, TOKEN),
	body,
});

export const forgeriesAtPaused: Forgery[] = [
	...common('paused'),
	{
		name: "other execution's token",
		answer: REFUSED,
		make: (s) => vendorCall(s, withQuery(s.paused.url, TOKEN, tokenOf(s.otherPaused)), s.paused),
	},
	{
		name: "trigger's token",
		answer: REFUSED,
		make: (s) => vendorCall(s, withQuery(s.paused.url, TOKEN, tokenOf(s.undelivered)), s.paused),
	},
	{
		name: 'token signed with the secret of the credential',
		answer: REFUSED,
		make: (s) => vendorCall(s, made(s.paused.url, s.callbackSecret), s.paused),
	},
	{
		name: 'the vendor as a poller, with the nonce of its own URL and a note of its own',
		answer: GONE,
		make: (s) => pollerCall(s, { nonce: nonceIn(s.paused), note: forgedNote(s) }),
	},
	{
		name: 'the vendor with its own URL and a note of its own',
		answer: PENDING,
		onlyWhileUnfinished: true,
		make: (s) => {
			const { url, headers } = vendorCall(s, s.paused.url, s.paused);
			const { taskId } = s.paused;
			return { url, headers, body: { ...successBody(taskId, s.attackerUrl), note: forgedNote(s) } };
		},
	},
	{
		name: 'poller with a wrong nonce',
		answer: GONE,
		make: (s) => pollerCall(s, { nonce: newNonce(), note: 'e30.AAAA' }),
	},
	{ name: 'poller without a nonce', answer: REFUSED, make: (s) => pollerCall(s, {}) },
	{
		name: 'poller with another kind of nonce',
		answer: REFUSED,
		make: (s) => pollerCall(s, { nonce: [] }),
	},
	{
		name: 'no n8n signature',
		answer: [401],
		make: (s) => vendorCall(s, withQuery(s.paused.url, N8N_SIGNATURE), s.paused),
	},
	{
		name: "other execution's n8n signature",
		answer: [401],
		make: (s) => {
			const signature = new URL(s.otherPaused.url).searchParams.get(N8N_SIGNATURE) ?? '';
			return vendorCall(s, withQuery(s.paused.url, N8N_SIGNATURE, signature), s.paused);
		},
	},
	{
		name: 'the address without its path',
		answer: [404],
		make: (s) => vendorCall(s, withoutDelivery(s.paused.url), s.paused),
	},
	{
		name: 'finished execution',
		answer: [409],
		make: (s) => vendorCall(s, s.finished.url, s.finished),
	},
	{
		name: 'unknown task',
		answer: PENDING,
		onlyWhileUnfinished: true,
		make: (s) => vendorCall(s, s.paused.url, { taskId: 'task_bytedance_1' }),
	},
	{
		name: "another execution's task, valid token",
		answer: PENDING,
		onlyWhileUnfinished: true,
		make: (s) => vendorCall(s, s.paused.url, s.otherPaused),
	},
];

export const forgeriesAtTrigger: Forgery[] = [
	...common('undelivered'),
	{
		name: 'no token, no task',
		answer: REFUSED,
		make: (s) => ({ url: s.triggerUrl, body: {} }),
	},
	{
		name: "other trigger's token",
		answer: REFUSED,
		make: (s) => {
			const url = made(s.triggerUrl, s.callbackSecret, { audienceUrl: s.otherTriggerUrl });
			return vendorCall(s, url, s.undelivered);
		},
	},
	{
		name: "true callback at another trigger's address",
		answer: REFUSED,
		make: (s) =>
			vendorCall(s, withQuery(s.otherTriggerUrl, TOKEN, tokenOf(s.undelivered)), s.undelivered),
	},
	{
		name: "paused execution's token",
		answer: REFUSED,
		make: (s) => vendorCall(s, withQuery(s.triggerUrl, TOKEN, tokenOf(s.paused)), s.paused),
	},
	{
		name: "another task's ID with a used token",
		answer: REFUSED,
		make: (s) => vendorCall(s, s.delivered.url, s.undelivered),
	},
	{
		name: 'token for no task of the vendor',
		answer: [503, 'pending'],
		// A task that was submitted two minutes ago, and is not known, does not exist.
		answerLater: [200, 'gone'],
		make: (s) => vendorCall(s, s.undelivered.url, { taskId: 'task_bytedance_1' }),
	},
	{
		name: 'replay of a delivered callback',
		answer: [200, 'delivered'],
		make: (s) => vendorCall(s, s.delivered.url, s.delivered),
	},
];

const CONCURRENCY = 10;

/** Sends `count` callbacks, the kinds in turn; gives the answers by kind. */
export async function attack(
	scene: Scene,
	kinds: Forgery[],
	count: number,
): Promise<Map<Forgery, Answer[]>> {
	const answers = new Map(kinds.map((kind) => [kind, [] as Answer[]]));
	const queue = Array.from({ length: count }, (_, index) => kinds[index % kinds.length]).values();
	const attackers = Array.from({ length: CONCURRENCY }, async () => {
		for (const kind of queue) {
			if (kind === undefined) continue;
			const { status, state } = await call(kind.make(scene));
			answers.get(kind)?.push(typeof state === 'string' ? [status, state] : [status]);
		}
	});
	await Promise.all(attackers);
	return answers;
}

/** Each kind with the answers it got, each answer once; to be compared with the answers it must get. */
export const seen = (answers: Map<Forgery, Answer[]>): Array<[string, string[]]> =>
	[...answers].map(([{ name, answer, answerLater }, got]) => {
		const isLater = (given: Answer) => String(given) === String(answerLater);
		const asWanted = got.map((given) => String(isLater(given) ? answer : given));
		return [name, [...new Set(asWanted)]];
	});

export const wanted = (kinds: Forgery[]): Array<[string, string[]]> =>
	kinds.map(({ name, answer }) => [name, [String(answer)]]);
