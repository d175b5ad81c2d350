import { canPark } from '../../../nodes/shared/n8n/version';

test.each([
	['1.123.0', false],
	['2.0.0', false],
	['2.29.3', false],
	['2.30.0', true],
	['2.41.0', true],
	['3.0.0', true],
])('n8n-workflow %s can park: %s', (version, expected) => {
	expect(canPark(version)).toBe(expected);
});

test('the one that is installed can', () => {
	expect(canPark()).toBe(true);
});
