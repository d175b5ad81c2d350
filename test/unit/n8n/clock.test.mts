import { clock } from '../../../nodes/shared/n8n/clock';

/** Nobody waits for so long: what ends after it does so for another reason. */
const HOUR_MS = 3_600_000;

describe("the machine's clock", () => {
	test('a sleep takes no less than was asked for', async () => {
		const begunAt = clock.now();
		await clock.sleep(30);
		expect(clock.now() - begunAt).toBeGreaterThanOrEqual(30);
	});

	test('a sleeper that is stopped wakes at once, with no time passing', async () => {
		jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
		const stop = new AbortController();
		const slept = clock.sleep(HOUR_MS, stop.signal);
		const ended = slept.then(
			() => 'slept on',
			() => 'stopped',
		);
		stop.abort(new Error('stopped'));
		const turned = new Promise((resolve) => setImmediate(resolve)).then(() => 'sleeps');
		expect(await Promise.race([ended, turned])).toBe('stopped');
		jest.useRealTimers();
	});

	test('nobody falls asleep after the stop', async () => {
		const signal = AbortSignal.abort(new Error('stopped'));
		await expect(clock.sleep(HOUR_MS, signal)).rejects.toThrow('stopped');
	});

	test('throws dice from 0 up to 1, which do not show the same each time', () => {
		const thrown = Array.from({ length: 50 }, () => clock.random());
		expect(thrown.every((chance) => chance >= 0 && chance < 1)).toBe(true);
		expect(new Set(thrown).size).toBeGreaterThan(1);
	});

	test('a deadline aborts when it has passed, and not before', async () => {
		const signals = [clock.deadline(20), clock.deadline(HOUR_MS)];
		await new Promise((resolve) => signals[0]?.addEventListener('abort', resolve));
		expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
		expect(signals[0]?.reason).toMatchObject({ name: 'TimeoutError' });
	});
});
