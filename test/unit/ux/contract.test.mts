import { existsSync } from 'node:fs';
import path from 'node:path';
import type { INodeProperties } from 'n8n-workflow';
import { catalogue } from '../../../nodes/shared/catalogue';
import { choicesOf, credentials, entriesOf, nodeNamed, root } from './descriptions.mts';

/** What a saved workflow depends on: these names and values must not change. */
const always = [
	'provider',
	'model',
	'customModel',
	'prompt',
	'aspectRatio',
	'resolution',
	'duration',
	'completion',
	'downloadVideo',
	'binaryPropertyName',
	'simplify',
	'options',
];
const image = ['imageInputType', 'imageUrl', 'imageBinaryPropertyName'];
const lastImage = ['lastImageInputType', 'lastImageUrl', 'lastImageBinaryPropertyName'];
const generationOptions = [
	'additionalParameters',
	'maxParallel',
	'pollInterval',
	'resubmitUnknown',
	'timeout',
];
const modelOptions = [
	'seed',
	'cameraFixed',
	'enableSafetyChecker',
	'serviceTier',
	'frames',
	'executionExpiresAfter',
	'returnLastFrame',
	'watermark',
	'generateAudio',
];
const laterOptions = ['context', 'cancelOnStop'];
const providers = [
	'apikley',
	'modellix',
	'aimlapi',
	'kie',
	'byteplus',
	'volcengine',
	'fal',
	'replicate',
];

const namesOf = (list: readonly INodeProperties[]) => [...new Set(list.map(({ name }) => name))];

function propertiesNamed(node: string, name: string): INodeProperties[] {
	return nodeNamed(node).properties.filter((property) => property.name === name);
}

const valuesOf = (node: string, name: string) => [
	...new Set(
		propertiesNamed(node, name)
			.flatMap(choicesOf)
			.map(({ value }) => value),
	),
];
const defaultsOf = (node: string, name: string) => [
	...new Set(propertiesNamed(node, name).map((property) => property.default)),
];

function expectBetween(names: unknown[], atLeast: string[], more: string[]): void {
	expect(names).toEqual(expect.arrayContaining(atLeast));
	expect(names.filter((name) => ![...atLeast, ...more].includes(String(name)))).toEqual([]);
}

describe.each([
	['seedanceTextToVideo', 'Seedance Text to Video', always, []],
	[
		'seedanceImageToVideo',
		'Seedance Image to Video',
		[...always.filter((name) => name !== 'aspectRatio'), ...image],
		[...lastImage, 'aspectRatio'],
	],
] as const)('%s', (node, displayName, names, more) => {
	test('keeps its name and its parameters', () => {
		expect(nodeNamed(node).displayName).toBe(displayName);
		expectBetween(namesOf(nodeNamed(node).properties), [...names], [...more, 'callbackUrl']);
	});

	test('keeps its options', () => {
		const options = propertiesNamed(node, 'options').flatMap(entriesOf);
		expectBetween(namesOf(options), generationOptions, [...modelOptions, ...laterOptions]);
	});

	test('keeps its values and defaults', () => {
		expectBetween(valuesOf(node, 'provider'), ['apikley'], providers);
		expectBetween(valuesOf(node, 'completion'), ['submit', 'wait'], ['notify', 'pause']);
		expect(defaultsOf(node, 'completion')).toEqual(['wait']);
		expect(defaultsOf(node, 'downloadVideo')).toEqual([true]);
		expect(defaultsOf(node, 'simplify')).toEqual([true]);
		expect(defaultsOf(node, 'binaryPropertyName')).toEqual(['data']);
		expect(defaultsOf(node, 'prompt')).toEqual(['']);
	});

	test('demands what it cannot do without', () => {
		for (const name of ['prompt', 'customModel', 'binaryPropertyName']) {
			expect(propertiesNamed(node, name).map(({ required }) => required)).toEqual([true]);
		}
	});
});

test('the image is asked for as the contract says', () => {
	const node = 'seedanceImageToVideo';
	expect(valuesOf(node, 'imageInputType').toSorted()).toEqual(['binary', 'url']);
	expect(defaultsOf(node, 'imageInputType')).toEqual(['url']);
	expect(defaultsOf(node, 'imageBinaryPropertyName')).toEqual(['data']);
	for (const name of ['imageUrl', 'imageBinaryPropertyName']) {
		expect(propertiesNamed(node, name).map(({ required }) => required)).toEqual([true]);
	}
});

test('the providers come in the contract’s order', () => {
	const offered = Object.keys(catalogue);
	expect(offered).toEqual(providers.filter((id) => offered.includes(id)));
});

describe('seedanceTask', () => {
	test('keeps its resources and operations', () => {
		expect(nodeNamed('seedanceTask').displayName).toBe('Seedance Task');
		expect(valuesOf('seedanceTask', 'resource').toSorted()).toEqual(['account', 'task']);
		expectBetween(
			valuesOf('seedanceTask', 'operation'),
			['get', 'wait', 'getBalance'],
			['cancel', 'delete', 'getMany'],
		);
		expect(defaultsOf('seedanceTask', 'resource')).toEqual(['task']);
	});

	test('keeps its outputs and demands a task', () => {
		expect(defaultsOf('seedanceTask', 'downloadVideo')).toEqual([true]);
		expect(defaultsOf('seedanceTask', 'simplify')).toEqual([true]);
		expect(defaultsOf('seedanceTask', 'binaryPropertyName')).toEqual(['data']);
		expect(propertiesNamed('seedanceTask', 'taskId').every(({ required }) => required)).toBe(true);
	});
});

describe.each([
	['apikleyApi', 'Apikley API', 'https://api.apikley.ru'],
	['modellixApi', 'Modellix API', 'https://modellixapi.jpushoa.com'],
	['aimlApi', 'AI/ML API', 'https://api.aimlapi.com'],
])('the credential %s', (name, displayName, baseUrl) => {
	const credential = credentials.find((candidate) => candidate.name === name);
	const field = (fieldName: string) =>
		credential?.properties.find((property) => property.name === fieldName);

	test('keeps its name and fields', () => {
		expect(credential?.displayName).toBe(displayName);
		expect(credential?.properties.map((property) => property.name)).toEqual(
			expect.arrayContaining(['apiKey', 'baseUrl']),
		);
		expect(field('apiKey')).toMatchObject({
			required: true,
			default: '',
			typeOptions: { password: true },
		});
		expect(field('baseUrl')).toMatchObject({ required: true, default: baseUrl });
	});

	test('hides every secret', () => {
		const secrets = credential?.properties.filter((property) => /key|secret/i.test(property.name));
		expect(secrets?.length).toBeGreaterThan(0);
		for (const { typeOptions } of secrets ?? []) expect(typeOptions?.password).toBe(true);
	});

	test('sends the key as a bearer token and nowhere else', () => {
		expect(credential?.authenticate).toEqual({
			type: 'generic',
			properties: { headers: { Authorization: '=Bearer {{$credentials.apiKey}}' } },
		});
	});

	test('is tested with a request to its own base URL that costs nothing', () => {
		const { request, rules } = credential?.test ?? {};
		expect(request?.baseURL).toContain('$credentials.baseUrl');
		expect(request?.method ?? 'GET').toBe('GET');
		expect(rules?.map(({ properties }) => Number(properties.value))).toContain(401);
	});

	test('has a themed icon and a page about it', () => {
		expect(credential?.documentationUrl).toMatch(/^https:\/\//);
		const { icon } = credential ?? {};
		if (typeof icon !== 'object') throw new Error('The icon is not themed');
		for (const file of [icon.light, icon.dark]) {
			const svg = path.resolve(root, 'credentials', file.replace(/^file:/, ''));
			expect([svg, existsSync(svg)]).toEqual([svg, true]);
		}
	});
});

test('every provider has its credential, and there is none too many', () => {
	const wanted = Object.values(catalogue).map(({ credentialType }) => credentialType);
	expect(credentials.map(({ name }) => name).toSorted()).toEqual(wanted.toSorted());
});
