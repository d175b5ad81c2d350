import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ICredentialType } from 'n8n-workflow';
import {
	referenceKinds,
	referenceParameters,
	type ReferenceKind,
} from '../../nodes/shared/models/imageParameters';
import { parametersOf } from '../../nodes/shared/models/schema';
import { generationProperties } from '../../nodes/shared/properties/generation';
import { providers } from '../../nodes/shared/providers';
import { findOutdated, insertTable, renderPages, type Page } from '../../scripts/docs.mts';
import { kindLabels, kinds, shortName } from '../../scripts/pages/catalogue.mts';
import { anchorOf } from '../../scripts/pages/markdown.mts';
import { aliasVendors, describeVendors, nameVendors } from '../../scripts/pages/vendorLists.mts';
import { providerOf } from './helpers.mts';

const root = path.join(__dirname, '..', '..');
const pageOf = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** What stands below a heading, down to the next one of its kind. */
function sectionOf(page: string, heading: string): string {
	const [, after = ''] = page.split(`\n${heading}\n`);
	const level = heading.split(' ')[0] ?? '';
	return after.split(`\n${level} `)[0] ?? '';
}

let rendered: Page[];
beforeAll(async () => {
	rendered = await renderPages(root);
});
const renderedText = (file: string) => rendered.find((page) => page.file === file)?.text ?? '';

test('the generated pages are up to date (npx tsx scripts/docs.mts)', () => {
	const pages = rendered;
	expect(pages.map(({ file }) => file)).toContain('docs/providers.md');
	for (const { file, text } of pages) {
		expect(readFileSync(path.join(root, file), 'utf8')).toBe(text);
	}
	expect(findOutdated(root, pages)).toEqual([]);
	const [first] = pages;
	expect(findOutdated(root, [{ file: first?.file ?? '', text: 'old' }])).toHaveLength(1);
	expect(findOutdated(root, [{ file: 'docs/not-there.md', text: '' }])).toHaveLength(1);
});

test('every model with every parameter is on the page', () => {
	const text = renderedText('docs/providers.md');
	for (const provider of Object.values(providers)) {
		expect(text).toContain(`\n## ${provider.label}\n`);
		expect(text).toContain(`\`${provider.credentialType}\``);
		const [, ofProvider = ''] = text.split(`\n## ${provider.label}\n`);
		for (const model of provider.models) {
			const kind = kindLabels[model.kind];
			const [, ...after] = ofProvider.split(`\n### ${model.label}, ${kind}\n`);
			const section = after.join('').split('\n#')[0] ?? '';
			expect(section).toContain(`- Model ID: \`${model.id}\``);
			for (const { label, name, wireName, values } of parametersOf(model)) {
				const row = section.split('\n').find((line) => line.startsWith(`| ${label} | \`${name}\``));
				expect(row).toContain(`\`${wireName}\``);
				for (const value of values ?? []) expect(row).toContain(`\`${value}\``);
			}
			expect(section.includes('- Image: ')).toBe(model.firstImage !== undefined);
		}
	}
	expect(text).not.toContain('undefined');
	expect(text).toContain('base URL `https://api.modellix.ai`');
});

describe('the matrix', () => {
	interface Cell {
		vendor: string;
		model: string;
		column: string;
		text: string;
	}

	/** Of all tables of a section, what a model has; a vendor's name is a row of its own. */
	function cellsOf(section: string): Cell[] {
		return section.split('\n\n').flatMap((block) => {
			if (!block.startsWith('| Model | ')) return [];
			const rows = block.split('\n').map((line) => line.slice(2, -2).split(' | '));
			const [columns = [], , ...body] = rows;
			let vendor = '';
			return body.flatMap(([first = '', ...texts]) => {
				const [, label] = /^\*\*\[(.+)\]\(/.exec(first) ?? [];
				if (label !== undefined) {
					vendor = label;
					return [];
				}
				const cells = texts.map((text, index) => ({ text, column: columns[index + 1] ?? '' }));
				return cells
					.filter(({ text }) => text !== '–')
					.map((cell) => ({ ...cell, vendor, model: first }));
			});
		});
	}

	test.each(kinds)('%s: every parameter of every model, and none that it lacks', (kind) => {
		const cells = cellsOf(sectionOf(renderedText('docs/matrix.md'), `## ${kindLabels[kind]}`));
		for (const { label, models } of Object.values(providers)) {
			for (const model of models.filter((one) => one.kind === kind)) {
				const shown = cells
					.filter(({ vendor, model: name }) => vendor === label && name === shortName(model))
					.map(({ column }) => column);
				const { firstImage, lastImage, video, references = {} } = model;
				const files = [
					...(video ? ['Video'] : []),
					...(firstImage ? ['Image'] : []),
					...(lastImage ? ['Last Image'] : []),
					...referenceKinds.filter((one) => references[one]).map((one) => labelOf(one)),
					...(references.maxCount === undefined ? [] : ['All References']),
				];
				const labels = parametersOf(model).map((parameter) => parameter.label);
				expect([model.id, ...shown.toSorted()]).toEqual([
					model.id,
					...[...labels, ...files].toSorted(),
				]);
			}
		}
	});

	test.each([
		['fal', '2.5', 'Duration', 'auto, 4 to 30, as text'],
		['fal', '1.0 Pro', 'Frames', '29 to 289, `num_frames`'],
		['kie.ai', '1.0 Pro', 'Duration', '5 10, as text'],
		['kie.ai', '1.5 Pro (retired)', 'Camera Fixed', 'yes, `fixed_lens`'],
		['Modellix', '1.0 Pro Fast', 'Aspect Ratio', 'usual, adaptive, `ratio`'],
		['Modellix', '1.0 Pro Fast', 'Frames', '29 to 289 (25 + 4n)'],
		['Modellix', '1.0 Lite (retired)', 'Prompt', '≤\u00a02000'],
		['BytePlus', '2.0', 'Duration', '-1, 4 to 15'],
		['Replicate', '2.5', 'Seed', 'from 0'],
		['Replicate', '2.5', 'Aspect Ratio', 'adaptive 16:9 9:16 1:1 4:3 3:4'],
	])('%s, %s: %s is "%s"', (vendor, model, column, text) => {
		const cells = cellsOf(sectionOf(renderedText('docs/matrix.md'), '## Text to Video'));
		expect(cells).toContainEqual({ vendor, model, column, text });
	});

	const labelOf = (kind: ReferenceKind) => referenceParameters[kind].label;
});

describe('a table in a page', () => {
	const start = '<!-- providers:start -->';
	const end = '<!-- providers:end -->';

	test('goes between the markers and nowhere else', () => {
		const readme = `# A\n${start}\nold\n${end}\nrest ${end}\n`;
		const fresh = `# A\n${start}\n| new |\n${end}\nrest ${end}\n`;
		expect(insertTable(readme, '| new |')).toBe(fresh);
		expect(insertTable(fresh, '| new |')).toBe(fresh);
	});

	test.each(['', '# A\n', start, `${end}\n${start}`])(
		'is left out without markers: %j',
		(readme) => {
			expect(insertTable(readme, '| new |')).toBeUndefined();
		},
	);
});

describe('the vendors’ names', () => {
	const named = (...ids: string[]) => Object.fromEntries(ids.map((id) => [id, providerOf(id)]));
	const three = named('kie', 'fal', 'openrouter');
	const list = (mark: string, names: string) =>
		`By <!-- vendors:${mark} -->${names}<!-- /vendors -->, so.`;

	test.each([
		['all', 'kie.ai, fal, OpenRouter'],
		['all and', 'kie.ai, fal and OpenRouter'],
		['price or', 'fal or OpenRouter'],
		['extend and', 'fal'],
	])('stand between the marks of a page: %s', (mark, names) => {
		expect(nameVendors(list(mark, 'old'), three)).toBe(list(mark, names));
		expect(nameVendors(`${list(mark, '')} ${list('all', '')}`, three)).toBe(
			`${list(mark, names)} ${list('all', 'kie.ai, fal, OpenRouter')}`,
		);
	});

	test('a list that nobody knows is an error', () => {
		expect(() => nameVendors(list('nothing', ''), three)).toThrow('nothing');
	});

	test('end the description of the package', () => {
		const manifest = (names: string) => `{"description": "Videos through ${names}", "x": "y"}`;
		expect(describeVendors(manifest('old'), three)).toBe(manifest('kie.ai, fal and OpenRouter'));
	});

	test('are among the words by which n8n finds a node, in the place of all others', () => {
		const codex = (words: string[]) =>
			`{\n\t"node": "x",\n\t"alias": [\n\t\t"${words.join('",\n\t\t"')}"\n\t]\n}\n`;
		const asked = named('byteplus', 'fal');
		const fresh = codex(['video', 'BytePlus', 'ModelArk', 'fal', 'clip']);
		expect(aliasVendors(codex(['video', 'kie.ai', 'fal', 'clip']), asked, providers)).toBe(fresh);
		expect(aliasVendors(fresh, asked, providers)).toBe(fresh);
		expect(aliasVendors(codex(['video']), three, providers)).toBe(
			codex(['video', 'kie.ai', 'fal', 'OpenRouter']),
		);
	});
});

const pages = [
	'README.md',
	'CONTRIBUTING.md',
	'SECURITY.md',
	'CHANGELOG.md',
	'sandbox/README.md',
	'lab/README.md',
	'examples/README.md',
	...readdirSync(path.join(root, 'docs'))
		.filter((file) => file.endsWith('.md'))
		.map((file) => `docs/${file}`),
];

describe.each(pages)('%s', (file) => {
	test('every link leads to a file, and to a heading in it', () => {
		const targets = [...pageOf(file).matchAll(/\]\(([^)\s]+)\)/g)]
			.map(([, target = '']) => target)
			.filter((target) => !/^https?:/.test(target));
		const broken = targets.filter((target) => {
			const [linked = '', anchor] = target.split('#');
			const other = linked === '' ? file : path.join(path.dirname(file), linked);
			if (!existsSync(path.join(root, other))) return true;
			if (anchor === undefined) return false;
			return !headingsOf(pageOf(other)).map(anchorOf).includes(anchor);
		});
		expect(broken).toEqual([]);
	});
});

test('an anchor is what GitHub makes of a heading', () => {
	expect(['Which Completion?', 'AI/ML API', 'kie.ai', 'Never paid twice'].map(anchorOf)).toEqual([
		'which-completion',
		'aiml-api',
		'kieai',
		'never-paid-twice',
	]);
});

function headingsOf(page: string): string[] {
	const prose = page.replaceAll(/^```[\s\S]*?^```$/gm, '');
	return [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading);
}

describe('the section of a vendor', () => {
	test.each(Object.values(providers))('$label', async (provider) => {
		const section = sectionOf(pageOf('docs/vendors.md'), `## ${provider.label}`);
		expect(section).toContain(`<${provider.apiKeysUrl}>`);
		expect(section).toContain(`base URL \`${provider.baseUrl}\``);
		const { displayName, documentationUrl } = await credentialOf(provider.credentialType);
		expect(section).toContain(`Credential **${displayName}**`);
		// What the credential's window opens.
		expect(documentationUrl).toBe(
			`https://github.com/n8n-nodes-seedance/n8n-nodes-seedance/blob/main/docs/vendors.md#${anchorOf(provider.label)}`,
		);
	});

	async function credentialOf(type: string): Promise<ICredentialType> {
		const name = type.slice(0, 1).toUpperCase() + type.slice(1);
		const classes: Record<string, new () => ICredentialType> = await import(
			`../../credentials/${name}.credentials.ts`
		);
		const Credential = classes[name];
		if (Credential === undefined) throw new Error(`No class ${name}`);
		return new Credential();
	}
});

const properties = generationProperties('textToVideo');
const property = (name: string) => properties.find((candidate) => candidate.name === name);

describe('the readme', () => {
	const readme = pageOf('README.md');

	test('begins with a picture and the way in', () => {
		const firstScreen = readme.split('\n').slice(0, 12).join('\n');
		expect(firstScreen).toContain('](docs/images/editor.png)');
		expect(firstScreen).toContain('Settings → Community nodes → Install');
		expect(firstScreen).toContain('npm run demo');
	});

	test('"Which Completion?" has every way, and the default', () => {
		const { options = [], default: byDefault } = property('completion') ?? {};
		const section = sectionOf(readme, '## Which Completion?');
		expect(options.length).toBeGreaterThan(0);
		for (const option of options) {
			const mark = 'value' in option && option.value === byDefault ? ' (default)' : '';
			expect(section).toContain(`| **${option.name}**${mark} |`);
		}
	});

	test('has a recipe for every example', () => {
		const section = sectionOf(readme, '## Recipes');
		const examples = readdirSync(path.join(root, 'examples'));
		const workflows = examples.filter((file) => file.endsWith('.json'));
		expect(workflows.filter((file) => !section.includes(`(examples/${file})`))).toEqual([]);
	});

	test('is no longer than people read', () => {
		// What it lists of the vendors grows with each of them.
		const own = readme.replaceAll(
			/<!-- (providers|vendors):[^]*?<!-- (providers:end|\/vendors) -->/g,
			'',
		);
		expect(own.split(/\s+/).length).toBeLessThanOrEqual(2400);
	});
});

describe('the page of options', () => {
	const page = pageOf('docs/options.md');

	test('names every option that is not a model’s own', () => {
		const { options = [] } = property('options') ?? {};
		const ofModels = new Set(
			Object.values(providers).flatMap(({ models }) =>
				models.flatMap((model) => parametersOf(model).map(({ label }) => label)),
			),
		);
		const labels = new Set(options.map((option) => 'displayName' in option && option.displayName));
		const section = sectionOf(page, '## Options');
		const unnamed = [...labels].filter(
			(label) => label && !ofModels.has(label) && !section.includes(`| ${label} |`),
		);
		expect(unnamed).toEqual([]);
	});

	test('the final video of a draft is ordered by an option that the models have', () => {
		const section = sectionOf(page, '## The final video of a draft');
		const sellers = Object.values(providers).filter(({ models }) =>
			models.some((model) => parametersOf(model).some(({ name }) => name === 'draftId')),
		);
		expect(sellers.length).toBeGreaterThan(2);
		for (const { label } of sellers) expect(section).toContain(label);
		expect(section).toContain('*Draft ID*');
	});
});
