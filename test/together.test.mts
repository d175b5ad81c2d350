import path from 'node:path';

/** Given by `jest.together.config.cjs`. */
declare const filesTogether: string[];
declare const haveOwnModules: boolean;

/**
 * What takes long to load is loaded once for all files. Of this package, its sandbox and its tests
 * every file gets modules of its own, so that none finds what another has left in them.
 */
const loadedOnce = ['n8n-core', 'n8n-workflow', 'zod/v4', 'fast-check', 'flatted'];
const loaded = new Map<string, unknown>();
for (const name of haveOwnModules ? loadedOnce : []) {
	jest.doMock(name, () => {
		if (!loaded.has(name)) loaded.set(name, jest.requireActual(name));
		return loaded.get(name);
	});
}

const named = filesTogether.map((file) => [path.relative(__dirname, file), file]);
const clocks = new Set<unknown>();

describe.each(named)('%s', (_, file = '') => {
	if (haveOwnModules) jest.resetModules();
	// eslint-disable-next-line @typescript-eslint/no-require-imports -- the tests of the file belong to this group
	require(file);
	clocks.add(jest.requireActual('../nodes/shared/n8n/clock.ts'));

	afterAll(() => {
		jest.restoreAllMocks();
		jest.useRealTimers();
	});
});

test('files share modules only where that is said', () => {
	expect(clocks.size).toBe(haveOwnModules ? named.length : 1);
});
