import type { ILoadOptionsFunctions, IHttpRequestOptions } from 'n8n-workflow';
import { readModelFields, searchModels } from '../../../nodes/shared/actions/models';
import { videoOperations } from '../../../nodes/shared/domain/model';
import { modelsOf } from '../../../nodes/shared/domain/provider';
import { fallbackLoaders } from '../../../nodes/shared/properties/fallbacks';
import { providers } from '../../../nodes/shared/providers';
import { startSandbox, type Fault, type Sandbox, type VendorId } from '../../../sandbox/index.mts';
import { hostileTexts } from '../../hostileTexts.mts';
import { authorizationFor } from '../../vendors/index.mts';

let sandbox: Sandbox;
beforeEach(async () => {
	sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const family = 'bytedance/seedance-9.9';

/** The editor asks with these values in the node, and with the credential. */
function asking(provider: VendorId, listModel: unknown, apiKey = sandbox.apiKeys[provider]) {
	const request = async (_: string, { method, url }: IHttpRequestOptions) => {
		const authorization = authorizationFor(provider, apiKey);
		const answer = await fetch(url, { method, headers: { authorization } });
		const body = await answer.text();
		return { statusCode: answer.status, headers: {}, body };
	};
	const values: Record<string, unknown> = { provider, listModel };
	const context = {
		getNode: () => ({ name: 'Seedance', type: 'x', typeVersion: 1, parameters: {} }),
		getCurrentNodeParameter: (name: string) => values[name],
		getCredentials: async () => ({ apiKey, baseUrl: sandbox.baseUrls[provider] }),
		helpers: { httpRequestWithAuthentication: request },
	};
	return context as unknown as ILoadOptionsFunctions;
}

test.each(videoOperations)('a fallback of the operation %s has its models', async (operation) => {
	const { getVideoToVideoModels: load } = fallbackLoaders(videoOperations);
	for (const [id, provider] of Object.entries(providers)) {
		const values: Record<string, unknown> = { '&provider': id, operation };
		const context = { getCurrentNodeParameter: (name: string) => values[name] };
		const [, ...models] = (await load?.call(context as unknown as ILoadOptionsFunctions)) ?? [];
		const ids = modelsOf(provider, operation).map((model) => model.id);
		expect(models.map(({ value }) => value)).toEqual(ids);
	}
});

const chosen = (value: string) => ({ __rl: true, mode: 'list', value });
const failing = (effect: Fault['effect'], vendor: VendorId = 'wavespeed') =>
	sandbox.addFault({ vendor, operation: 'models', effect });

describe('the list', () => {
	test('has the names that the node knows, and IDs beside them', async () => {
		const { results } = await searchModels(asking('wavespeed', undefined), 'imageToVideo');
		expect(results).toEqual(
			expect.arrayContaining([
				{
					name: `Seedance 9.9 · ${family}/image-to-video`,
					value: `${family}/image-to-video`,
				},
				{
					name: 'Seedance 2.0 · bytedance/seedance-2.0/image-to-video',
					value: 'bytedance/seedance-2.0/image-to-video',
				},
			]),
		);
		expect(results.map(({ value }) => value)).not.toContain(`${family}/text-to-video`);
	});

	test('is searched in, in any case', async () => {
		const { results } = await searchModels(asking('fal', undefined), 'textToVideo', ' SEEDANCE 9 ');
		expect(results.map(({ value }) => value)).toEqual([`${family}/text-to-video`]);
	});

	test('shows a stranger’s names as words', async () => {
		const model_id = 'x/seedance-1';
		const name = `<img src=x onerror=alert(1)>\u202e\u0000${'n'.repeat(500)}`;
		failing({ kind: 'http', status: 200, body: { code: 200, data: [{ model_id, name }] } });
		const { results } = await searchModels(asking('wavespeed', undefined), 'textToVideo');
		expect(results).toHaveLength(1);
		expect(results[0]?.name).not.toMatch(/[<>\p{Cc}\p{Bidi_Control}]/u);
		expect(String(results[0]?.name).length).toBeLessThan(100);
	});

	test.each([...hostileTexts, '<={{ $env.X }}', '\u0000 = {{ 1 }}', '= <b>='])(
		'holds nothing that n8n would evaluate: %j',
		async (name) => {
			const data = ['x/seedance-1', `${name}seedance`].map((model_id) => ({ model_id, name }));
			failing({ kind: 'http', status: 200, body: { code: 200, data } });
			const { results } = await searchModels(asking('wavespeed', undefined), 'textToVideo');
			expect(results.map(({ value }) => value)).toContain('x/seedance-1');
			for (const shown of results) {
				expect(shown.name).not.toMatch(/^[=\s]|[\p{Cc}\p{Bidi_Control}]/u);
				expect(shown.value).not.toMatch(/^=/);
			}
		},
	);

	test.each([
		[{ kind: 'http', status: 500 } as const, /Internal server error/],
		[{ kind: 'http', status: 200, body: '<html>' } as const, /not understood/],
	])('that cannot be read says why: %j', async (effect, reason) => {
		failing(effect);
		const asked = searchModels(asking('wavespeed', undefined), 'textToVideo');
		await expect(asked).rejects.toMatchObject({
			message: 'The list of WaveSpeed could not be read',
			description: expect.stringMatching(reason),
		});
	});

	test('of a vendor without one is none', async () => {
		const asked = searchModels(asking('kie', undefined), 'textToVideo');
		await expect(asked).rejects.toMatchObject({
			description: expect.stringMatching(/kie\.ai has no list of its models/),
		});
	});
});

describe('the fields', () => {
	const fieldsOf = async (vendor: VendorId, id: string) =>
		await readModelFields(asking(vendor, chosen(id)), 'textToVideo');

	test('are those of the vendor’s schema, under its names', async () => {
		const { fields } = await fieldsOf('replicate', family);
		expect(fields.map(({ id }) => id)).toEqual([
			'aspect_ratio',
			'resolution',
			'duration',
			'camera_speed',
			'generate_audio',
			'style_tags',
		]);
		expect(fields[1]).toMatchObject({
			displayName: 'Resolution (required, default 480p)',
			options: [
				{ name: '480p', value: '480p' },
				{ name: '8k', value: '8k' },
			],
		});
	});

	test('of a known model are its own, and nobody is asked', async () => {
		const { fields } = await fieldsOf('fal', 'bytedance/seedance-2.5/text-to-video');
		const ids = fields.map(({ id }) => id);
		expect(ids).toEqual(expect.arrayContaining(['aspect_ratio', 'duration', 'generate_audio']));
		expect(ids).not.toContain('prompt');
		expect(sandbox.requests).toEqual([]);
	});

	test.each([
		['fal', '', /^Choose a model first/],
		['fal', `${family}/none`, /could not be read from fal: .*No models\. Its parameters go into/],
		['modellix', `${family}-t2v`, /does not tell what its models take/],
	] as const)('%s %j: a notice in their place', async (vendor, id, text) => {
		const { fields, emptyFieldsNotice } = await fieldsOf(vendor, id);
		expect(fields).toEqual([]);
		expect(emptyFieldsNotice).toMatch(text);
	});

	test('without a good credential: a notice that shows no key and no tag', async () => {
		const context = asking('replicate', chosen(family), 'r8_secret<b>key</b>');
		const { emptyFieldsNotice } = await readModelFields(context, 'textToVideo');
		expect(emptyFieldsNotice).toMatch(/could not be read from Replicate/);
		expect(emptyFieldsNotice).not.toMatch(/secret|</);
	});
});
