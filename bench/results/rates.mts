import type { Sandbox } from '../../sandbox/index.mts';
import { vendors } from '../../sandbox/vendors/index.mts';
import type { Rate } from '../../nodes/shared/domain/provider.ts';
import { seedanceNode, type SharedStage, type VendorId } from '../../test/e2e/stage.mts';
import { textModels, until } from '../../test/e2e/workflows.mts';
import { providerOf } from '../../test/unit/helpers.mts';
import { createWorkflow, type startRowClock } from './workflows.mts';

/** Times are whole milliseconds at both ends. */
const ROUNDING_MS = 2;
const FINISH_TIMEOUT_MS = 300_000;

/** A minute's orders, where a vendor documents how many those are. */
const ORDERS_FOR_MS = 60_000;

/** The most requests in any window of a rate. */
export function mostInWindow(times: readonly number[], windowMs: number): number {
	const sorted = times.toSorted((a, b) => a - b);
	let first = 0;
	let most = 0;
	for (const [last, at] of sorted.entries()) {
		while (at - (sorted[first] ?? at) >= windowMs - ROUNDING_MS) first += 1;
		most = Math.max(most, last - first + 1);
	}
	return most;
}

interface Held {
	text: string;
	isKept: boolean;
}

function heldAt({ requests }: Sandbox, vendor: VendorId): Held[] {
	const { label, limits } = providerOf(vendor);
	const timesOf = (isCounted: (operation: string) => boolean) =>
		requests
			.filter((request) => request.vendor === vendor && isCounted(request.operation))
			.map(({ receivedAt }) => receivedAt);
	const held = (what: string, rate: Rate | undefined, times: number[]): Held[] => {
		if (rate === undefined) return [];
		const most = mostInWindow(times, rate.windowMs);
		const text = `${label} ${most} of ${rate.count} ${what} in ${rate.windowMs / 1000} s`;
		return [{ text, isKept: most <= rate.count }];
	};
	return [
		...held(
			'orders',
			limits.creates,
			timesOf((operation) => operation === 'create'),
		),
		...held(
			'requests',
			limits.requests,
			timesOf((operation) => operation !== 'media'),
		),
	];
}

/** A batch at every vendor at the same time, and the most of its documented rates that each has seen. */
export async function measureRates(
	stage: SharedStage,
	clock: Awaited<ReturnType<typeof startRowClock>>,
	items: number,
): Promise<Held[]> {
	const counts = vendors.map((vendor) => {
		const { creates } = providerOf(vendor).limits;
		const most = creates && Math.floor((creates.count * ORDERS_FOR_MS) / creates.windowMs);
		return { vendor, count: Math.min(items, most ?? items) };
	});
	clock.reported.length = 0;
	const workflows = await Promise.all(
		counts.map(async ({ vendor, count }) => {
			const node = seedanceNode(stage, vendor, {
				model: textModels[vendor],
				prompt: '={{ $json.prompts }}',
				downloadVideo: false,
				options: { maxParallel: count },
			});
			return await createWorkflow(stage, `rates ${vendor}`, count, clock.url, node);
		}),
	);
	await Promise.all(workflows.map(async (workflow) => await workflow.start()));
	const all = counts.reduce((sum, { count }) => sum + count, 0);
	const isDone = () => clock.reported.length >= all;
	await until(isDone, 'all rows of all vendors', FINISH_TIMEOUT_MS, 100);
	return vendors.flatMap((vendor) => heldAt(stage.sandbox, vendor));
}
