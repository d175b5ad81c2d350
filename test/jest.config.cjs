const path = require('node:path');

const root = path.dirname(__dirname);

/** Tests, sandbox and scripts are `.mts`; Jest runs them as CommonJS through swc. */
const swc = [
	'@swc/jest',
	{
		jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
		module: { type: 'commonjs' },
	},
];

/** @type {Record<string, string[]>} */
const setup = { engine: ['<rootDir>/test/engine/setup.mts'] };

/** @type {(name: string) => import('jest').Config} */
const project = (name) => ({
	displayName: name,
	rootDir: root,
	testEnvironment: 'node',
	testMatch: [`<rootDir>/test/${name}/**/*.test.mts`],
	// Copies of the package that mutation tests work in.
	modulePathIgnorePatterns: ['<rootDir>/.cache'],
	moduleFileExtensions: ['ts', 'mts', 'js', 'cjs', 'mjs', 'json'],
	// One of the vendors' clients is no CommonJS.
	transform: { '\\.m?ts$': swc, '/@openrouter/sdk/.+\\.js$': swc },
	transformIgnorePatterns: ['/node_modules/(?!@openrouter/sdk/)'],
	setupFiles: ['<rootDir>/test/asyncStorages.mts', ...(setup[name] ?? [])],
	setupFilesAfterEnv: ['<rootDir>/test/sameBytes.mts'],
	// A file of the engine's tests keeps a spy for all of its tests.
	restoreMocks: name === 'unit',
});

// Virtual time costs real time all the same, on a busy machine many times as much.
module.exports = {
	rootDir: root,
	projects: ['unit', 'engine'].map(project),
	testTimeout: 60_000,
	// Jest leaves one core idle by itself, which is half of a machine with two.
	maxWorkers: '100%',
	// What Node keeps of a file's modules slows down the files that come after it.
	workerIdleMemoryLimit: '500MB',
};
