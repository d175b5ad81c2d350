import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as table from '../../../nodes/shared/domain/ownParameters';
import { nameOf, placed, root } from '../ux/descriptions.mts';

interface Row {
	name: string;
	label: string;
	default?: unknown;
}

const rowsOf = (group: object) => Object.values(group) as Row[];
const inNode = [table.videoParameter, table.orderParameter, table.taskParameter];
const inOptions = [table.option, table.fileOption];
const parameters = [...inNode, table.fileParameter].flatMap(rowsOf);
const options = inOptions.flatMap(rowsOf);

test('nothing is in the table that no node shows', () => {
	const shown = placed.map(({ property, collection }) => [
		collection?.name === 'options',
		property.name,
		property.displayName,
	]);
	for (const { name, label } of parameters) expect(shown).toContainEqual([false, name, label]);
	for (const { name, label } of options) expect(shown).toContainEqual([true, name, label]);
});

test('the nodes call their parameters as the table does, and begin with what it says', () => {
	for (const place of placed) {
		const { property, collection } = place;
		const own = collection === undefined ? parameters : options;
		const known = own.filter(({ name }) => name === property.name);
		if (known.length === 0) continue;
		const labels = known.map(({ label }) => label);
		// Of models, of a switch in the node and an option by its side, of n8n's own lists.
		expect([nameOf(place), labels.includes(property.displayName)]).toEqual([nameOf(place), true]);
		const presets = known
			.filter(
				({ label, default: preset }) => label === property.displayName && preset !== undefined,
			)
			.map(({ default: preset }) => preset);
		if (presets.length === 0 || property.type === 'options') continue;
		expect([nameOf(place), presets.includes(property.default)]).toEqual([nameOf(place), true]);
	}
});

test('no other place has the label of a parameter: texts take it from the table', () => {
	const folder = path.join(root, 'nodes', 'shared');
	const files = readdirSync(folder, { recursive: true }).map(String);
	const sources = files.filter(
		(file) => file.endsWith('.ts') && !file.endsWith('ownParameters.ts'),
	);
	const labels = [...parameters, ...options].map(({ label }) => label);
	const strange = sources.flatMap((file) => {
		const code = readFileSync(path.join(folder, file), 'utf8').replaceAll(
			/^\s*(\/\/|\*|\/\*).*$/gm,
			'',
		);
		// One word alone may be anything.
		const found = labels.filter((label) => label.includes(' ') && code.includes(`'${label}'`));
		return found.map((label) => `${file}: ${label}`);
	});
	expect(strange).toEqual([]);
});
