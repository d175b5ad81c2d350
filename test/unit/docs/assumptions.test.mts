import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../ux/descriptions.mts';

const page = readFileSync(path.join(root, 'docs/n8n-assumptions.md'), 'utf8');
const shared = 'nodes/shared';

/** Tests in which the real n8n takes part, or its engine: a fake would go on as before. */
const REAL = /^(test\/(e2e|queue|compat|engine)|bench)\//;

interface Assumption {
	said: string;
	version: string;
	files: string[];
	noticed: string;
}

const assumptions: Assumption[] = page
	.split('\n')
	.filter((line) => /^\| (?!Assumption )/.test(line))
	.map((line) => {
		const [said = '', version = '', files = '', noticed = ''] = line
			.split('|')
			.slice(1)
			.map((cell) => cell.trim());
		return {
			said,
			version,
			files: [...files.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
			noticed,
		};
	});

const testsOf = ({ noticed }: Assumption) =>
	[...noticed.matchAll(/`([^`]+)`: "([^"]+)"/g)].map(([, file = '', title = '']) => ({
		file,
		title,
	}));

test('there are some', () => {
	expect(assumptions.length).toBeGreaterThan(30);
});

describe.each(assumptions)('$said', (assumption) => {
	const { version, files, noticed } = assumption;

	test('says in which n8n it was seen', () => {
		expect(version).toMatch(/^2\.\d+(\.\d+)?( and later| to 2\.\d+\.\d+)?$/);
	});

	test('says who relies on it', () => {
		expect(files.length).toBeGreaterThan(0);
		expect(files.filter((file) => !existsSync(path.join(root, shared, file)))).toEqual([]);
	});

	test('says which test would notice its end, or why none does', () => {
		const tests = testsOf(assumption);
		if (tests.length === 0) {
			expect(noticed).toMatch(/^Nothing: .{20,}/);
			return;
		}
		for (const { file, title } of tests) {
			expect(file).toMatch(REAL);
			expect(existsSync(path.join(root, file))).toBe(true);
			expect(readFileSync(path.join(root, file), 'utf8')).toContain(title);
		}
	});
});

/** What the code says of a version of n8n: `n8n 2.41`, `(2.41.1)`, `n8n before 2.36`. */
const NAMES_VERSION = /\bn8n(?:-core)?(?: before)? 2\.\d+|\(2\.\d+\.\d+\)/;

test('whoever names a version of n8n relies on an assumption that stands here', () => {
	const files = readdirSync(path.join(root, shared), { recursive: true, encoding: 'utf8' })
		.map((file) => file.split(path.sep).join('/'))
		.filter((file) => file.endsWith('.ts'));
	const commentsOf = (file: string) =>
		readFileSync(path.join(root, shared, file), 'utf8').match(/\/\*[^]*?\*\/|\/\/.*/g) ?? [];
	const naming = files.filter((file) => commentsOf(file).some((text) => NAMES_VERSION.test(text)));
	expect(naming.length).toBeGreaterThan(15);
	const known = new Set(assumptions.flatMap((assumption) => assumption.files));
	expect(naming.filter((file) => !known.has(file))).toEqual([]);
});
