import fc from 'fast-check';
import { mapParallel, openTurns } from '../../../nodes/shared/tasks/parallel';
import { virtualClock } from '../helpers.mts';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

test('keeps the order and never runs more than the limit', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 20 }),
			fc.integer({ min: 1, max: 8 }),
			async (durations, limit) => {
				const clock = virtualClock();
				let running = 0;
				let most = 0;
				const results = await mapParallel(durations, limit, async (ms) => {
					most = Math.max(most, ++running);
					await clock.sleep(ms);
					running--;
					return ms * 2;
				});
				expect(results).toEqual(durations.map((ms) => ms * 2));
				expect(most).toBe(Math.min(limit, durations.length));
			},
		),
		{ numRuns: 40 },
	);
});

test('a rejection lets the running ones finish, starts no more, and is rethrown', async () => {
	const clock = virtualClock();
	const started: number[] = [];
	const finished: number[] = [];
	const run = mapParallel(range(10), 3, async (item) => {
		started.push(item);
		await clock.sleep(item === 1 ? 1 : 50);
		if (item === 1) throw new Error('item 1');
		finished.push(item);
	});
	await expect(run).rejects.toThrow('item 1');
	expect(started).toEqual([0, 1, 2]);
	expect(finished).toEqual([0, 2]);
});

test('a rejection with undefined is one too', async () => {
	const run = mapParallel([1, 2], 1, async () => await Promise.reject(undefined));
	await expect(run).rejects.toBeUndefined();
});

test('nothing to do is done', async () => {
	await expect(mapParallel([], 5, async () => await Promise.resolve(1))).resolves.toEqual([]);
});

describe('turns', () => {
	/** Work that ends when it is told to, in the order in which it began. */
	function works(limit: number) {
		const inTurn = openTurns(limit);
		const begun: string[] = [];
		const ends = new Map<string, (error?: Error) => void>();
		const begin = async (name: string) =>
			await inTurn(async () => {
				begun.push(name);
				await new Promise<void>((resolve, reject) =>
					ends.set(name, (error) => (error ? reject(error) : resolve())),
				);
				return name;
			});
		return { begin, begun, end: (name: string, error?: Error) => ends.get(name)?.(error) };
	}

	test('are given to as many at once as may run, then in the order in which they came', async () => {
		const { begin, begun, end } = works(2);
		const all = ['a', 'b', 'c', 'd'].map(begin);
		await Promise.resolve();
		expect(begun).toEqual(['a', 'b']);
		end('b');
		expect(await all[1]).toBe('b');
		expect(begun).toEqual(['a', 'b', 'c']);
		end('a');
		await all[0];
		expect(begun).toEqual(['a', 'b', 'c', 'd']);
		end('c');
		end('d');
		await Promise.all(all);
		const next = ['e', 'f', 'g'].map(begin);
		await Promise.resolve();
		expect(begun.slice(4)).toEqual(['e', 'f']);
		for (const name of ['e', 'f']) end(name);
		await Promise.all(next.slice(0, 2));
		end('g');
		await Promise.all(next);
	});

	test('go on after work that fails, whose failure is its own', async () => {
		const { begin, begun, end } = works(1);
		const [first, second] = [begin('a'), begin('b')];
		await Promise.resolve();
		end('a', new Error('no'));
		await expect(first).rejects.toThrow('no');
		expect(begun).toEqual(['a', 'b']);
		end('b');
		expect(await second).toBe('b');
	});
});
