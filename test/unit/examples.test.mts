import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { NodeHelpers, type INode, type INodeParameters, type INodeProperties } from 'n8n-workflow';
import { findProvider } from '../../nodes/shared/providers';
import { readWorkflow } from '../../scripts/lib/importWorkflows.mts';
import {
	choicesOf,
	credentials,
	entriesOf,
	manifest,
	nodeNamed,
	root,
} from './ux/descriptions.mts';

const folder = path.join(root, 'examples');
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
const examples = files.map((file) => ({ file, workflow: readWorkflow(path.join(folder, file)) }));

const isOurs = ({ type }: { type: string }) => type.startsWith(`${manifest.name}.`);
const ourNodes = examples.flatMap(({ file, workflow }) =>
	workflow.nodes
		.filter(isOurs)
		.map((node) => [`${file}: ${node.name}`, { ...node, id: node.id ?? '' } as INode] as const),
);
const nodeOfType = (type: string) => ourNodes.find(([, node]) => node.type.endsWith(type))?.[1];

describe.each(ourNodes)('%s', (_, node) => {
	const description = nodeNamed(node.type.slice(manifest.name.length + 1));
	const { properties } = description;

	const shown = NodeHelpers.getNodeParameters(
		properties,
		node.parameters,
		true,
		false,
		node,
		description,
	);

	test('uses only parameters that the node shows', () => {
		expect(shown).toMatchObject(node.parameters);
	});

	test('uses only values that the node offers', () => {
		const values = Object(shown);
		const isShown = (property: INodeProperties, siblings: INodeParameters) =>
			NodeHelpers.displayParameter(siblings, property, node, description, values);
		const notOffered = (siblings: INodeParameters, of: INodeProperties[]): unknown[] =>
			of
				.filter((property) => property.name in siblings && isShown(property, siblings))
				.flatMap((property) => {
					const value = siblings[property.name];
					if (property.type === 'collection') return notOffered(Object(value), entriesOf(property));
					const choices: unknown[] = choicesOf(property).map((choice) => choice.value);
					return choices.length === 0 ? [] : [value].flat().filter((one) => !choices.includes(one));
				});
		expect(notOffered(values, properties)).toEqual([]);
	});

	test('leaves out nothing that the node demands', () => {
		expect(NodeHelpers.getNodeParametersIssues(properties, node, description)).toBeNull();
	});

	test('is of a version that the node has', () => {
		expect([description.version].flat()).toContain(node.typeVersion);
	});

	test("names its provider's credential as n8n names a new one, and holds nothing of it", () => {
		const type = findProvider(node.parameters.provider)?.credentialType ?? '';
		const label = credentials.find(({ name }) => name === type)?.displayName;
		expect(node.credentials).toEqual({
			[type]: { id: null, name: `${label?.replace(/ API$/, '')} account` },
		});
	});
});

describe.each(examples)('$file', ({ file, workflow }) => {
	const text = readFileSync(path.join(folder, file), 'utf8');

	test('is what n8n exports', () => {
		expect(workflow).toMatchObject({
			name: expect.stringMatching(/^Seedance \d[a-z]?: /),
			active: file.startsWith('2b'),
			settings: { executionOrder: 'v1' },
		});
		expect(text).toBe(`${JSON.stringify(workflow, null, 2)}\n`);
	});

	test('explains itself in a note', () => {
		const notes = workflow.nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
		expect(notes.map(({ parameters }) => parameters.content)).toEqual([
			expect.stringMatching(/^## \S.+\n\S/),
		]);
	});

	test('connects its nodes one after the other, from left to right', () => {
		const nodes = workflow.nodes.filter(({ type }) => type !== 'n8n-nodes-base.stickyNote');
		const link = (to = '') => ({ main: [[{ node: to, type: 'main', index: 0 }]] });
		expect(workflow.connections).toEqual(
			Object.fromEntries(
				nodes.slice(0, -1).map(({ name }, index) => [name, link(nodes[index + 1]?.name)]),
			),
		);
		const columns = nodes.map(({ position: [x] }) => x);
		expect(columns).toEqual(columns.toSorted((a, b) => a - b));
	});

	test('speaks of no machine and holds no secret', () => {
		const addresses = text.match(/\bhttps?:\/\/[^/"]+/g) ?? [];
		expect(addresses.filter((address) => address !== 'http://localhost:5678')).toEqual([]);
		expect(text).not.toMatch(/apiKey|secret|bearer|instanceId|\/home\/|\/Users\/|[A-Z]:\\\\/i);
	});

	test('is in the table of the README', () => {
		expect(readFileSync(path.join(folder, 'README.md'), 'utf8')).toContain(`(${file})`);
	});
});

test('every ID and every name is there once', () => {
	const ids = examples.flatMap(({ workflow }) => workflow.nodes.map(({ id }) => id));
	expect(ids).not.toContain(undefined);
	expect(ids).toEqual([...new Set(ids)]);
	const names = examples.map(({ workflow }) => workflow.name);
	expect(names).toEqual([...new Set(names)]);
	for (const { workflow } of examples) {
		const nodeNames = workflow.nodes.map(({ name }) => name);
		expect(nodeNames).toEqual([...new Set(nodeNames)]);
	}
});

test("2a calls 2b's trigger", () => {
	const [webhook] = nodeNamed('seedanceTrigger').webhooks ?? [];
	const trigger = nodeOfType('.seedanceTrigger');
	const [, submitting] = ourNodes.find(([name]) => name.startsWith('2a')) ?? [];
	expect(submitting?.parameters).toMatchObject({
		completion: 'notify',
		provider: trigger?.parameters.provider,
		callbackUrl: `http://localhost:5678/webhook/${trigger?.webhookId}/${webhook?.path}`,
	});
});
