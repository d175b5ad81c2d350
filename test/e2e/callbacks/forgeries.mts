import { deriveCallbackKey, withCallbackToken } from '../../../nodes/shared/callbacks/token';
import { successBody, vendorSignature, type Callback } from './send.mts';

const OLD_MS = 10 * 60_000;
const TOKEN = 'seedance';
const N8N_SIGNATURE = 'signature';

/** A task and the callback URL it was submitted with. */
export interface Called {
	taskId: string;
	url: string;
}

export interface Scene {
	secret: string;
	/** In every body, as the video's address. */
	attackerUrl: string;
	paused: Called;
	otherPaused: Called;
	/** Its execution has ended. */
	finished: Called;
	triggerUrl: string;
	/** Has started the trigger's workflow. */
	delivered: Called;
	/** Has not. */
	undelivered: Called;
}

/** One way to forge, and the answer it must get. */
export interface Forgery {
	name: string;
	answer: number;
	/** Right in all but one thing: the vendor may be asked whether the task has ended. */
	onlyWhileUnfinished?: boolean;
	make: (scene: Scene) => Callback;
}

function tokenOf({ url }: Called): string {
	return new URL(url).searchParams.get(TOKEN) ?? '';
}

function withQuery(url: string, name: string, value?: string): string {
	const changed = new URL(url);
	changed.searchParams.delete(name);
	if (value !== undefined) changed.searchParams.set(name, value);
	return changed.href;
}

function withWrongMac(token: string): string {
	const last = token.at(-2) === 'A' ? 'B' : 'A';
	return token.slice(0, -2) + last + token.slice(-1);
}

/** Signed by the vendor's secret and well-formed: only what `change` says is forged. */
function call(scene: Scene, url: string, taskId: string, headers?: Record<string, string>) {
	return {
		url,
		body: successBody(taskId, scene.attackerUrl),
		headers: headers ?? vendorSignature(taskId, scene.secret),
	};
}

function foreignToken(url: string, content: Parameters<typeof withCallbackToken>[2]): string {
	return withCallbackToken(url, deriveCallbackKey('the key of another account'), content);
}

const executionIdOf = ({ url }: Called) => new URL(url).pathname.split('/').at(-1);

export const forgeriesAtPaused: Forgery[] = [
	{
		name: 'no token',
		answer: 401,
		make: (s) => call(s, withQuery(s.paused.url, TOKEN), s.paused.taskId),
	},
	{
		name: 'wrong token',
		answer: 401,
		make: (s) => {
			const token = withWrongMac(tokenOf(s.paused));
			return call(s, withQuery(s.paused.url, TOKEN, token), s.paused.taskId);
		},
	},
	{
		name: 'token signed with another key',
		answer: 401,
		make: (s) => {
			const url = foreignToken(s.paused.url, { executionId: executionIdOf(s.paused) });
			return call(s, url, s.paused.taskId);
		},
	},
	{
		name: "other execution's token",
		answer: 401,
		make: (s) => call(s, withQuery(s.paused.url, TOKEN, tokenOf(s.otherPaused)), s.paused.taskId),
	},
	{
		name: "trigger's token",
		answer: 401,
		make: (s) => call(s, withQuery(s.paused.url, TOKEN, tokenOf(s.undelivered)), s.paused.taskId),
	},
	{
		name: 'no vendor signature',
		answer: 401,
		make: (s) => call(s, s.paused.url, s.paused.taskId, {}),
	},
	{
		name: 'wrong vendor signature',
		answer: 401,
		make: (s) => {
			const headers = vendorSignature(s.paused.taskId, 'a guessed secret');
			return call(s, s.paused.url, s.paused.taskId, headers);
		},
	},
	{
		name: 'old timestamp',
		answer: 401,
		make: (s) => {
			const headers = vendorSignature(s.paused.taskId, s.secret, Date.now() - OLD_MS);
			return call(s, s.paused.url, s.paused.taskId, headers);
		},
	},
	{
		name: 'no n8n signature',
		answer: 401,
		make: (s) => call(s, withQuery(s.paused.url, N8N_SIGNATURE), s.paused.taskId),
	},
	{
		name: 'finished execution',
		answer: 409,
		make: (s) => call(s, s.finished.url, s.finished.taskId),
	},
	{
		name: 'unknown task',
		answer: 200,
		make: (s) => call(s, s.paused.url, 'task_bytedance_1'),
	},
	{
		name: "another execution's task, valid token",
		answer: 200,
		make: (s) => call(s, s.paused.url, s.otherPaused.taskId),
	},
	{
		name: 'lie about an unfinished task, all valid',
		answer: 200,
		onlyWhileUnfinished: true,
		make: (s) => call(s, s.paused.url, s.paused.taskId),
	},
];

export const forgeriesAtTrigger: Forgery[] = [
	{
		name: 'no token',
		answer: 401,
		make: (s) => call(s, s.triggerUrl, s.undelivered.taskId),
	},
	{
		name: 'wrong token',
		answer: 401,
		make: (s) => {
			const token = withWrongMac(tokenOf(s.undelivered));
			return call(s, withQuery(s.triggerUrl, TOKEN, token), s.undelivered.taskId);
		},
	},
	{
		name: 'token signed with another key',
		answer: 401,
		make: (s) => call(s, foreignToken(s.triggerUrl, {}), s.undelivered.taskId),
	},
	{
		name: "paused execution's token",
		answer: 401,
		make: (s) => call(s, withQuery(s.triggerUrl, TOKEN, tokenOf(s.paused)), s.paused.taskId),
	},
	{
		name: 'no vendor signature',
		answer: 401,
		make: (s) => call(s, s.undelivered.url, s.undelivered.taskId, {}),
	},
	{
		name: 'wrong vendor signature',
		answer: 401,
		make: (s) => {
			const headers = vendorSignature(s.undelivered.taskId, 'a guessed secret');
			return call(s, s.undelivered.url, s.undelivered.taskId, headers);
		},
	},
	{
		name: 'old timestamp',
		answer: 401,
		make: (s) => {
			const headers = vendorSignature(s.undelivered.taskId, s.secret, Date.now() - OLD_MS);
			return call(s, s.undelivered.url, s.undelivered.taskId, headers);
		},
	},
	{
		name: "another task's ID with a used token",
		answer: 401,
		make: (s) => call(s, s.delivered.url, s.undelivered.taskId),
	},
	{
		name: 'unknown task',
		answer: 200,
		make: (s) => call(s, s.undelivered.url, 'task_bytedance_1'),
	},
	{
		name: 'replay of a delivered callback',
		answer: 200,
		make: (s) => call(s, s.delivered.url, s.delivered.taskId),
	},
	{
		name: 'lie about an unfinished task, all valid',
		answer: 200,
		onlyWhileUnfinished: true,
		make: (s) => call(s, s.undelivered.url, s.undelivered.taskId),
	},
];
