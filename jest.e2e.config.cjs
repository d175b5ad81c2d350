const { projects } = require('./jest.config.cjs');

/**
 * A real n8n per test file, one at a time: each takes about a gigabyte and a whole core to start.
 * The settings are those of the unit tests; only what differs is said here.
 *
 * @type {import('jest').Config}
 */
module.exports = {
	...projects[0],
	displayName: 'e2e',
	testMatch: ['<rootDir>/test/e2e/**/*.test.mts'],
	maxWorkers: 1,
	testTimeout: 180_000,
};
