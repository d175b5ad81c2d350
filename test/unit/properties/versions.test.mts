import type { INodeProperties } from 'n8n-workflow';
import { modelsOf } from '../../../nodes/shared/domain/provider';
import { parametersOf } from '../../../nodes/shared/models/schema';
import { shownDefault } from '../../../nodes/shared/models/shownDefault';
import { providers } from '../../../nodes/shared/providers';
import { namesOf, opened } from './opened.mts';

const nodes = [
	{ name: 'seedanceTextToVideo', kind: 'textToVideo', earlier: [1, 2], operation: {} },
	{ name: 'seedanceImageToVideo', kind: 'imageToVideo', earlier: [1, 2], operation: {} },
	...(['edit', 'extend', 'reference'] as const).map((kind) => ({
		name: 'seedanceVideoToVideo',
		kind,
		earlier: [1],
		operation: { operation: kind },
	})),
] as const;

describe.each(nodes)('$name, $kind', ({ name, kind, earlier, operation }) => {
	const models = Object.entries(providers).flatMap(([provider, entry]) =>
		modelsOf(entry, kind).map((model) => [provider, model.id, model] as const),
	);

	test.each(models)('%s %s: sound stands beside the duration from version 3 on', (...given) => {
		const [provider, id, model] = given;
		const parameters = { ...operation, provider, model: id };
		const sound = parametersOf(model).find((parameter) => parameter.name === 'generateAudio');
		for (const version of earlier) {
			const { inNode, options } = opened(name, version, parameters);
			expect(namesOf(inNode)).not.toContain('generateAudio');
			const count = namesOf(options).filter((one) => one === 'generateAudio').length;
			expect(count).toBe(sound === undefined ? 0 : 1);
		}
		const { inNode, options } = opened(name, 3, parameters);
		const shown = namesOf(inNode);
		expect(namesOf(options)).not.toContain('generateAudio');
		if (sound === undefined) return expect(shown).not.toContain('generateAudio');
		const at = shown.indexOf('generateAudio');
		expect(['duration', 'resolution']).toContain(shown[at - 1]);
		expect(shown.includes('duration')).toBe(shown[at - 1] === 'duration');
		expect(shown.lastIndexOf('generateAudio')).toBe(at);
		expect(inNode[at]).toMatchObject({ type: 'boolean', default: shownDefault(sound) });
	});

	test('Task Ledger is a switch with the table’s name below it, before an option', () => {
		for (const version of earlier) {
			const { inNode, options } = opened(name, version, { ...operation });
			expect(namesOf(inNode).filter((one) => /ledger/i.test(one))).toEqual([]);
			expect(options.find((one) => one.name === 'taskLedger')).toMatchObject({
				displayName: 'Task Ledger',
				type: 'string',
				default: 'seedance_tasks',
			});
		}
		const { inNode, options } = opened(name, 3, { ...operation });
		expect(namesOf(options)).not.toContain('taskLedger');
		expect(namesOf(inNode).filter((one) => /ledger/i.test(one))).toEqual(['taskLedger']);
		const { inNode: on, values } = opened(name, 3, { ...operation, taskLedger: true });
		const at = namesOf(on).indexOf('taskLedger');
		expect(on.slice(at, at + 2)).toMatchObject([
			{ displayName: 'Task Ledger', name: 'taskLedger', type: 'boolean', default: false },
			{ displayName: 'Table Name', name: 'taskLedgerTable', default: 'seedance_tasks' },
		]);
		expect(values.taskLedgerTable).toBe('seedance_tasks');
	});

	test('nothing else has changed', () => {
		const moved = (one: string) => ['generateAudio', 'taskLedger'].includes(one);
		const [provider = ''] = models.find(([, , { input }]) => input.generateAudio) ?? [];
		for (const version of earlier) {
			const given = { ...operation, provider };
			const [old, now] = [opened(name, version, given), opened(name, 3, given)];
			const model = old.values.model ?? '';
			const same = opened(name, 3, { ...given, model });
			for (const part of ['inNode', 'options'] as const) {
				const keep = (list: INodeProperties[]) => list.filter((one) => !moved(one.name));
				// The list of models says more, and begins with another one.
				const plain = (list: INodeProperties[]) => keep(list).filter((one) => one.name !== 'model');
				expect(plain(same[part])).toEqual(plain(old[part]));
			}
			const modelOf = ({ inNode }: typeof now) => inNode.find((one) => one.name === 'model');
			const valuesOf = (list?: INodeProperties) =>
				list?.options?.map((one) => ('value' in one ? one.value : undefined));
			expect(valuesOf(modelOf(now))).toEqual(valuesOf(modelOf(old)));
		}
	});
});

test.each([
	['seedanceTextToVideo', 1, 'modellix', 'seedance-1.0-lite-t2v'],
	['seedanceTextToVideo', 2, 'modellix', 'seedance-1.0-pro-fast-t2v'],
	['seedanceTextToVideo', 3, 'modellix', 'seedance-1.0-pro-fast-t2v'],
	['seedanceImageToVideo', 1, 'aimlapi', 'bytedance/seedance-1-0-lite-i2v'],
	['seedanceImageToVideo', 2, 'aimlapi', 'bytedance/seedance-2-0-fast'],
	['seedanceImageToVideo', 3, 'aimlapi', 'bytedance/seedance-2-0-fast'],
] as const)('%s of version %i begins at %s with %s', (name, version, provider, model) => {
	expect(opened(name, version, { provider }).values.model).toBe(model);
});
