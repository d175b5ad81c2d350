import { openBudget } from '../../../nodes/shared/tasks/budget';
import { openWorks } from '../../../nodes/shared/tasks/works';
import { rememberUploads } from '../../../nodes/shared/tasks/uploads';
import type { Fault, Outcome } from '../../../nodes/shared/domain/fault';
import type { JsonObject } from '../../../nodes/shared/domain/json';
import type { Provider } from '../../../nodes/shared/domain/provider';
import { fail, ok } from '../../../nodes/shared/domain/result';
import type { VendorRequest, VendorResponse } from '../../../nodes/shared/domain/vendor';
import { createClaims } from '../../../nodes/shared/tasks/claims';
import { openGrace } from '../../../nodes/shared/tasks/grace';
import { createLookCount } from '../../../nodes/shared/tasks/pace';
import { openToldModels } from '../../../nodes/shared/tasks/told';
import { contextLedger, type LedgerEntry } from '../../../nodes/shared/tasks/ledger';
import type { Order } from '../../../nodes/shared/tasks/order';
import type { Session } from '../../../nodes/shared/tasks/session';
import { answer, modelOf, providerOf, virtualClock, type VirtualClock } from '../helpers.mts';

export const taskId = 'task-1';
export const modelId = 'bytedance/v1-lite-text-to-video';

/** What the vendor, here Apikley, or the network in its place, says to one request. */
export type Say = Outcome<VendorResponse>;

export const state = (word: string, more: JsonObject = {}): Say =>
	ok(answer({ code: 200, data: { taskId, state: word, ...more } }));
export const finished: Say = state('success', { resultJson: '{"resultUrls":["https://v"]}' });
export const failed: Say = state('fail', { failCode: '500', failMsg: 'no' });
export const taken: Say = ok(answer({ code: 200, data: { taskId } }));
export const refusal = (code: number, retryAfterMs?: number): Say =>
	ok({ ...answer({ code, msg: 'in its own words' }, code), retryAfterMs });
export const fault = (kind: Fault['kind'], more: Partial<Fault> = {}): Say =>
	fail({ kind, message: 'in its own words', certainlyNotTaken: false, ...more });

export interface Script {
	/** The answers to looks and orders, one after the other; the last one stays. */
	looks?: Say[];
	orders?: Say[];
	provider?: Provider;
	stopSignal?: AbortSignal;
	/** Real duration of every request, in virtual time. */
	requestMs?: number;
	/** What is thrown by chance. */
	chance?: number;
}

/** A session whose vendor follows a script, in virtual time. */
export function scripted(script: Script = {}) {
	const clock: VirtualClock = virtualClock(Date.parse('2026-11-20T10:00:00.000Z'));
	clock.chance = script.chance ?? 0;
	const startedAt = clock.now();
	const asked: Array<{ request: VendorRequest; afterMs: number; timeoutMs?: number }> = [];
	const ordered: Array<{ request: VendorRequest; afterMs: number; entry?: LedgerEntry }> = [];
	const log: string[] = [];
	let turns = 0;
	/** For each turn that is over, how many orders had gone out by then. */
	const over: number[] = [];

	const next = (answers: Say[], count: number): Say => {
		const said = answers[Math.min(count, answers.length) - 1];
		if (said === undefined) throw new Error('The script has no answer');
		return said;
	};
	const page = contextLedger({}).page('item');
	const transport: Session['transport'] = {
		async read(request, timeoutMs) {
			asked.push({ request, afterMs: clock.now() - startedAt, timeoutMs });
			clock.pass(script.requestMs ?? 0);
			return await Promise.resolve(next(script.looks ?? [finished], asked.length));
		},
		openFile: async () => await Promise.reject(new Error('Not part of these tests')),
		async submit(request) {
			ordered.push({ request, afterMs: clock.now() - startedAt, entry: await page.read() });
			clock.pass(script.requestMs ?? 0);
			return next(script.orders ?? [taken], ordered.length);
		},
	};
	const session: Session = {
		providerId: 'apikley',
		account: 'account',
		baseUrl: 'https://vendor.example',
		isBusy: () => false,
		works: openWorks(clock),
		lookCount: createLookCount(),
		toldModels: openToldModels(),
		grace: openGrace(),
		claims: createClaims(),
		knownSince: 0,
		provider: script.provider ?? providerOf('apikley'),
		clock,
		stopSignal: script.stopSignal,
		callbackKeys: [{ key: Buffer.from('key'), isSecret: true }],
		signingKey: async () => ({ key: Buffer.from('key'), isSecret: true }),
		webhookSecret: '',
		log: (message) => log.push(message),
		pace: async () => {
			turns += 1;
			return await Promise.resolve(() => void over.push(ordered.length));
		},
		transport,
		transportAfterStop: transport,
	};
	const order = (more: Partial<Order> = {}): Order => ({
		session,
		itemIndex: 3,
		model: modelOf('apikley', modelId),
		input: { prompt: 'A paper boat' },
		media: [],
		uploads: rememberUploads({}),
		additional: {},
		page,
		budget: openBudget({}),
		about: { model: modelId },
		resubmitUnknown: false,
		cancelOnStop: false,
		waiting: { timeoutMinutes: 30 },
		output: { raw: false },
		...more,
	});
	return {
		session,
		clock,
		page,
		order,
		asked,
		ordered,
		log,
		turns: () => turns,
		over,
		elapsedMs: () => clock.now() - startedAt,
		startedAt,
	};
}
