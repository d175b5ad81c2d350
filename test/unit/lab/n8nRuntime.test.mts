import { isInRange } from '../../../lab/n8nRuntime.mts';

test.each([
	['v20.19.0', '>=20.19 <= 24.x', true],
	['v20.18.3', '>=20.19 <= 24.x', false],
	['v24.21.0', '>=20.19 <= 24.x', true],
	['v25.0.0', '>=20.19 <= 24.x', false],
	['v22.9.0', '>=22.22', false],
	['v22.22.0', '>=22.22', true],
	['v26.1.0', '>=22.22', true],
	['v20.20.2', '>=24', false],
	['v24.0.0', '>=24', true],
])('Node.js %s is in the range %s of an n8n: %s', (version, range, expected) => {
	expect(isInRange(version, range)).toBe(expected);
});
