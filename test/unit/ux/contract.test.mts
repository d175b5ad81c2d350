import { existsSync } from 'node:fs';
import path from 'node:path';
import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import { providers } from '../../../nodes/shared/providers';
import { makesOwnSecret } from '../../../credentials/shared/vendorCredential';
import { vendors } from '../../../sandbox/types.mts';
import { kits } from '../../vendors/index.mts';
import { choicesOf, credentials, entriesOf, nodeNamed, root } from './descriptions.mts';

/** What a saved workflow depends on: these names and values must not change. */
const always = [
	'provider',
	'model',
	'customModel',
	'prompt',
	'resolution',
	'duration',
	'completion',
	'callbackUrl',
	'downloadVideo',
	'binaryPropertyName',
	'simplify',
	'taskLedger',
	'taskLedgerTable',
	'generateAudio',
	'options',
];
/** A model of the vendor's own list, where such a list says what a model makes a video from. */
const listed = ['listModel', 'modelParameters'];
const image = ['imageInputType', 'imageUrl', 'imageBinaryPropertyName'];
const lastImage = ['lastImageInputType', 'lastImageUrl', 'lastImageBinaryPropertyName'];
const references = ['imageMode', 'referenceImages', 'referenceVideos', 'referenceAudios'];
const runOptions = [
	'additionalParameters',
	'context',
	'fileName',
	'includeInputFields',
	'maxFileSize',
	'maxOrders',
	'maxParallel',
	'pauseInSubWorkflows',
	'pollInterval',
	'resubmitUnknown',
	'sendCallbackUrl',
	'timeout',
];
const imageModelOptions = ['cameraFixed', 'seed', 'watermark'];
const textModelOptions = [
	...imageModelOptions,
	'enableSafetyChecker',
	'executionExpiresAfter',
	'frames',
	'returnLastFrame',
	'serviceTier',
];
/** Names that the contract reserves for models and options to come. */
const reserved = [
	...textModelOptions,
	'generateAudio',
	'webSearch',
	'outputFormat',
	'draft',
	'draftId',
	'priority',
	'bitrateMode',
	'nsfwChecker',
	'codec',
	'endUserId',
	'taskType',
	'safetyIdentifier',
	'upstream',
	'cancelOnStop',
	'minimumBalance',
	'maxPrice',
	'taskLedger',
];
const providerIds: string[] = [...vendors];

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
	{
		node: 'seedanceTextToVideo',
		displayName: 'Seedance Text to Video',
		names: [...always, ...listed, 'aspectRatio'],
		more: [],
		options: [...textModelOptions, 'chainItems'],
	},
	{
		node: 'seedanceImageToVideo',
		displayName: 'Seedance Image to Video',
		names: [...always, ...listed, ...image],
		more: [...lastImage, ...references, 'aspectRatio'],
		options: [...imageModelOptions, 'chainItems'],
	},
	{
		node: 'seedanceVideoToVideo',
		displayName: 'Seedance Video to Video',
		names: [...always, 'operation', 'videoInputType', 'videoUrl', 'videoBinaryPropertyName'],
		more: [...references.filter((name) => name !== 'imageMode'), 'aspectRatio'],
		options: imageModelOptions,
	},
])('$node', ({ node, displayName, names, more, options }) => {
	test('keeps its name and its parameters', () => {
		expect(nodeNamed(node).displayName).toBe(displayName);
		expectBetween(namesOf(nodeNamed(node).properties), names, [
			...more,
			'fallbackProviders',
			'referenceNotice',
		]);
	});

	test('keeps its options', () => {
		const offered = propertiesNamed(node, 'options').flatMap(entriesOf);
		expectBetween(namesOf(offered), [...runOptions, ...options], reserved);
	});

	test('what bounds an agent’s orders takes no words of its model', () => {
		const bounds = propertiesNamed(node, 'options')
			.flatMap(entriesOf)
			.filter(({ name }) => ['maxOrders', 'maxPrice'].includes(name));
		expect(bounds.map(({ noDataExpression }) => noDataExpression)).toEqual([true, true]);
	});

	test('keeps its values and defaults', () => {
		expectBetween(valuesOf(node, 'provider'), ['fal'], providerIds);
		expect(valuesOf(node, 'completion').toSorted()).toEqual(['notify', 'pause', 'submit', 'wait']);
		expect(defaultsOf(node, 'completion')).toEqual(['wait']);
		expect(defaultsOf(node, 'downloadVideo')).toEqual([true]);
		expect(defaultsOf(node, 'simplify')).toEqual([true]);
		expect(defaultsOf(node, 'binaryPropertyName')).toEqual(['data']);
		expect(defaultsOf(node, 'prompt')).toEqual(['']);
	});

	test('demands what it cannot do without', () => {
		for (const name of ['customModel', 'binaryPropertyName']) {
			expect(propertiesNamed(node, name).map(({ required }) => required)).toEqual([true]);
		}
		// Of models whose page lets the prompt be left out, n8n's editor does not demand it.
		const [first, ...others] = propertiesNamed(node, 'prompt').map(({ required }) => required);
		expect(first).toBe(true);
		expect(others).not.toContain(false);
	});
});

test('the image is asked for as the contract says', () => {
	const node = 'seedanceImageToVideo';
	expect(valuesOf(node, 'imageInputType').toSorted()).toEqual(['binary', 'url']);
	expect(defaultsOf(node, 'imageInputType')).toEqual(['url']);
	expect(defaultsOf(node, 'imageBinaryPropertyName')).toEqual(['data']);
	for (const name of ['imageUrl', 'imageBinaryPropertyName']) {
		const required = propertiesNamed(node, name).map((property) => property.required);
		expect([...new Set(required)]).toEqual([true]);
	}
});

test('the providers come in the contract’s order', () => {
	expect(Object.keys(providers)).toEqual(providerIds);
});

test('the video is asked for as the contract says', () => {
	const node = 'seedanceVideoToVideo';
	expect(valuesOf(node, 'operation')).toEqual(['edit', 'extend', 'reference']);
	expect(valuesOf(node, 'videoInputType').toSorted()).toEqual(['binary', 'url']);
	expect(defaultsOf(node, 'videoInputType')).toEqual(['url']);
	expect(defaultsOf(node, 'videoUrl')).toEqual(['={{ $json.videoUrl }}']);
	expect(defaultsOf(node, 'videoBinaryPropertyName')).toEqual(['data']);
});

describe('seedanceTask', () => {
	test('keeps its resources and operations', () => {
		expect(nodeNamed('seedanceTask').displayName).toMatch(/^Seedance Task\b/);
		expect(valuesOf('seedanceTask', 'resource').toSorted()).toEqual(['account', 'ledger', 'task']);
		expectBetween(
			valuesOf('seedanceTask', 'operation'),
			['get', 'wait', 'getBalance'],
			['cancel', 'delete', 'getMany', 'getPrice', 'getSpending'],
		);
		expect(defaultsOf('seedanceTask', 'resource')).toEqual(['task']);
	});

	test('keeps the list of further vendors', () => {
		const [list] = propertiesNamed('seedanceTask', 'otherProviders');
		const [entry] = (list?.options ?? []) as INodePropertyCollection[];
		expect([list?.type, entry?.name]).toEqual(['fixedCollection', 'other']);
		const names = namesOf(entry?.values ?? []).filter((name) => !name.startsWith('for'));
		expect(names).toEqual(['provider', 'callbackUrl']);
	});

	test('keeps its outputs and demands a task', () => {
		expect(defaultsOf('seedanceTask', 'downloadVideo')).toEqual([true]);
		expect(defaultsOf('seedanceTask', 'simplify')).toEqual([true]);
		expect(defaultsOf('seedanceTask', 'binaryPropertyName')).toEqual(['data']);
		expect(propertiesNamed('seedanceTask', 'taskId').every(({ required }) => required)).toBe(true);
	});
});

test.each([
	['seedanceTextToVideo', 'fallbackProviders', 'fallback'],
	['seedanceTask', 'otherProviders', 'other'],
])('%s shows a vendor’s credential for every entry that %s may have', (name, list, entry) => {
	const [property] = propertiesNamed(name, list);
	const { credentials: shown = [] } = nodeNamed(name);
	expect(shown).not.toEqual([]);
	for (const { displayOptions } of shown) {
		const paths = Object.keys(displayOptions?.show ?? {});
		const ofEntries = paths.filter((one) => one.startsWith(`/${list}.${entry}[`));
		expect(ofEntries).toHaveLength(Number(property?.typeOptions?.maxAllowedFields));
	}
});

describe('seedanceVideoFile', () => {
	const node = 'seedanceVideoFile';

	test('keeps its name, its parameters and its operations', () => {
		const { displayName, properties, credentials: asked } = nodeNamed(node);
		expect([displayName, asked]).toEqual(['Seedance Video File Editor', undefined]);
		expect(namesOf(properties).toSorted()).toEqual([
			'binaryPropertyName',
			'fromSeconds',
			'operation',
			'options',
			'soundBinaryPropertyName',
			'soundInputType',
			'soundUrl',
			'toSeconds',
			'videoBinaryPropertyName',
			'videoInputType',
			'videoUrl',
		]);
		const operations = ['cut', 'getInfo', 'join', 'setSound'];
		expect(valuesOf(node, 'operation').toSorted()).toEqual(operations);
	});

	test('keeps its defaults and options', () => {
		expect(defaultsOf(node, 'operation')).toEqual(['join']);
		expect(defaultsOf(node, 'videoBinaryPropertyName')).toEqual(['data']);
		expect(defaultsOf(node, 'soundBinaryPropertyName')).toEqual(['sound']);
		expect(defaultsOf(node, 'binaryPropertyName')).toEqual(['data']);
		const options = propertiesNamed(node, 'options').flatMap(entriesOf);
		expect(options.map((option) => [option.name, option.default])).toEqual([
			['dropRepeatedFrame', false],
			['fileName', 'film.mp4'],
			['groupBy', ''],
			['joinAnyway', false],
			['loop', false],
			['startSeconds', 0],
		]);
	});
});

describe('seedanceTrigger', () => {
	const node = 'seedanceTrigger';

	test('keeps its name, its parameters and its address', () => {
		const { displayName, defaults, properties, webhooks } = nodeNamed(node);
		// n8n's panel cuts " Trigger" off.
		expect(displayName).toBe('Seedance Video Finished Trigger');
		expect(defaults.name).toBe('Seedance Trigger');
		expect(namesOf(properties)).toEqual(['notice', 'provider', 'events', 'options']);
		expect(webhooks).toMatchObject([{ name: 'default', httpMethod: 'POST', path: 'seedance' }]);
	});

	test('keeps its values and defaults', () => {
		const events = propertiesNamed(node, 'events').flatMap(choicesOf);
		expect(events.map(({ value }) => value).toSorted()).toEqual(['failed', 'succeeded']);
		expect(defaultsOf(node, 'events')).toEqual([['succeeded', 'failed']]);
		const options = propertiesNamed(node, 'options').flatMap(entriesOf);
		expect(options.map((option) => [option.name, option.default])).toEqual([
			['acceptUnsigned', false],
			['downloadVideo', true],
			['maxFileSize', 1024],
			['simplify', true],
		]);
	});
});

test.each(['seedanceTextToVideo', 'seedanceImageToVideo', 'seedanceVideoToVideo', 'seedanceTask'])(
	'%s takes calls on a path of its own while it is parked',
	(node) => {
		expect(nodeNamed(node).webhooks).toMatchObject([
			{ httpMethod: 'POST', path: 'seedance-delivery', restartWebhook: true },
		]);
	},
);

describe.each(vendors)('the credential of %s', (vendor) => {
	const { credentialType, displayName, baseUrl, scheme } = kits[vendor].contract;
	const credential = credentials.find(({ name }) => name === credentialType);
	const field = (fieldName: string) =>
		credential?.properties.find((property) => property.name === fieldName);

	test('keeps its name and fields', () => {
		expect(credential?.displayName).toBe(displayName);
		expect(credential?.properties.map((property) => property.name)).toEqual(
			expect.arrayContaining(['apiKey', 'baseUrl', 'callbackSecret']),
		);
		expect(field('apiKey')).toMatchObject({
			required: true,
			default: '',
			typeOptions: { password: true },
		});
		expect(field('baseUrl')).toMatchObject({ required: true, default: baseUrl });
		expect(field('callbackSecret')).toMatchObject({ default: '' });
		expect(field('callbackSecret')).not.toHaveProperty('required');
	});

	test('keeps a secret of its own that nobody sees, and takes the one before the newest', () => {
		expect(field('ownSecret')).toMatchObject({
			type: 'hidden',
			default: '',
			typeOptions: { expirable: true, password: true },
		});
		expect(credential?.preAuthentication).toBe(makesOwnSecret);
		expect(field('previousCallbackSecret')).toMatchObject({ default: '' });
	});

	test('hides every secret', () => {
		const secrets = credential?.properties.filter((property) => /key|secret/i.test(property.name));
		expect(secrets?.length).toBeGreaterThan(0);
		for (const { typeOptions } of secrets ?? []) expect(typeOptions?.password).toBe(true);
	});

	test('sends the key behind its word and nowhere else', async () => {
		const { authenticate } = credential ?? {};
		if (typeof authenticate !== 'function') throw new Error('It needs a running execution');
		const request = { url: 'https://vendor.test', headers: { Accept: 'text/plain' } };
		expect(await authenticate({ apiKey: 'sk-1', callbackSecret: 's' }, request)).toEqual({
			url: 'https://vendor.test',
			headers: { Accept: 'text/plain', Authorization: `${scheme} sk-1` },
		});
	});

	test('has a themed icon and a page about it', () => {
		expect(credential?.documentationUrl).toMatch(/^https:\/\//);
		const { icon } = credential ?? {};
		if (typeof icon !== 'object') throw new Error('The icon is not themed');
		for (const file of [icon.light, icon.dark]) {
			expect(file).toMatch(/^file:.+\.svg$/);
			const svg = path.resolve(root, 'credentials', file.replace(/^file:/, ''));
			expect([svg, existsSync(svg)]).toEqual([svg, true]);
		}
		expect(icon.dark).not.toBe(icon.light);
	});

	test('asks for each thing by its name, in the one way', () => {
		const fields = credential?.properties.map(
			({ displayName: label, name, type, required = false, default: usual }) =>
				[label, name, type, required, usual] as const,
		);
		const signs = ['apikley', 'kie', 'replicate', 'wavespeed', 'openrouter'].includes(vendor);
		expect(fields).toEqual([
			['API Key', 'apiKey', 'string', true, ''],
			['Base URL', 'baseUrl', 'string', true, baseUrl],
			['Callback Secret', 'callbackSecret', 'string', false, ''],
			['Previous Callback Secret', 'previousCallbackSecret', 'string', false, ''],
			['Own Secret', 'ownSecret', 'hidden', false, ''],
			...(signs ? [['Webhook Secret', 'webhookSecret', 'string', false, '']] : []),
		]);
		for (const { name, type, hint, description } of credential?.properties ?? []) {
			const said = [hint, description].filter((text) => text !== undefined);
			const isShown = type !== 'hidden';
			expect([name, said.every((text) => /^\S.{15,}/.test(text))]).toEqual([name, true]);
			expect([name, said.length > 0]).toEqual([name, isShown]);
		}
	});
});

test('every provider has its credential, and there is none too many', () => {
	const wanted = vendors.map((vendor) => kits[vendor].contract.credentialType);
	expect(vendors.map((vendor) => providers[vendor]?.credentialType)).toEqual(wanted);
	expect(credentials.map(({ name }) => name)).toEqual(wanted);
});
