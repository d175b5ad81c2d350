/**
 * `npm run mutate:sample -- --room actions --lines 20 --seed 1`: mutation tests of some lines of a room,
 * drawn by the seed, in minutes where the whole room takes hours. The same seed draws the same lines
 * of the same code. `TESTS` says which tests look, as in test/stryker.config.mjs.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';

/** The folder of each room, and the tests that are about it. */
const rooms: Readonly<Record<string, { folder: string; tests: string }>> = {
	actions: { folder: 'nodes/shared/actions', tests: 'test/unit/actions,test/engine' },
	credentials: { folder: 'credentials', tests: 'test/unit/properties,test/unit/ux' },
	models: { folder: 'nodes/shared/models', tests: 'test/unit/models,test/unit/actions' },
	n8n: { folder: 'nodes/shared/n8n', tests: 'test/unit,test/engine' },
	properties: { folder: 'nodes/shared/properties', tests: 'test/unit/properties,test/unit/ux' },
};

const { values } = parseArgs({
	options: {
		room: { type: 'string', default: '' },
		lines: { type: 'string', default: '20' },
		seed: { type: 'string', default: '1' },
	},
});
const room = rooms[values.room];
if (room === undefined) throw new Error(`--room is one of ${Object.keys(rooms).join(', ')}`);

/** Whether a line does something: no comment, import, type or bracket alone. */
const isCode = (line: string) =>
	/\w/.test(line) &&
	!/^\s*(\/?\*|\/\/|import\b|export type|export interface|interface\b)/.test(line);

const placeOf = (at: string) => createHash('sha256').update(`${values.seed} ${at}`).digest('hex');

const files = readdirSync(room.folder, { recursive: true, encoding: 'utf8' })
	.filter((name) => name.endsWith('.ts'))
	.map((name) => path.posix.join(room.folder, ...name.split(path.sep)));
const lines = files.flatMap((file) =>
	readFileSync(file, 'utf8')
		.split('\n')
		.flatMap((line, index) => (isCode(line) ? [`${file}:${index + 1}-${index + 1}`] : [])),
);
const drawn = lines
	.map((at) => ({ at, place: placeOf(at) }))
	.toSorted((one, other) => (one.place < other.place ? -1 : 1))
	.slice(0, Number(values.lines))
	.map(({ at }) => at);

const { TESTS = room.tests } = process.env;
console.log(`${drawn.length} of ${lines.length} lines of ${values.room}, seen by ${TESTS}`);
const { resolve } = createRequire(import.meta.url);
const home = path.dirname(resolve('@stryker-mutator/core/package.json'));
const stryker = [
	path.join(home, 'bin/stryker.js'),
	'run',
	'test/stryker.config.mjs',
	'--mutate',
	drawn.join(','),
];
const { status } = spawnSync(process.execPath, stryker, {
	stdio: 'inherit',
	env: { ...process.env, TESTS },
});
process.exitCode = status ?? 1;
