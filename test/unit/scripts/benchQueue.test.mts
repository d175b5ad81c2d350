import { mostInWindow } from '../../../bench/results/rates.mts';
import { vendors } from '../../../sandbox/vendors/index.mts';
import { shareOut } from '../../../bench/queue/plan.mts';

describe('How executions are shared out among the vendors', () => {
	test.each([10, 50, 200, 1000])('all %d of them, evenly where the rates allow it', (count) => {
		const shares = shareOut(count);
		expect([...shares.values()].reduce((sum, share) => sum + share, 0)).toBe(count);
		// WaveSpeed takes five orders a minute.
		expect(shares.get('wavespeed')).toBe(Math.min(Math.ceil(count / vendors.length), 7));
		const free = shares.get('openrouter') ?? 0;
		expect(free).toBeGreaterThanOrEqual(Math.floor(count / vendors.length));
		expect(free).toBeLessThanOrEqual(count / 8 + 1);
	});
});

describe('The most requests in any window', () => {
	test.each<[string, number[], number]>([
		['none', [], 0],
		['all at once', [5, 5, 5], 3],
		['one after the other', [0, 1000, 2000], 1],
		['in whatever order they are told', [1500, 0, 1600, 1700], 3],
		['over the edge of a second', [900, 950, 1050, 2100], 3],
	])('%s', (_, times, most) => {
		expect(mostInWindow(times, 1000)).toBe(most);
	});
});
