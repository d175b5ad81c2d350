import { Delivered } from '../../../nodes/shared/callbacks/delivered';
import { hours } from '../fakes/time.mts';

const days = (count: number) => hours(24 * count);

const start = Date.parse('2026-11-20T10:00:00.000Z');

/** A memory of `count` tasks, delivered evenly within `withinMs`. */
function deliveredOf(count: number, withinMs: number) {
	const delivered = new Delivered();
	for (let index = 0; index < count; index++) {
		delivered.add(`t${index}`, `n${index}`, start + (withinMs * index) / count);
	}
	return { delivered, endsAt: start + withinMs };
}

const isKnown = (delivered: Delivered) => (index: number) => delivered.isDelivered(`t${index}`);

/** As n8n hands it back, to another process. */
function handedOver(delivered: Delivered, nowMs: number) {
	const saved: unknown = JSON.parse(JSON.stringify(delivered.save(nowMs)));
	const other = new Delivered();
	other.read(saved, nowMs);
	return { saved, other };
}

test('ten thousand tasks of fourteen days are remembered, in 160 kB, and in another process', () => {
	const { delivered, endsAt } = deliveredOf(10_000, days(14));
	const { saved, other } = handedOver(delivered, endsAt);
	expect(JSON.stringify(saved).length).toBeLessThan(161_000);
	const indexes = Array.from({ length: 10_000 }, (_, index) => index);
	expect(indexes.every(isKnown(other))).toBe(true);
	expect(indexes.some((index) => other.hasBroughtAnother(`n${index}`, `t${index}`))).toBe(false);
	expect(indexes.every((index) => other.hasBroughtAnother(`n${index}`, 'x'))).toBe(true);
	expect(indexes.some((index) => other.isDelivered(`u${index}`))).toBe(false);
	expect(other.mayHaveForgotten(start)).toBe(false);
	expect(other.isKept(saved)).toBe(true);
});

test('a task is forgotten once no token lives that could bring it again', () => {
	const { delivered } = deliveredOf(1, 0);
	const lives = start + days(14) + hours(1);
	expect(handedOver(delivered, lives).other.isDelivered('t0')).toBe(true);
	const { saved, other } = handedOver(delivered, start + days(16));
	expect(saved).toEqual({ days: {} });
	expect(other.isDelivered('t0')).toBe(false);
	expect(other.mayHaveForgotten(start)).toBe(false);
});

test('of more than 20,000 the eldest are forgotten first, and what may come again is known', () => {
	const { delivered, endsAt } = deliveredOf(20_500, days(10));
	const { saved, other } = handedOver(delivered, endsAt);
	expect(JSON.stringify(saved).length).toBeLessThan(321_000);
	expect([0, 499].some(isKnown(other))).toBe(false);
	expect([500, 20_499].every(isKnown(other))).toBe(true);
	expect(other.mayHaveForgotten(start)).toBe(true);
	expect(other.mayHaveForgotten(undefined)).toBe(true);
	expect(other.mayHaveForgotten(start + days(1))).toBe(false);
});

test.each([
	undefined,
	'text',
	7,
	[],
	{},
	[{ taskId: 1 }],
	{ days: 'x' },
	{ days: { '1': 'too short' } },
	{ days: { x: 'A'.repeat(16) } },
	{ days: {}, forgottenUntil: 'x' },
])('what was kept may be anything: %j', (kept) => {
	const delivered = new Delivered();
	delivered.read(kept, start);
	expect(delivered.save(start)).toEqual({ days: {} });
});

test('two processes that have each saved without the other know all after a read', () => {
	const [one, two] = [new Delivered(), new Delivered()];
	one.add('a', 'n1', start);
	two.add('b', 'n2', start);
	const saved = two.save(start);
	one.read(saved, start);
	expect(one.isKept(saved)).toBe(false);
	two.read(one.save(start), start);
	expect(['a', 'b'].every((taskId) => two.isDelivered(taskId))).toBe(true);
});
