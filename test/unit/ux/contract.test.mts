import { existsSync } from 'node:fs';
import path from 'node:path';
import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import { providers } from '../../../nodes/shared/providers';
import { makesOwnSecret } from '../../../credentials/shared/vendorCredential';
import { vendors } from '../../../sandbox/types.mts';
import { kits } from '../../vendors/index.mts';
import { credentials, entriesOf, nodeNamed, root } from './descriptions.mts';

// What the parameters take, preset and show is for declared.test, and a model's own for visibility.test.

const namesOf = (list: readonly INodeProperties[]) => [...new Set(list.map(({ name }) => name))];

function propertiesNamed(node: string, name: string): INodeProperties[] {
	return nodeNamed(node).properties.filter((property) => property.name === name);
}

describe.each([
	['seedanceTextToVideo', 'Seedance Text to Video'],
	['seedanceImageToVideo', 'Seedance Image to Video'],
	['seedanceVideoToVideo', 'Seedance Video to Video'],
])('%s', (node, displayName) => {
	test('keeps its name', () => {
		expect(nodeNamed(node).displayName).toBe(displayName);
	});

	test('what bounds an agent’s orders takes no words of its model', () => {
		const bounds = propertiesNamed(node, 'options')
			.flatMap(entriesOf)
			.filter(({ name }) => ['maxOrders', 'maxPrice'].includes(name));
		expect(bounds.map(({ noDataExpression }) => noDataExpression)).toEqual([true, true]);
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

test('an image is demanded in the way that was chosen', () => {
	for (const name of ['imageUrl', 'imageBinaryPropertyName']) {
		const required = propertiesNamed('seedanceImageToVideo', name).map((one) => one.required);
		expect([...new Set(required)]).toEqual([true]);
	}
});

test('the providers come in the contract’s order', () => {
	expect(Object.keys(providers)).toEqual(vendors);
});

describe('seedanceTask', () => {
	test('keeps its name', () => {
		expect(nodeNamed('seedanceTask').displayName).toMatch(/^Seedance Task\b/);
	});

	test('keeps the list of further vendors', () => {
		const [list] = propertiesNamed('seedanceTask', 'otherProviders');
		const [entry] = (list?.options ?? []) as INodePropertyCollection[];
		expect([list?.type, entry?.name]).toEqual(['fixedCollection', 'other']);
		const names = namesOf(entry?.values ?? []).filter((name) => !name.startsWith('for'));
		expect(names).toEqual(['provider', 'callbackUrl']);
	});

	test('demands a task', () => {
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

test('seedanceVideoFile keeps its name and asks for no credential', () => {
	const { displayName, credentials: asked } = nodeNamed('seedanceVideoFile');
	expect([displayName, asked]).toEqual(['Seedance Video File Editor', undefined]);
});

test('seedanceTrigger keeps its name and its address', () => {
	const { displayName, defaults, webhooks } = nodeNamed('seedanceTrigger');
	// n8n's panel cuts " Trigger" off.
	expect(displayName).toBe('Seedance Video Finished Trigger');
	expect(defaults.name).toBe('Seedance Trigger');
	expect(webhooks).toMatchObject([{ name: 'default', httpMethod: 'POST', path: 'seedance' }]);
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
