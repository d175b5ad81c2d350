import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { median, type Figure } from './table.mts';

const PROCESSES = 10;
const MAX_MS = 60;
const THERE_ALREADY = ['n8n-workflow', 'zod/v4'];

interface Loaded {
	milliseconds: number;
	descriptionBytes: number;
}

function run(args: readonly string[]): string {
	const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
	if (status !== 0) throw new Error(`The nodes do not load: ${stderr}`);
	return stdout;
}

/** The heap that the nodes hold, with garbage collected before and after. */
const HEAP = `
	const { createRequire } = require('node:module');
	const { nodes, credentials } = require(process.cwd() + '/package.json').n8n;
	for (const name of ${JSON.stringify(THERE_ALREADY)}) createRequire(process.cwd() + '/package.json')(name);
	gc();
	const before = process.memoryUsage().heapUsed;
	const kept = [...nodes, ...credentials].map((file) => {
		const Class = Object.values(require(process.cwd() + '/' + file))[0];
		return new Class();
	});
	gc();
	console.log((process.memoryUsage().heapUsed - before) / 2 ** 20, kept.length);`;

/** Figure 6: what n8n's start takes longer for it. */
export async function measureLoading(): Promise<Figure> {
	const root = process.cwd();
	const loader = join(root, 'tools', 'scan', 'load-nodes.cjs');
	const load = (): Loaded => JSON.parse(run([loader, root, ...THERE_ALREADY]));
	const loads = Array.from({ length: PROCESSES }, load);
	const times = loads.map(({ milliseconds }) => milliseconds);
	const medianMs = median(times);
	const heapMb = Number.parseFloat(run(['--expose-gc', '-e', HEAP]));
	const bytes = loads[0]?.descriptionBytes ?? NaN;
	return {
		title: '6. Loading all nodes',
		promise: `At most ${MAX_MS} ms, median of ${PROCESSES} processes that have n8n-workflow and zod loaded, as n8n has.`,
		isKept: medianMs <= MAX_MS,
		columns: ['', 'time', 'memory', 'JSON of all descriptions'],
		rows: [
			[
				'all nodes and credentials',
				`${medianMs.toFixed(0)} ms (${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)})`,
				`${heapMb.toFixed(1)} MB`,
				`${(bytes / 1000).toFixed(0)} kB`,
			],
		],
	};
}
