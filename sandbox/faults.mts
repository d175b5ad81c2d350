import type { Fault, FaultEffect, Operation, VendorId } from './types.mts';

/** Where a fault may strike. */
export interface FaultPoint {
	vendor?: VendorId;
	operation: Operation | 'callback';
	taskId?: string;
}

type EffectKind = FaultEffect['kind'];

const connectionKinds: EffectKind[] = [
	'latency',
	'http',
	'httpAfter',
	'reset',
	'resetAfter',
	'hang',
	'hangAfter',
];
const apiKinds: EffectKind[] = [
	...connectionKinds,
	'malformedJson',
	'malformedJsonAfter',
	'bodyCode',
];
const answerKinds: EffectKind[] = [...apiKinds, 'drip'];
const kindsByOperation: Record<FaultPoint['operation'], EffectKind[]> = {
	create: [...answerKinds, 'dripAfter', 'failTask', 'refuseWithTask', 'slowPropagation'],
	status: [...answerKinds, 'unknownStatus', 'otherTask'],
	list: answerKinds,
	delete: answerKinds,
	result: answerKinds,
	cancel: answerKinds,
	upload: answerKinds,
	keys: answerKinds,
	balance: answerKinds,
	price: answerKinds,
	models: answerKinds,
	validate: answerKinds,
	unknown: answerKinds,
	media: [...connectionKinds, 'drip', 'html', 'empty', 'wrongBytes', 'truncate', 'truncateClean'],
	callback: apiKinds,
};
/** What only some vendors' API can say. */
const vendorsOfKind: Partial<Record<EffectKind, readonly VendorId[]>> = {
	refuseWithTask: ['apikley', 'kie'],
};

export const effectKinds = new Set<string>(Object.values(kindsByOperation).flat());

/** mulberry32: small, seeded, good enough for "one in ten". */
function seededRandom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

function matches(fault: Fault, point: FaultPoint): boolean {
	const { kind } = fault.effect;
	if (!kindsByOperation[point.operation].includes(kind)) return false;
	const able = vendorsOfKind[kind];
	if (able && !(point.vendor && able.includes(point.vendor))) return false;
	if (fault.operation === undefined && point.operation === 'callback') return false;
	return (
		(fault.vendor === undefined || fault.vendor === point.vendor) &&
		(fault.operation === undefined || fault.operation === point.operation) &&
		(fault.taskId === undefined || fault.taskId === point.taskId)
	);
}

/** Decides, request by request, whether one of its faults strikes: its `strike` is stateful. */
function arm(fault: Fault) {
	const random = seededRandom(fault.seed ?? 1);
	let seen = 0;
	let struck = 0;
	return {
		fault,
		strike(point: FaultPoint): FaultEffect | undefined {
			if (struck >= (fault.times ?? Infinity) || !matches(fault, point)) return undefined;
			seen += 1;
			if (seen % (fault.everyNth ?? 1) !== 0) return undefined;
			if (fault.probability !== undefined && random() >= fault.probability) return undefined;
			struck += 1;
			return fault.effect;
		},
	};
}

export function createFaultPlan() {
	let armed: Array<ReturnType<typeof arm>> = [];
	return {
		add(fault: Fault) {
			armed.push(arm(fault));
		},
		clear() {
			armed = [];
		},
		all: () => armed.map(({ fault }) => fault),
		/** The effect of the first fault that strikes here; counts as used. */
		strike(point: FaultPoint): FaultEffect | undefined {
			for (const candidate of armed) {
				const effect = candidate.strike(point);
				if (effect) return effect;
			}
			return undefined;
		},
	};
}

export type FaultPlan = ReturnType<typeof createFaultPlan>;
