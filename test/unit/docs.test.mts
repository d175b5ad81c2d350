import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parametersOf } from '../../nodes/shared/models/schema';
import { providers } from '../../nodes/shared/providers';
import { findOutdated, insertIntoReadme, renderPages } from '../../scripts/docs.mts';

const root = path.join(__dirname, '..', '..');

test('the generated pages are up to date (npx tsx scripts/docs.mts)', async () => {
	const pages = await renderPages(root);
	expect(pages.map(({ file }) => file)).toContain('docs/providers.md');
	for (const { file, text } of pages) {
		expect(readFileSync(path.join(root, file), 'utf8')).toBe(text);
	}
	expect(findOutdated(root, pages)).toEqual([]);
	const [first] = pages;
	expect(findOutdated(root, [{ file: first?.file ?? '', text: 'old' }])).toHaveLength(1);
	expect(findOutdated(root, [{ file: 'docs/not-there.md', text: '' }])).toHaveLength(1);
});

test('every model with every parameter is on the page', async () => {
	const [page] = await renderPages(root);
	const text = page?.text ?? '';
	for (const provider of Object.values(providers)) {
		expect(text).toContain(`\n## ${provider.label}\n`);
		expect(text).toContain(`\`${provider.credentialType}\``);
		const [, ofProvider = ''] = text.split(`\n## ${provider.label}\n`);
		for (const model of provider.models) {
			const kind = model.kind === 'textToVideo' ? 'Text to Video' : 'Image to Video';
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
	expect(text).toContain('base URL `https://modellixapi.jpushoa.com`');
});

describe('the table of the readme', () => {
	const start = '<!-- providers:start -->';
	const end = '<!-- providers:end -->';

	test('goes between the markers and nowhere else', () => {
		const readme = `# A\n${start}\nold\n${end}\nrest ${end}\n`;
		const fresh = `# A\n${start}\n| new |\n${end}\nrest ${end}\n`;
		expect(insertIntoReadme(readme, '| new |')).toBe(fresh);
		expect(insertIntoReadme(fresh, '| new |')).toBe(fresh);
	});

	test.each(['', '# A\n', start, `${end}\n${start}`])(
		'is left out without markers: %j',
		(readme) => {
			expect(insertIntoReadme(readme, '| new |')).toBeUndefined();
		},
	);
});
