import { middleOf, roomFor } from '../../../tools/scan/room.mts';

test('the middle one is neither the largest nor the smallest', () => {
	expect(middleOf([9, 1, 5])).toBe(5);
	expect(middleOf([1, 9])).toBe(9);
	expect(middleOf([])).toBe(0);
});

test.each([
	[99, 0],
	[90, 0],
	[89, 1],
	[80, 1],
	[79, 2],
	[0, 9],
	[100, 0],
	[140, 0],
])('of 100, where %i are used, there is room for %i of ten', (used, count) => {
	expect(roomFor([10, 40, 1], { used, limit: 100 })).toBe(count);
});

test('what costs nothing has room for ever', () => {
	expect(roomFor([], { used: 1, limit: 100 })).toBe(Infinity);
});
