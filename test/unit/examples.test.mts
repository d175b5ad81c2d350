import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { NodeHelpers, type INode, type INodeParameters, type INodeProperties } from 'n8n-workflow';
import { findProvider, providers } from '../../nodes/shared/providers';
import { readWorkflow } from '../../lab/importWorkflows.mts';
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

const NOTE = 'n8n-nodes-base.stickyNote';
/** What n8n adds to the parameters of a node that is a tool. */
const ofTools = ['descriptionType', 'toolDescription'];
/** What n8n's editor calls by these names; anything else that a note prints bold is a node. */
const wordsOfTheEditor = [
	'Callback URL',
	'Execute workflow',
	'Executions',
	'Fallback Providers',
	'Prompt',
	'Wait',
	'ffmpeg',
];
const README = readFileSync(path.join(folder, 'README.md'), 'utf8');
const PICTURES = path.join(root, 'docs', 'images', 'examples');
const MAX_PICTURE_BYTES = 150_000;

const isOurs = ({ type }: { type: string }) => type.startsWith(`${manifest.name}.`);
const isExpression = (value: unknown) => typeof value === 'string' && value.startsWith('=');
const ourNodes = examples.flatMap(({ file, workflow }) =>
	workflow.nodes
		.filter(isOurs)
		.map((node) => [`${file}: ${node.name}`, { ...node, id: node.id ?? '' } as INode] as const),
);
const nodeOfType = (type: string) => ourNodes.find(([, node]) => node.type.endsWith(type))?.[1];

describe.each(ourNodes)('%s', (_, node) => {
	// As a tool of an agent a node has a type of its own, which n8n derives from the node's.
	const description = nodeNamed(node.type.slice(manifest.name.length + 1).replace(/Tool$/, ''));
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
		const own = Object.entries(node.parameters).filter(([name]) => !ofTools.includes(name));
		expect(shown).toMatchObject(Object.fromEntries(own));
		const isTool = node.type.endsWith('Tool');
		expect(isTool || own.length === Object.keys(node.parameters).length).toBe(true);
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
					if (choices.length === 0) return [];
					return [value].flat().filter((one) => !choices.includes(one) && !isExpression(one));
				});
		expect(notOffered(values, properties)).toEqual([]);
	});

	test('leaves out nothing that the node demands', () => {
		expect(NodeHelpers.getNodeParametersIssues(properties, node, description)).toBeNull();
	});

	test('is of a version that the node has', () => {
		expect([description.version].flat()).toContain(node.typeVersion);
	});

	test("names its providers' credentials as n8n names new ones, and holds nothing of them", () => {
		const { fallback = [] } = Object(node.parameters.fallbackProviders) as {
			fallback?: Array<{ provider: string }>;
		};
		const { other = [] } = Object(node.parameters.otherProviders) as {
			other?: Array<{ provider: string }>;
		};
		// The node for video files asks nobody.
		if (description.credentials === undefined) {
			expect(node.credentials).toBeUndefined();
			return;
		}
		const asked = [
			node.parameters.provider,
			...[...fallback, ...other].map(({ provider }) => provider),
		];
		const named = asked.map((provider) => {
			const type = findProvider(provider)?.credentialType ?? '';
			const label = credentials.find(({ name }) => name === type)?.displayName;
			return [type, { id: null, name: `${label?.replace(/ API$/, '')} account` }];
		});
		expect(node.credentials).toEqual(Object.fromEntries(named));
	});

	test('chooses a model that its maker still runs', () => {
		const provider = findProvider(node.parameters.provider);
		const chosen = provider?.models.filter(({ id }) => id === node.parameters.model) ?? [];
		expect(chosen.filter(({ isRetired }) => isRetired)).toEqual([]);
	});
});

describe.each(examples)('$file', ({ file, workflow }) => {
	const text = readFileSync(path.join(folder, file), 'utf8');
	const notes = workflow.nodes.filter(({ type }) => type === NOTE);
	const nodes = workflow.nodes.filter(({ type }) => type !== NOTE);
	const contents = notes.map(({ parameters }) => String(parameters.content));

	test('is what n8n exports', () => {
		const [number] = file.split('-');
		expect(workflow).toMatchObject({
			name: expect.stringMatching(new RegExp(`^Seedance ${number}: \\S`)),
			active: ['01', '02', '05b', '16', '17', '18', '20'].includes(String(number)),
			settings: { executionOrder: 'v1' },
		});
		expect(text).toBe(`${JSON.stringify(workflow, null, 2)}\n`);
	});

	test("explains itself in a note, and says in another how to make it one's own", () => {
		expect(contents).toEqual([
			expect.stringMatching(/^## \S.+\n\S/),
			expect.stringMatching(/^## Make it your own\n- /),
		]);
		expect(contents[1]).toMatch(/\*\*(Another vendor|Other vendors):\*\*/);
	});

	test('speaks in its notes of nodes that it has, the Seedance nodes among them', () => {
		const bold = contents.join('\n').matchAll(/\*\*([^*]+)\*\*/g);
		const named = [...bold].map(([, words = '']) => words).filter((words) => !/:$/.test(words));
		const names = nodes.map(({ name }) => name);
		expect(named.filter((word) => ![...names, ...wordsOfTheEditor].includes(word))).toEqual([]);
	});

	test('connects every node with what is there', () => {
		const links = Object.entries(workflow.connections).flatMap(([from, outputs]) =>
			Object.values(Object(outputs) as Record<string, Array<Array<{ node: string }>>>)
				.flat(2)
				.map(({ node }) => ({ from, node })),
		);
		const names = nodes.map(({ name }) => name);
		for (const { from, node } of links) expect(names).toEqual(expect.arrayContaining([from, node]));
		const linked = links.flatMap(({ from, node }) => [from, node]);
		expect(names.filter((name) => !linked.includes(name))).toEqual([]);
	});

	test('lays nothing over another', () => {
		const boxes = workflow.nodes.map(({ name, position: [x, y], parameters }) => ({
			name,
			left: x,
			top: y,
			right: x + Number(parameters.width ?? 96),
			bottom: y + Number(parameters.height ?? 96),
		}));
		const overlaps = boxes.flatMap((one, index) =>
			boxes
				.slice(index + 1)
				.filter(
					(other) =>
						one.left < other.right &&
						other.left < one.right &&
						one.top < other.bottom &&
						other.top < one.bottom,
				)
				.map((other) => `${one.name} and ${other.name}`),
		);
		expect(overlaps).toEqual([]);
	});

	test('speaks of no machine and holds no secret', () => {
		const addresses = text.match(/\bhttps?:\/\/[^/"]+/g) ?? [];
		const known = ['http://localhost:5678', 'https://api.openai.com', 'https://example.com'];
		expect(addresses.filter((address) => !known.includes(address))).toEqual([]);
		const ids = workflow.nodes.flatMap((node) =>
			Object.values(node.credentials ?? {}).map(({ id }) => id),
		);
		expect(ids).toEqual(ids.map(() => null));
		expect(text).not.toMatch(
			/apiKey|secret|bearer \S{20}|instanceId|\/home\/|\/Users\/|[A-Z]:\\\\/i,
		);
	});

	test('is in the README, with a picture that is small enough', () => {
		expect(README).toContain(`(${file})`);
		const picture = file.replace(/\.json$/, '.png');
		expect(README).toContain(`(../docs/images/examples/${picture})`);
		const bytes = readFileSync(path.join(PICTURES, picture));
		expect(bytes.subarray(1, 4).toString()).toBe('PNG');
		expect(statSync(path.join(PICTURES, picture)).size).toBeLessThan(MAX_PICTURE_BYTES);
	});
});

test('there are the pictures of the examples, and no others', () => {
	const expected = files.map((file) => file.replace(/\.json$/, '.png'));
	expect(readdirSync(PICTURES).toSorted()).toEqual(expected.toSorted());
});

test('they show only vendors that there are', () => {
	const shown = ourNodes.flatMap(([, { parameters }]) => parameters.provider ?? []);
	expect(Object.keys(providers)).toEqual(expect.arrayContaining([...new Set(shown)]));
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

test("05a calls 05b's trigger", () => {
	const [webhook] = nodeNamed('seedanceTrigger').webhooks ?? [];
	const trigger = nodeOfType('.seedanceTrigger');
	const [, submitting] = ourNodes.find(([name]) => name.startsWith('05a')) ?? [];
	expect(submitting?.parameters).toMatchObject({
		completion: 'notify',
		provider: trigger?.parameters.provider,
		callbackUrl: `http://localhost:5678/webhook/${trigger?.webhookId}/${webhook?.path}`,
	});
});
