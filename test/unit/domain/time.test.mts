import {
	isoFromMs,
	minutesToMs,
	secondsToMinutes,
	secondsToMs,
} from '../../../nodes/shared/domain/time';

test('units', () => {
	expect([minutesToMs(1.5), secondsToMs(1.5), secondsToMinutes(90)]).toEqual([90_000, 1500, 1.5]);
});

test.each([[null], [undefined], [0], [-1], [Number.NaN], [Infinity], [9e15]])(
	'%s is no time',
	(value) => {
		expect(isoFromMs(value)).toBeUndefined();
	},
);

test('milliseconds become ISO 8601', () => {
	expect(isoFromMs(1755599634000)).toBe('2025-08-19T10:33:54.000Z');
	expect(isoFromMs(1)).toBe('1970-01-01T00:00:00.001Z');
});
