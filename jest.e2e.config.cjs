const { projects } = require('./jest.config.cjs');

/**
 * A real n8n per test file: run in band, each takes about a gigabyte and a whole core to start.
 * The settings are those of the unit tests; only what differs is said here.
 *
 * @type {(name: string, folder: string) => import('jest').Config}
 */
const project = (name, folder) => ({
	...projects[0],
	displayName: name,
	testMatch: [`<rootDir>/${folder}/**/*.test.mts`],
});

/** @type {import('jest').Config} */
module.exports = {
	projects: [project('e2e', 'test/e2e'), project('queue', 'test/queue'), project('bench', 'bench')],
	maxWorkers: 1,
	testTimeout: 180_000,
};
