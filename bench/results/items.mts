import { setTimeout as sleep } from 'node:timers/promises';
import { openStage, seedanceNode } from '../../test/e2e/stage.mts';
import { textModels, until } from '../../test/e2e/workflows.mts';
import { cpuSecondsOf } from '../inspector.mts';
import { scale } from './scale.mts';
import { median, say, type Figure } from './table.mts';
import {
	createOrdinary,
	createWorkflow,
	startRowClock,
	withSandbox,
	type BenchWorkflow,
} from './workflows.mts';

const MAX_MS_PER_ITEM = 5;
const IDLE_MS = 20_000;
const GENERATION_MS = 1000;
const FINISH_TIMEOUT_MS = 300_000;

/** Few items take less than the system's clock of CPU time can tell, so they are run more often. */
const roundsOf = (items: number) => (items < 50 ? 9 : items < 500 ? 5 : 3);

/** What n8n loads and compiles at the first items is nobody's. */
const WARM_UP_ITEMS = 120;

/** Figure 4: whether an item costs more where there are many. */
export async function measureItems(): Promise<Figure> {
	const stage = await openStage();
	const bench = await withSandbox(stage, GENERATION_MS);
	const clock = await startRowClock();
	try {
		const [pid = 0] = stage.n8n.pids();
		// A run with few items waits longer than it works, and n8n is never quite idle.
		await sleep(IDLE_MS);
		const idleBefore = cpuSecondsOf(pid);
		await sleep(IDLE_MS);
		const idleShare = ((cpuSecondsOf(pid) - idleBefore) * 1000) / IDLE_MS;
		say(`  idle: ${(idleShare * 100).toFixed(1)} % of a core`);
		const cpuOf = async (workflow: BenchWorkflow, items: number) => {
			const costs: number[] = [];
			for (let round = -Math.ceil(WARM_UP_ITEMS / items); round < roundsOf(items); round++) {
				bench.sandbox.reset();
				clock.reported.length = 0;
				const [before, startedAt] = [cpuSecondsOf(pid), Date.now()];
				await workflow.start();
				await until(() => clock.reported.length >= items, 'all rows', FINISH_TIMEOUT_MS, 20);
				await sleep(500);
				const idleMs = (Date.now() - startedAt) * idleShare;
				if (round >= 0) costs.push((cpuSecondsOf(pid) - before) * 1000 - idleMs);
			}
			return median(costs);
		};
		const rows: string[][] = [];
		const ours: number[] = [];
		for (const items of scale.itemCounts) {
			const node = seedanceNode(bench, 'aimlapi', {
				model: textModels.aimlapi,
				prompt: '={{ $json.prompts }}',
				downloadVideo: false,
				options: { maxParallel: items },
			});
			const without = await createWorkflow(bench, `without ${items}`, items, clock.url);
			const withNode = await createWorkflow(bench, `with ${items}`, items, clock.url, node);
			const ordinary = await createOrdinary(bench, items, clock.url, `items ${items}`);
			const baseMs = await cpuOf(without, items);
			const perItem = ((await cpuOf(withNode, items)) - baseMs) / items;
			const theirs = ((await cpuOf(ordinary, items)) - baseMs) / items;
			ours.push(perItem);
			say(`  ${items} items: ${perItem.toFixed(1)} ms an item, ordinary ${theirs.toFixed(1)} ms`);
			rows.push([String(items), `${perItem.toFixed(1)} ms`, `${theirs.toFixed(1)} ms`]);
		}
		const last = ours.at(-1) ?? NaN;
		const isFlat = ours.slice(0, -1).every((cost) => last <= cost * 1.25);
		return {
			title: '4. CPU time of n8n for an item',
			promise: `Flat, and at most ${MAX_MS_PER_ITEM} ms: order, one look and row, two HTTP requests included.`,
			isKept: isFlat && Math.max(...ours) <= MAX_MS_PER_ITEM,
			columns: ['items in one run', 'Seedance Text to Video', 'the ordinary way'],
			rows,
			notes: [
				`What the same workflow takes without the node is taken off, and what an idle n8n takes meanwhile. Medians, after ${WARM_UP_ITEMS} items of each. With few items it is n8n’s cost of a run that is shared by few: a profile of runs of ten shows half a millisecond an item in the package’s own code.`,
			],
		};
	} finally {
		await bench.close();
		await stage.close();
		clock.close();
	}
}
