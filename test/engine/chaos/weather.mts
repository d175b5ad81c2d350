import {
	vendors,
	type Fault,
	type FaultEffect,
	type RecordedRequest,
	type Sandbox,
	type VendorId,
} from '../../../sandbox/types.mts';

type Operation = NonNullable<Fault['operation']>;

/** What may happen to any request, and to its answer. */
const anywhere: FaultEffect[] = [
	{ kind: 'latency', latencyMs: 3 },
	{ kind: 'http', status: 500 },
	{ kind: 'http', status: 503, retryAfterSeconds: 7 },
	{ kind: 'http', status: 429, retryAfterSeconds: 3 },
	{ kind: 'http', status: 408 },
	{ kind: 'http', status: 502, body: '<html>Bad gateway</html>' },
	{ kind: 'http', status: 200, body: [] },
	{ kind: 'httpAfter', status: 502 },
	{ kind: 'reset' },
	{ kind: 'resetAfter' },
	{ kind: 'malformedJson' },
	{ kind: 'malformedJsonAfter' },
];

/** Each costs the test some real time. */
const hanging: FaultEffect[] = [
	{ kind: 'hang' },
	{ kind: 'hangAfter' },
	{ kind: 'drip', everyMs: 40 },
];

const hangingOrder: FaultEffect[] = [...hanging, { kind: 'dripAfter', everyMs: 40 }];

/** After these an order may be sent again, or is taken. */
const harmlessToAnOrder: FaultEffect[] = [
	{ kind: 'latency', latencyMs: 3 },
	{ kind: 'http', status: 429, retryAfterSeconds: 3 },
	{ kind: 'slowPropagation', forMs: 20_000 },
];

/** After these nobody can know whether an order was taken. */
const doubtful = anywhere.filter(
	(effect) => effect.kind !== 'latency' && !(effect.kind === 'http' && effect.status === 429),
);

/** After these there is no video, and the user has to do something. */
const refusals: FaultEffect[] = [
	{ kind: 'http', status: 402 },
	{ kind: 'http', status: 422 },
	{ kind: 'failTask', message: 'Too wild' },
];

/** Vendors where an order can be looked for whose answer was lost. */
const withLists: readonly VendorId[] = ['replicate', 'wavespeed', 'byteplus'];

/** The vendors whose bodies have codes of their own. */
const withCodes: readonly VendorId[] = ['apikley', 'kie'];

interface Gust {
	operation: Operation;
	vendors?: readonly VendorId[];
	effects: FaultEffect[];
	/** Of all requests of the operation, by all effects together. */
	share: number;
	/**
	 * Each of the effects strikes once in any case, as soon as so many requests have passed since the
	 * one before it: what is rare happens in a short run too.
	 */
	isSureEvery?: number;
}

const gusts: Gust[] = [
	{ operation: 'create', effects: harmlessToAnOrder, share: 0.12, isSureEvery: 3 },
	{ operation: 'create', effects: doubtful, share: 0.025, isSureEvery: 90 },
	{ operation: 'create', effects: hangingOrder, share: 0.004, isSureEvery: 200 },
	{ operation: 'create', effects: hangingOrder.slice(-1), share: 0, isSureEvery: 40 },
	{
		operation: 'create',
		vendors: withLists,
		effects: [
			{ kind: 'httpAfter', status: 502 },
			{ kind: 'resetAfter' },
			{ kind: 'malformedJsonAfter' },
		],
		share: 0,
		isSureEvery: 2,
	},
	{ operation: 'create', effects: refusals, share: 0.01, isSureEvery: 15 },
	{
		operation: 'create',
		vendors: withCodes,
		effects: [{ kind: 'bodyCode', code: 455 }],
		share: 0.1,
		isSureEvery: 2,
	},
	{
		operation: 'create',
		vendors: withCodes,
		effects: [
			{ kind: 'refuseWithTask' },
			{ kind: 'bodyCode', code: 422 },
			{ kind: 'bodyCode', code: 500 },
		],
		share: 0.03,
		isSureEvery: 2,
	},
	{
		operation: 'status',
		effects: [
			...anywhere,
			{ kind: 'bodyCode', code: 500 },
			{ kind: 'unknownStatus', status: 'pondering' },
			{ kind: 'otherTask' },
		],
		share: 0.2,
		isSureEvery: 8,
	},
	{ operation: 'status', effects: [{ kind: 'otherTask' }], share: 0.03 },
	{ operation: 'status', effects: hanging, share: 0.004, isSureEvery: 50 },
	{ operation: 'result', effects: anywhere, share: 0.25, isSureEvery: 2 },
	{ operation: 'upload', effects: anywhere, share: 0.25, isSureEvery: 1 },
	{ operation: 'upload', effects: hanging, share: 0.02, isSureEvery: 6 },
	// They are kept for long, so that few are asked for.
	{ operation: 'keys', effects: anywhere.slice(1), share: 0.25, isSureEvery: 1 },
	{ operation: 'balance', effects: anywhere, share: 0.25, isSureEvery: 1 },
	// Where orders are looked for whose answers were lost.
	{ operation: 'list', effects: anywhere, share: 0.25, isSureEvery: 3 },
	{
		operation: 'media',
		effects: [
			{ kind: 'truncateClean', afterBytes: 500 },
			{ kind: 'latency', latencyMs: 3 },
			{ kind: 'http', status: 503 },
			{ kind: 'http', status: 404 },
			{ kind: 'reset' },
			{ kind: 'html' },
			{ kind: 'empty' },
			{ kind: 'wrongBytes' },
			{ kind: 'truncate', afterBytes: 500 },
		],
		share: 0.22,
		isSureEvery: 2,
	},
	{ operation: 'media', effects: [{ kind: 'http', status: 403 }], share: 0.01, isSureEvery: 9 },
	{ operation: 'media', effects: hanging.slice(1), share: 0.006, isSureEvery: 9 },
	{
		operation: 'callback',
		effects: [
			{ kind: 'http', status: 500 },
			{ kind: 'reset' },
			{ kind: 'hang' },
			{ kind: 'httpAfter', status: 500 },
			{ kind: 'malformedJson' },
		],
		share: 0.25,
		isSureEvery: 1,
	},
];

/** The task of an answer that leads elsewhere; no vendor has made it. */
export const TASK_ELSEWHERE = 'task-elsewhere';

/** Answers with the vendor's API key in them, and answers that lead to a foreign host. */
function temptations({ apiKeys }: Sandbox, elsewhereUrl: string): Fault[] {
	const ofEach = vendors.flatMap((vendor, index): Fault[] => {
		const message = `Bearer ${apiKeys[vendor]} is not good enough`;
		const body = { code: 500, msg: message, message, detail: message, error: { message } };
		const echo = { kind: 'http', status: 500, body } as const;
		const refusal = { kind: 'http', status: 401, body: { ...body, code: 401 } } as const;
		const away = { kind: 'http', status: 307, location: elsewhereUrl } as const;
		const soon = 3 + index;
		return [
			{ vendor, operation: 'create', probability: 0.004, effect: echo },
			{ vendor, operation: 'create', probability: 0.004, effect: away },
			{ vendor, operation: 'create', everyNth: index === 0 ? 8 : 60, times: 2, effect: refusal },
			{ vendor, operation: 'status', everyNth: soon, times: 1, effect: echo },
			{ vendor, operation: 'status', probability: 0.02, effect: echo },
			{ vendor, operation: 'status', everyNth: index === 0 ? 40 : 300, times: 3, effect: away },
		];
	});
	const [status_url, response_url, upload_url, file_url] = ['status', 'result', 'put', 'a.png'].map(
		(path) => `${elsewhereUrl}/${path}`,
	);
	const told = { request_id: TASK_ELSEWHERE, status_url, response_url };
	const order: FaultEffect = { kind: 'http', status: 200, body: told };
	const upload: FaultEffect = { kind: 'http', status: 200, body: { upload_url, file_url } };
	return [
		...ofEach,
		{ vendor: 'fal', operation: 'create', everyNth: 6, times: 1, effect: order },
		{ vendor: 'fal', operation: 'create', everyNth: 50, effect: order },
		{ vendor: 'fal', operation: 'upload', everyNth: 3, times: 1, effect: upload },
		{ vendor: 'fal', operation: 'upload', everyNth: 30, effect: upload },
	];
}

/** Puts faults at every point of every vendor. */
export function spoil(sandbox: Sandbox, seed: number, elsewhereUrl: string): void {
	const faults = temptations(sandbox, elsewhereUrl);
	for (const { operation, vendors: some = [undefined], effects, share, isSureEvery } of gusts) {
		for (const [index, effect] of effects.entries()) {
			const probability = share / effects.length;
			faults.push(...some.map((vendor) => ({ operation, vendor, probability, effect })));
			if (isSureEvery === undefined) continue;
			const sure = { operation, everyNth: (index + 1) * isSureEvery, times: 1, effect };
			faults.push({ ...sure, vendor: some[index % some.length] });
		}
	}
	for (const [index, fault] of faults.entries()) {
		sandbox.addFault({ ...fault, seed: seed * 1000 + index });
	}
}

/** By which a kind of fault goes in the report. */
export const nameOf = (effect: FaultEffect): string => {
	if ('status' in effect && effect.kind !== 'unknownStatus')
		return `${effect.kind} ${effect.status}`;
	return 'code' in effect && effect.code !== undefined
		? `${effect.kind} ${effect.code}`
		: effect.kind;
};

export interface Struck {
	/** Requests and, as such, callbacks. */
	requests: number;
	/** By the names of the effects, those included that have not struck. */
	effects: Map<string, number>;
}

/** What has struck at each operation. */
export function countFaults(sandbox: Sandbox): Map<string, Struck> {
	const counts = new Map<string, Struck>();
	const countsOf = (operation: string): Struck => {
		const known = counts.get(operation) ?? { requests: 0, effects: new Map<string, number>() };
		counts.set(operation, known);
		return known;
	};
	for (const { operation, effects } of gusts) {
		for (const effect of effects) countsOf(operation).effects.set(nameOf(effect), 0);
	}
	const callbacks = sandbox.callbacks().map(({ fault }) => ({ operation: 'callback', fault }));
	for (const { operation, fault } of [...sandbox.requests, ...callbacks]) {
		const count = countsOf(operation);
		count.requests += 1;
		if (fault === undefined) continue;
		const name = nameOf(fault);
		count.effects.set(name, (count.effects.get(name) ?? 0) + 1);
	}
	return counts;
}

/** The statuses after which an order was certainly not taken. */
const definiteRefusals = [401, 402, 422, 429];

/** What an order's request has left open: nothing, whether there is a task, or what only its vendor's words tell. */
export function doubtAfter({ fault }: RecordedRequest): 'none' | 'certain' | 'perhaps' {
	switch (fault?.kind) {
		case undefined:
		case 'latency':
		case 'failTask':
		case 'slowPropagation':
		case 'refuseWithTask':
			return 'none';
		case 'bodyCode':
			return 'perhaps';
		case 'http':
			if (JSON.stringify(fault.body)?.includes(TASK_ELSEWHERE)) return 'none';
			return definiteRefusals.includes(fault.status) ? 'none' : 'certain';
		default:
			return 'certain';
	}
}
