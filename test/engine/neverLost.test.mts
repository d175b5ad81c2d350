import type { FaultEffect } from '../../sandbox/index.mts';
import { numbered, ownPrompt, useBench } from './bench.mts';
import type { NodeResult } from './harness.mts';

const bench = useBench();

const effects: FaultEffect[] = [
	{ kind: 'http', status: 500 },
	{ kind: 'httpAfter', status: 502 },
	{ kind: 'http', status: 429, retryAfterSeconds: 3 },
	{ kind: 'http', status: 402 },
	{ kind: 'bodyCode', code: 455 },
	{ kind: 'bodyCode', code: 422 },
	{ kind: 'reset' },
	{ kind: 'resetAfter' },
	{ kind: 'malformedJson' },
	{ kind: 'malformedJsonAfter' },
];

const ITEMS = 12;
/** Three in ten orders are hit, by each kind equally often. */
const probability = 1 - 0.7 ** (1 / effects.length);

function addFaults(seed: number) {
	for (const [index, effect] of effects.entries()) {
		bench.fault({ operation: 'create', probability, seed: seed * 100 + index, effect });
	}
	bench.fault({
		operation: 'status',
		probability: 0.2,
		seed,
		effect: { kind: 'http', status: 503 },
	});
}

const tasksOf = (prompt: unknown) =>
	bench
		.sandbox()
		.tasks()
		.filter(({ input }) => input.prompt === prompt);

/** Every task that the vendor took is in its item's row, or that item says it may exist. */
function expectNothingLost({ items }: NodeResult) {
	expect(items).toHaveLength(ITEMS);
	for (const [index, { json }] of items.entries()) {
		const [task] = tasksOf(`Clip ${index}`);
		const mayExist = String(json.error).includes('may have accepted');
		if (task !== undefined && !mayExist) expect(json.taskId).toBe(task.taskId);
		if (task === undefined) expect(json.taskId).toBeUndefined();
		expect(json.status === 'succeeded' || json.error !== undefined).toBe(true);
	}
}

const seeds = Array.from({ length: 6 }, (_, index) => index + 1);
let hits = 0;

test.each(seeds)('seed %i: no item paid twice, no task lost', async (seed) => {
	addFaults(seed);
	const result = await bench.run({
		parameters: ownPrompt,
		items: numbered(ITEMS),
		onError: 'continueRegularOutput',
		retryOnFail: true,
	});
	hits += result.items.filter(({ json }) => json.error !== undefined).length;
	for (const { json } of numbered(ITEMS)) {
		expect(tasksOf(json.prompt).length).toBeLessThanOrEqual(1);
	}
	expectNothingLost(result);
});

test('the faults did strike', () => expect(hits).toBeGreaterThan(seeds.length));

test.each(seeds)('seed %i: the same through three "Retry execution"', async (seed) => {
	addFaults(seed);
	let result = await bench.run({ parameters: ownPrompt, items: numbered(ITEMS) });
	for (let retries = 0; retries < 3 && result.status === 'error'; retries++) {
		const text = `${result.error?.message} ${result.error?.description}`;
		for (const { taskId, input } of bench.sandbox().tasks()) {
			const item = String(input.prompt).replace('Clip ', '');
			const line = new RegExp(`\\[item ${item}\\] (${taskId}|no task \\(mayHaveBeenAccepted\\))`);
			expect(text).toMatch(line);
		}
		result = await result.retry();
	}
	for (const { json } of numbered(ITEMS)) {
		expect(tasksOf(json.prompt).length).toBeLessThanOrEqual(1);
	}
});
