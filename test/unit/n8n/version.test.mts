import { readFileSync } from 'node:fs';
import {
	canKeepSecrets,
	canMakeTables,
	canPark,
	takesDetails,
} from '../../../nodes/shared/n8n/version';

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

test.each([
	['1.123.0', false],
	['2.2.3', false],
	['2.3.0', true],
	['2.30.0', true],
	['3.0.0', true],
])('n8n-workflow %s can make tables: %s', (version, expected) => {
	expect(canMakeTables(version)).toBe(expected);
});

test.each([
	['2.0.0', false],
	['2.35.0', false],
	['2.36.0', true],
	['2.41.0', true],
])('n8n-workflow %s sends rows with details to the error output: %s', (version, expected) => {
	expect(takesDetails(version)).toBe(expected);
});

test.each([
	['2.0.0', false],
	['2.35.9', false],
	['2.36.0', true],
	['3.0.0', true],
])('n8n-workflow %s lets a credential keep a secret of its own: %s', (version, expected) => {
	expect(canKeepSecrets(version)).toBe(expected);
});

test('the one that is installed can do all of it', () => {
	expect(canKeepSecrets()).toBe(true);
	expect(canPark()).toBe(true);
	expect(canMakeTables()).toBe(true);
	expect(takesDetails()).toBe(true);
});

test('the README names the oldest n8n that is tested', () => {
	const manifest = JSON.parse(readFileSync('tools/n8n-oldest/package.json', 'utf8')) as {
		dependencies: { n8n: string };
	};
	const [, named] = /n8n (\d+\.\d+) or newer/.exec(readFileSync('README.md', 'utf8')) ?? [];
	expect(manifest.dependencies.n8n).toMatch(new RegExp(`^${named}\\.`));
});
