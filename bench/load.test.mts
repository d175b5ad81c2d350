import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { print } from './waits.mts';

const root = join(__dirname, '..');
const loader = join(root, 'tools', 'scan', 'load-nodes.cjs');

const PROCESSES = 10;
const MAX_MS = 60;

interface Loaded {
	milliseconds: number;
	descriptionBytes: number;
}

/** What the loading of all nodes takes in a process of its own that has loaded these modules before. */
function load(loadedBefore: readonly string[]): Loaded {
	const { status, stdout, stderr } = spawnSync(process.execPath, [loader, root, ...loadedBefore], {
		encoding: 'utf8',
	});
	if (status !== 0) throw new Error(`The nodes do not load\n${stderr}`);
	return JSON.parse(stdout) as Loaded;
}

const half = PROCESSES / 2;

function measure(loadedBefore: readonly string[]) {
	const loads = Array.from({ length: PROCESSES }, () => load(loadedBefore));
	const times = loads.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
	const at = (index: number) => times[index] ?? NaN;
	return {
		medianMs: (at(half - 1) + at(half)) / 2,
		leastMs: at(0),
		mostMs: at(PROCESSES - 1),
		descriptionBytes: loads[0]?.descriptionBytes,
	};
}

const rowOf = (loadedBefore: readonly string[]) => ({
	loadedBefore: loadedBefore.join(', ') || 'nothing',
	...measure(loadedBefore),
});

const inWords = ({ loadedBefore, medianMs, leastMs, mostMs, descriptionBytes }: Row) =>
	`all nodes after ${loadedBefore}: median ${medianMs.toFixed(0)} ms ` +
	`(${leastMs.toFixed(0)} to ${mostMs.toFixed(0)}), ${descriptionBytes} bytes of descriptions`;

type Row = ReturnType<typeof rowOf>;

test(`n8n starts at most ${MAX_MS} ms later, median of ${PROCESSES} processes`, () => {
	// n8n has loaded both long before it comes to community nodes; without them for comparison.
	const inN8n = [['n8n-workflow', 'zod/v4'], ['n8n-workflow']].map(rowOf);
	for (const row of [...inN8n, rowOf([])]) print(inWords(row));
	for (const { medianMs } of inN8n) expect(medianMs).toBeLessThanOrEqual(MAX_MS);
});
