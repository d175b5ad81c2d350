import { vendors, type Fault, type FaultEffect, type Sandbox } from '../../../sandbox/types.mts';

type Operation = NonNullable<Fault['operation']>;

/** Everything that may happen to a request, and to its answer. */
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

const only: Partial<Record<Operation, FaultEffect[]>> = {
	create: [
		...anywhere,
		...hanging,
		{ kind: 'http', status: 401 },
		{ kind: 'http', status: 402 },
		{ kind: 'http', status: 422 },
		{ kind: 'bodyCode', code: 422 },
		{ kind: 'bodyCode', code: 455 },
		{ kind: 'bodyCode', code: 500 },
		{ kind: 'dripAfter', everyMs: 40 },
		{ kind: 'failTask', message: 'Too wild' },
		{ kind: 'refuseWithTask' },
		{ kind: 'slowPropagation', forMs: 20_000 },
	],
	status: [
		...anywhere,
		...hanging,
		{ kind: 'bodyCode', code: 500 },
		{ kind: 'unknownStatus', status: 'pondering' },
		{ kind: 'otherTask' },
	],
	result: anywhere,
	upload: anywhere,
	keys: anywhere,
	balance: anywhere,
	media: [
		{ kind: 'http', status: 503 },
		{ kind: 'http', status: 404 },
		{ kind: 'http', status: 403 },
		{ kind: 'reset' },
		{ kind: 'html' },
		{ kind: 'empty' },
		{ kind: 'wrongBytes' },
		{ kind: 'truncate', afterBytes: 500 },
		{ kind: 'truncateClean', afterBytes: 500 },
	],
	callback: [
		{ kind: 'http', status: 500 },
		{ kind: 'reset' },
		{ kind: 'hang' },
		{ kind: 'httpAfter', status: 500 },
		{ kind: 'malformedJson' },
	],
};

const shares: Partial<Record<Operation, number>> = { create: 0.35, status: 0.2, media: 0.35 };

const isHanging = ({ kind }: FaultEffect) => /hang|drip/i.test(kind);

/** Puts faults at every point of every vendor; gives how many kinds there are at each. */
export function spoil(sandbox: Sandbox, seed: number, elsewhereUrl: string) {
	const counts: Record<string, number> = {};
	for (const [name, effects] of Object.entries(only)) {
		const operation = name as Operation;
		const probability = (shares[operation] ?? 0.25) / effects.length;
		counts[operation] = effects.length;
		for (const [index, effect] of effects.entries()) {
			const isRare = isHanging(effect) && operation !== 'callback';
			const chance = isRare ? probability / 4 : probability;
			sandbox.addFault({ operation, probability: chance, seed: seed * 1000 + index, effect });
		}
	}
	for (const [index, vendor] of vendors.entries()) {
		const echo = `Bearer ${sandbox.apiKeys[vendor]} is not good enough`;
		const own = { vendor, probability: 0.02, seed: seed + index };
		const body = { code: 500, msg: echo, message: echo, error: { message: echo } };
		sandbox.addFault({ ...own, effect: { kind: 'http', status: 500, body } });
		const away = { kind: 'http', status: 307, location: elsewhereUrl } as const;
		sandbox.addFault({ ...own, probability: 0.01, seed: seed + 50 + index, effect: away });
	}
	return counts;
}
