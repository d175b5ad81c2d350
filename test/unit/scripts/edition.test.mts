import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildEdition } from '../../../scripts/editions/edition.mts';

let root: string;
beforeEach(() => {
	root = mkdtempSync(path.join(tmpdir(), 'seedance-edition-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(file: string, text: string) {
	mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
	writeFileSync(path.join(root, file), text);
}

const vendor = (id: string) =>
	`exports.${id} = { label: '${id.toUpperCase()}', aliases: ['${id}-word'], credentialType: '${id}Api' };`;

const NODE = 'dist/nodes/Maker/Maker.node.js';

/** A built package of two vendors, `one` and `two`, that share a folder. */
function builtPackage({ files = ['dist'], node = '' } = {}) {
	write('LICENSE.md', 'MIT');
	write('THIRD-PARTY.md', 'The library');
	write('dist/icons/maker.svg', '<svg/>');
	write(NODE, `require('../shared/later');\n${node}`);
	write(
		'dist/nodes/Maker/Maker.node.json',
		JSON.stringify({
			node: 'n8n-nodes-seedance.maker',
			resources: { primaryDocumentation: [{ url: 'https://example.com' }] },
			alias: ['video', 'ONE', 'one-word', 'TWO', 'two-word'],
		}),
	);
	write('dist/nodes/shared/later.js', `require("./providers");`);
	write('dist/nodes/shared/unused.js', '');
	write('dist/nodes/shared/film/mediabunny.js', '');
	write('dist/nodes/shared/film/mediabunny.LICENSE.txt', 'MPL');
	write(
		'dist/nodes/shared/providers/index.js',
		`exports.providers = require('./catalogue').providers;`,
	);
	write(
		'dist/nodes/shared/providers/catalogue.js',
		`exports.providers = { one: require('./one').one, two: require('./two').two };`,
	);
	for (const id of ['one', 'two']) {
		write(`dist/nodes/shared/providers/${id}/index.js`, `require('../both/api');\n${vendor(id)}`);
	}
	write('dist/nodes/shared/providers/both/api.js', '// How ONE and TWO speak.\nexports.api = 1;');
	const n8n = { nodes: [NODE], credentials: [] };
	write('package.json', '{}');
	write('editions/one/package.json', JSON.stringify({ name: 'x', version: '1.0.0', files, n8n }));
	write('editions/one/dist/old.js', 'from before');
}

const built = (file: string) => path.join(root, 'editions/one', file);
const textOf = (file: string) => readFileSync(built(file), 'utf8');

test('has what it needs, at once or later, and nothing of another vendor', () => {
	builtPackage();
	buildEdition(root, 'one');
	const shared = 'dist/nodes/shared';
	const files = [
		NODE,
		`${shared}/later.js`,
		`${shared}/unused.js`,
		`${shared}/providers/one/index.js`,
		`${shared}/providers/two/index.js`,
		`${shared}/film/mediabunny.js`,
		'dist/old.js',
		'dist/icons/maker.svg',
		'LICENSE.md',
		'THIRD-PARTY.md',
	];
	expect(files.filter((file) => existsSync(built(file)))).toEqual([
		NODE,
		`${shared}/later.js`,
		`${shared}/providers/one/index.js`,
		'dist/icons/maker.svg',
		'LICENSE.md',
	]);
	const { providers } = jest.requireActual(built(`${shared}/providers/index.js`));
	expect(Object.keys(providers)).toEqual(['one']);
	expect(textOf(`${shared}/providers/both/api.js`)).not.toMatch(/TWO/);
});

test('its codex names its package, its page and its vendor alone', () => {
	builtPackage();
	buildEdition(root, 'one');
	expect(JSON.parse(textOf('dist/nodes/Maker/Maker.node.json'))).toMatchObject({
		node: 'n8n-nodes-seedance-one.maker',
		resources: { primaryDocumentation: [{ url: expect.stringContaining('/editions/one#readme') }] },
		alias: ['video', 'ONE', 'one-word'],
	});
});

describe('the library', () => {
	const node = `require('../shared/film/mediabunny');`;

	test('goes nowhere without its licence', () => {
		builtPackage({ files: ['dist', 'THIRD-PARTY.md'], node });
		buildEdition(root, 'one');
		expect(textOf('dist/nodes/shared/film/mediabunny.LICENSE.txt')).toBe('MPL');
		expect(textOf('THIRD-PARTY.md')).toBe('The library');
	});

	test('is refused where the manifest leaves the notice out', () => {
		builtPackage({ node });
		expect(() => buildEdition(root, 'one')).toThrow('"files" of x lacks one of');
	});
});
