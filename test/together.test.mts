import path from 'node:path';

/** Given by `jest.together.config.cjs`. */
declare const filesTogether: string[];

const named = filesTogether.map((file) => [path.relative(__dirname, file), file]);

describe.each(named)('%s', (_, file = '') => {
	// eslint-disable-next-line @typescript-eslint/no-require-imports -- the tests of the file belong to this group
	require(file);
});
