const { rootDir, projects } = require('./jest.config.cjs');

/**
 * The settings are those of the unit tests; only what differs is said here.
 *
 * @type {(name: string, folder: string) => import('jest').Config}
 */
const project = (name, folder) => ({
	...projects[0],
	displayName: name,
	testMatch: [`<rootDir>/${folder}/**/*.test.mts`],
});

const e2e = {
	...project('e2e', 'test/e2e'),
	globalSetup: '<rootDir>/test/e2e/shared/setup.cjs',
	globalTeardown: '<rootDir>/test/e2e/shared/teardown.cjs',
};

/**
 * The main path of e2e, and what differs, in the oldest n8n that the package promises to run in. The
 * trigger's own tests are not among it, because they open its file afterwards: n8n 2.0 moves a
 * webhook's file once for each node that carries it, and only one of the rows follows
 * (restore-binary-data-id.js). The nodes behind the trigger can read it, which compat tests.
 */
const compat = {
	...e2e,
	displayName: 'compat',
	testMatch: [
		'test/compat/**/*.test.mts',
		'test/e2e/systems/**/*.test.mts',
		'test/e2e/retry/retry*.test.mts',
	].map((files) => `<rootDir>/${files}`),
	globalSetup: '<rootDir>/test/compat/setup.cjs',
};

/**
 * The files of e2e share an n8n and mostly wait, so they run side by side. Those of the others each
 * start n8n themselves, which takes about a gigabyte and a whole core, or measure it.
 */
const isE2e = process.argv.some((argument) => /^(--selectProjects=)?(e2e|compat)$/.test(argument));

/** @type {import('jest').Config} */
module.exports = {
	rootDir,
	projects: [e2e, compat, project('queue', 'test/queue'), project('bench', 'bench')],
	maxWorkers: isE2e ? 4 : 1,
	testTimeout: 180_000,
};
