import { parseArgs } from 'node:util';
import { vendors } from '../../sandbox/vendors/index.mts';
import type { VendorId } from '../../test/e2e/stage.mts';
import { providerOf } from '../../test/unit/helpers.mts';

/** How much a run holds, and over how many processes. */
export interface Plan {
	/** Executions that are paused, over all vendors. */
	paused: number;
	/** Executions that wait in the node, over all vendors. */
	waiting: number;
	workers: number;
	processors: number;
	/** A run that takes longer says what is left. */
	minutes: number;
	/** Whether a worker and a webhook processor are killed in the middle. */
	kills: boolean;
}

/** `--paused 1000 --waiting 200 --workers 3 --processors 2 --minutes 8 --no-kills`. */
export function readPlan(args: string[]): Plan {
	const { values } = parseArgs({
		args,
		options: {
			paused: { type: 'string', default: '1000' },
			waiting: { type: 'string', default: '200' },
			workers: { type: 'string', default: '3' },
			processors: { type: 'string', default: '2' },
			minutes: { type: 'string', default: '8' },
			'no-kills': { type: 'boolean', default: false },
		},
	});
	const count = (name: 'paused' | 'waiting' | 'workers' | 'processors' | 'minutes') => {
		const value = Number(values[name]);
		if (value >= 0 && Number.isFinite(value)) return value;
		throw new Error(`--${name} must be a number, and is '${values[name]}'`);
	};
	return {
		paused: count('paused'),
		waiting: count('waiting'),
		workers: Math.max(1, count('workers')),
		processors: Math.max(1, count('processors')),
		minutes: count('minutes'),
		kills: !values['no-kills'],
	};
}

/** In this time all of a run's executions are to be ordered. */
const ORDERING_MS = 90_000;

/** What a vendor's documented rate lets through while a run is set up. */
function mostAt(vendor: VendorId): number {
	const { creates } = providerOf(vendor).limits;
	return creates === undefined
		? Infinity
		: Math.floor((creates.count * ORDERING_MS) / creates.windowMs);
}

/** So many executions over all vendors, as evenly as their documented rates allow. */
export function shareOut(count: number): Map<VendorId, number> {
	const shares = new Map<VendorId, number>();
	let left = count;
	const narrowFirst = vendors.toSorted((one, other) => mostAt(one) - mostAt(other));
	for (const [index, vendor] of narrowFirst.entries()) {
		const even = Math.ceil(left / (narrowFirst.length - index));
		const share = Math.min(even, mostAt(vendor));
		shares.set(vendor, share);
		left -= share;
	}
	return shares;
}
