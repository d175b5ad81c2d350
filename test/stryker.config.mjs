import { createRequire } from 'node:module';

const { projects } = createRequire(import.meta.url)('./jest.config.cjs');
const [{ moduleFileExtensions, transform }] = projects;

const { TESTS } = process.env;
const testMatch =
	TESTS === undefined
		? projects.flatMap((project) => project.testMatch)
		: TESTS.split(',').map((folder) => `<rootDir>/${folder}/**/*.test.mts`);

/**
 * Puts small faults into the code, one at a time, and tells which of them no test notices. All of it
 * takes hours; a part of it is measured as in
 * `TESTS=test/unit/parking npm run mutate -- --mutate 'nodes/shared/parking/*.ts'`.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
	mutate: [
		'nodes/shared/{actions,callbacks,domain,models,n8n,parking,properties,tasks}/**/*.ts',
		'credentials/**/*.ts',
		'nodes/shared/providers/**/api.ts',
		'nodes/shared/providers/reading.ts',
	],
	testRunner: 'jest',
	plugins: ['@stryker-mutator/jest-runner'],
	jest: {
		projectType: 'custom',
		// Tests find nodes and credentials by their names in package.json, which Jest does not follow.
		enableFindRelatedTests: false,
		// One project: with several, no coverage would be measured.
		config: {
			projects: [],
			testEnvironment: './test/stopAtFirstFailure.cjs',
			moduleFileExtensions,
			transform,
			testMatch,
			setupFiles: projects.flatMap(({ setupFiles }) => setupFiles),
			setupFilesAfterEnv: projects[0].setupFilesAfterEnv,
		},
	},
	coverageAnalysis: 'perTest',
	concurrency: 2,
	// Jest keeps every run's modules: after a hundred the process holds gigabytes and crawls.
	maxTestRunnerReuse: 30,
	disableTypeChecks: false,
	allowConsoleColors: false,
	ignorePatterns: ['.cache/stryker*', 'artifacts', 'coverage', 'dist'],
	reporters: ['clear-text', 'html', 'json', 'progress-append-only'],
	clearTextReporter: { logTests: false },
	htmlReporter: { fileName: 'coverage/mutation/index.html' },
	jsonReporter: { fileName: 'coverage/mutation/mutation.json' },
	tempDirName: '.cache/stryker',
};
