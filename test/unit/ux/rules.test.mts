import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { providers } from '../../../nodes/shared/providers';
import {
	choicesOf,
	codexFiles,
	credentials,
	entriesOf,
	manifest,
	nameOf,
	nodes,
	placed,
	type PlacedProperty,
} from './descriptions.mts';
import { isSentenceCase, isTitleCase, sentencesOf } from './texts.mts';

const named = (list: PlacedProperty[]) => list.map((entry) => [nameOf(entry), entry] as const);
const ofType = (type: string) => named(placed.filter(({ property }) => property.type === type));

/** n8n's ten for community nodes (docs, node-codex-files); its reviews send back any other. */
const categories = [
	'Analytics',
	'Communication',
	'Data & Storage',
	'Development',
	'Finance & Accounting',
	'Marketing & Content',
	'Miscellaneous',
	'Productivity',
	'Sales',
	'Utility',
];

test('the rules themselves can tell right from wrong', () => {
	expect(['Text to Video', 'AI/ML API', '16:9', '720p', '5 Seconds'].every(isTitleCase)).toBe(true);
	expect(['Text To video', 'to Video', 'camera Fixed'].some(isTitleCase)).toBe(false);
	expect(isSentenceCase('Get many tasks')).toBe(true);
	expect(isSentenceCase('Get Many Tasks')).toBe(false);
	expect(sentencesOf('One, e.g. this. Two.')).toEqual(['One, e.g. this.', 'Two.']);
	expect(placed.length).toBeGreaterThan(40);
});

describe.each(named(placed))('%s', (_, { property }) => {
	test('has a Title Case name and is named in camelCase', () => {
		expect(property.name).toMatch(/^[a-z][a-zA-Z]*$/);
		// The display name of a notice is its text.
		if (property.type === 'notice') return;
		expect([property.displayName, isTitleCase(property.displayName)]).toEqual([
			property.displayName,
			true,
		]);
	});

	test('describes itself with a capital and without a lonely final period', () => {
		for (const text of [property.description, property.hint]) {
			if (text === undefined) continue;
			expect(text).toMatch(/^[A-Z\d]/);
			expect(text).toBe(text.trim());
			if (sentencesOf(text).length === 1) expect(text).not.toMatch(/\.$/);
			expect(text.toLowerCase()).not.toContain('canceled');
		}
	});

	test('says more than its name', () => {
		const text = property.description ?? property.hint;
		expect(text).not.toBe(property.displayName);
	});

	test('shows an example that begins with e.g.', () => {
		const { placeholder, type } = property;
		if (placeholder === undefined || /collection$/i.test(type)) return;
		expect(placeholder).toMatch(/^e\.g\. \S/);
	});
});

test('a description of several sentences ends with a period', () => {
	const open = placed
		.map(({ property }) => property.description ?? '')
		.filter((text) => sentencesOf(text).length > 1 && !/[.!?]$/.test(text));
	expect(open).toEqual([]);
});

describe.each(ofType('boolean'))('the switch %s', (_, { property }) => {
	test('says whether', () => {
		expect(property.description).toMatch(/^Whether /);
		expect(typeof property.default).toBe('boolean');
	});
});

/** Vendors are called as they call themselves. */
const ownSpellings = new Set(Object.values(providers).map(({ label }) => label));

describe.each(ofType('options'))('the list %s', (_, { property }) => {
	const choices = choicesOf(property);

	test('has Title Case names, each value and each name once, and its default among them', () => {
		expect(choices.length).toBeGreaterThan(0);
		for (const { name } of choices) {
			expect([name, isTitleCase(name) || ownSpellings.has(name)]).toEqual([name, true]);
		}
		for (const key of ['name', 'value'] as const) {
			const given = choices.map((choice) => choice[key]);
			expect(given).toEqual([...new Set(given)]);
		}
		expect(choices.map(({ value }) => value)).toContain(property.default);
	});

	test('describes its values in two lines: the editor cuts off the rest', () => {
		const cut = choices.map(({ description = '' }) => description).filter((d) => d.length > 120);
		expect(cut).toEqual([]);
	});

	test('describes its values without a lonely final period', () => {
		for (const { description = '' } of choices) {
			if (sentencesOf(description).length === 1) expect(description).not.toMatch(/\.$/);
		}
	});

	test('is sorted where n8n wants it', () => {
		if (!['resource', 'operation'].includes(property.name)) return;
		const names = choices.map(({ name }) => name);
		expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b)));
	});

	test('takes no expression where others depend on it', () => {
		const decisive = [
			'provider',
			'model',
			'resource',
			'operation',
			'completion',
			'source',
			'orders',
		];
		expect(property.noDataExpression === true).toBe(decisive.includes(property.name));
	});

	test('names the action of every operation', () => {
		if (property.name !== 'operation') return;
		for (const { action = '', description } of choices) {
			expect([action, isSentenceCase(action)]).toEqual([action, true]);
			expect(action).not.toMatch(/\.$/);
			expect(description).toBeTruthy();
		}
	});
});

test('an action has no article', () => {
	const actions = placed.flatMap(({ property }) => choicesOf(property).map(({ action }) => action));
	expect(actions.filter((action) => /\b(a|an|the)\b/.test(action ?? ''))).toEqual([]);
});

describe.each(ofType('collection'))('the collection %s', (_, { property }) => {
	test('starts empty, offers to add, and is sorted', () => {
		expect(property.default).toEqual({});
		expect(property.placeholder).toMatch(/^Add (Option|Field)$/i);
		const names = entriesOf(property).map(({ displayName }) => displayName);
		expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b)));
	});

	test('demands nothing', () => {
		expect(entriesOf(property).filter(({ required }) => required)).toEqual([]);
	});
});

describe.each(nodes.map((node) => [node.description.name, node] as const))('%s', (name, node) => {
	const { description, directory } = node;

	test('presents itself', () => {
		expect(isTitleCase(description.displayName)).toBe(true);
		expect(description.description).toMatch(/^[A-Z].*[^.]$/);
		// Version 2 of the generation nodes begins with other models, version 3 has Task Ledger as a switch.
		const versions: Record<string, number[]> = {
			seedanceTextToVideo: [1, 2, 3],
			seedanceImageToVideo: [1, 2, 3],
			seedanceVideoToVideo: [1, 3],
		};
		expect(description.version).toEqual(versions[description.name] ?? 1);
		expect(description.subtitle).toMatch(/^=\{\{.+\}\}$/);
		if (description.group.includes('trigger')) return;
		expect(description.usableAsTool).toBe(true);
		// In n8n's nodes panel the shortest title that fits stands first, so some say more there.
		expect(description.displayName.indexOf(String(description.defaults.name))).toBe(0);
	});

	test('has an icon for light and one for dark', () => {
		const { icon } = description;
		if (typeof icon !== 'object') throw new Error('The icon is not themed');
		for (const file of [icon.light, icon.dark]) {
			const svg = path.resolve(directory, file.replace(/^file:/, ''));
			expect([svg, existsSync(svg)]).toEqual([svg, true]);
			expect(readFileSync(svg, 'utf8')).toContain('<svg');
		}
		expect(icon.light).not.toBe(icon.dark);
	});

	test('has a codex file of its own', () => {
		const file = path.join(directory, `${path.basename(directory)}.node.json`);
		expect(codexFiles).toContain(file);
		const codex = JSON.parse(readFileSync(file, 'utf8'));
		expect(codex).toMatchObject({
			node: `${manifest.name}.${name}`,
			nodeVersion: '1.0',
			codexVersion: '1.0',
		});
		for (const category of codex.categories) expect(categories).toContain(category);
		expect(codex.categories).not.toEqual([]);
		expect(codex).not.toHaveProperty('subcategories');
		// A node that asks no vendor has no credential.
		const { credentials: asked = [] } = description;
		const { credentialDocumentation = [], primaryDocumentation } = codex.resources;
		expect(credentialDocumentation.length > 0).toBe(asked.length > 0);
		for (const { url } of [...credentialDocumentation, ...primaryDocumentation]) {
			expect(new URL(url).protocol).toBe('https:');
		}
		expect(codex.alias).toEqual([...new Set(codex.alias)]);
		const isAsked = ({ credentialType }: { credentialType: string }) =>
			asked.some((one) => one.name === credentialType);
		const sellers = Object.values(providers).filter(isAsked);
		const vendors = sellers.flatMap(({ label, aliases = [] }) => [label, ...aliases]);
		const words = asked.length > 0 ? ['ByteDance', ...vendors] : [];
		expect(codex.alias).toEqual(expect.arrayContaining(['video', ...words]));
	});
});

test('the longest titles are of the nodes that come last: n8n lists the shortest that fits first', () => {
	const titles = nodes.map(({ description }) => description.displayName.replace(/ Trigger$/, ''));
	const generating = titles.filter((title) => / to Video$/.test(title));
	const others = titles.filter((title) => !generating.includes(title));
	const lengths = (some: string[]) => some.map(({ length }) => length);
	expect(Math.max(...lengths(generating))).toBeLessThanOrEqual(Math.min(...lengths(others)));
	expect(titles.toSorted((a, b) => b.length - a.length)[0]).toMatch(/^Seedance Task\b/);
});

const wordsPeopleType: Array<[name: string, words: string[]]> = [
	['seedanceTextToVideo', []],
	['seedanceImageToVideo', ['photo to video', 'animate image']],
];

test.each(wordsPeopleType)('%s is found by the words that people type', (name, words) => {
	const [file = ''] = codexFiles.filter((path) => path.toLowerCase().includes(name.toLowerCase()));
	const { alias } = JSON.parse(readFileSync(file, 'utf8'));
	const common = ['generate video', 'create video', 'video generator', 'reel', 'short'];
	expect(alias).toEqual(expect.arrayContaining([...common, ...words]));
});

test('completion begins with its default', () => {
	const lists = placed.filter(({ property }) => property.name === 'completion');
	expect(lists.map(({ property }) => choicesOf(property)[0]?.value)).toEqual(
		lists.map(({ property }) => property.default),
	);
	expect(lists.length).toBeGreaterThan(0);
});

test('the name of a binary field carries the mark by which n8n knows it', () => {
	const fields = placed.filter(({ property }) => /BinaryPropertyName$/.test(property.name));
	const unmarked = fields.filter(({ property }) => !property.typeOptions?.binaryDataProperty);
	expect(unmarked.map(nameOf)).toEqual([]);
	expect(fields.length).toBeGreaterThan(2);
});

test('a credential says in plain sight where the key is, and which secrets are optional', () => {
	for (const { name, properties } of credentials) {
		const secrets = properties.filter(
			({ type, typeOptions }) => type === 'string' && typeOptions?.password,
		);
		for (const { name: field, required, hint } of secrets) {
			const expected = required ? /^Get your key at https:\/\// : /^Optional\./;
			expect([name, field, hint]).toEqual([name, field, expect.stringMatching(expected)]);
		}
		expect(secrets.length).toBeGreaterThan(1);
	}
});
