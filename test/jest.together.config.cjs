/**
 * All tests of `jest.config.cjs`, many files in one set of modules each: Jest loads n8n's engine anew
 * for every file and Node compiles it anew, which took half of the time. `npx jest <path>` runs a
 * file by itself.
 */
const { readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { projects, ...options } = require('./jest.config.cjs');

/** Many, so that two workers end at about the same time. */
const PARTS = 6;

/** A file that puts something in a module's place needs modules of its own. */
const replacesModules = (file) =>
	/\bjest\.(mock|doMock|resetModules|isolateModules)\b/.test(readFileSync(file, 'utf8'));

/** @type {(project: import('jest').Config) => import('jest').Config[]} */
function inParts(project) {
	const folder = path.join(__dirname, project.displayName);
	const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.test.mts'))
		.map((name) => path.join(folder, name))
		.sort();
	const alone = files.filter(replacesModules);
	const others = files.filter((file) => !alone.includes(file));
	const parts = Array.from({ length: PARTS }, (_, part) => ({
		...project,
		displayName: `${project.displayName} ${part + 1}`,
		globals: {
			filesTogether: others.filter((_, index) => index % PARTS === part),
			// n8n-core loads parts of itself while it runs, and they have to be of one piece with it.
			haveOwnModules: project.displayName === 'unit',
		},
		testMatch: ['<rootDir>/test/together.test.mts'],
	}));
	return [...parts, { ...project, testMatch: alone.map((file) => file.replaceAll(path.sep, '/')) }];
}

module.exports = {
	...options,
	// The engine's first: what takes longest is not to begin last.
	projects: [...projects].reverse().flatMap(inParts),
};
