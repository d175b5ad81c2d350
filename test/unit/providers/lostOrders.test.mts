import type { LostOrder, VendorApi, VendorResponse } from '../../../nodes/shared/domain/vendor';
import { vendors } from '../../../sandbox/types.mts';
import { kits } from '../../vendors/index.mts';
import { answer, outcomeOf, providerOf, talk, valueOf } from '../helpers.mts';

const fromMs = Date.parse('2026-11-30T10:00:00.000Z');
const toMs = fromMs + 60_000;

const search = (providerId: string, lost: Partial<LostOrder>, ...answers: VendorResponse[]) => {
	const { findLost }: VendorApi = providerOf(providerId).vendor;
	if (findLost === undefined) throw new Error(`${providerId} has no list`);
	return talk(findLost({ modelId: 'model', fromMs, toMs, ...lost }), ...answers);
};

const many = <T,>(count: number, make: (index: number) => T): T[] =>
	Array.from({ length: count }, (_, index) => make(index));

describe('Ark', () => {
	const record = (index: number) => ({
		id: `cgt-${index}`,
		model: 'model',
		status: 'succeeded',
		created_at: fromMs / 1000,
		duration: 5,
		resolution: '720p',
		error: null,
	});

	test('asks for the tasks of the model, and is told no prompts', () => {
		const { requests, outcome } = search('byteplus', {}, answer({ items: [record(1), { id: 2 }] }));
		expect(requests).toEqual([
			{
				method: 'GET',
				url: '/contents/generations/tasks',
				query: { page_num: '1', page_size: '500', 'filter.model': 'model' },
			},
		]);
		expect(outcome && valueOf(outcome)).toEqual([
			{
				taskId: 'cgt-1',
				modelId: 'model',
				createdMs: fromMs,
				values: { duration: 5, resolution: '720p' },
			},
		]);
	});

	test('reads on while there is more, and gives up in the end', () => {
		const full = answer({ items: many(500, record) });
		const { requests, outcome } = search('byteplus', {}, full, full, full, full);
		expect(requests).toHaveLength(4);
		expect(outcome).toMatchObject({ ok: false, error: { message: expect.stringMatching(/long/) } });
	});
});

describe('Replicate', () => {
	const record = (index: number, createdAt = '2026-11-30T10:00:01.000000Z') => ({
		id: `p${index}`,
		model: 'bytedance/seedance-1-lite',
		created_at: createdAt,
		input: { prompt: 'A boat', duration: 5 },
		webhook: 'https://n8n.example/x',
	});

	test('tells what was sent and who is called', () => {
		const { outcome } = search('replicate', {}, answer({ results: [record(1)], next: null }));
		expect(outcome && valueOf(outcome)).toEqual([
			{
				taskId: 'p1',
				modelId: 'bytedance/seedance-1-lite',
				createdMs: fromMs + 1000,
				input: { prompt: 'A boat', duration: 5 },
				callbackUrl: 'https://n8n.example/x',
			},
		]);
	});

	test('reads back until everything is older than the order', () => {
		const next = 'https://elsewhere.example/predictions?cursor=two';
		const { requests, outcome } = search(
			'replicate',
			{},
			answer({ results: [record(1)], next }),
			answer({ results: [record(2, '2026-11-30T09:00:00Z')], next }),
		);
		expect(requests.map(({ url, query }) => [url, query?.cursor])).toEqual([
			['/predictions', undefined],
			['/predictions', 'two'],
		]);
		expect(outcome && valueOf(outcome)).toHaveLength(2);
	});
});

test('fal: the endpoint’s requests since then, page by page', () => {
	const item = { request_id: 'r1', sent_at: '2026-11-30T10:00:01Z', json_input: { prompt: 'A' } };
	const { requests, outcome } = search(
		'fal',
		{},
		answer({ items: [item], has_more: true, next_cursor: 'two' }),
		answer({ items: [{ ...item, request_id: 'r2', json_input: 'kept back' }], has_more: false }),
	);
	expect(requests[0]).toMatchObject({
		host: 'platform',
		url: '/v1/models/requests/by-endpoint',
		query: { endpoint_id: 'model', start: '2026-11-30T10:00:00.000Z', expand: 'payloads' },
	});
	expect(requests[1]?.query).toMatchObject({ cursor: 'two' });
	expect(outcome && valueOf(outcome)).toEqual([
		{ taskId: 'r1', modelId: 'model', createdMs: fromMs + 1000, input: { prompt: 'A' } },
		{ taskId: 'r2', modelId: 'model', createdMs: fromMs + 1000, input: {} },
	]);
});

test('AI/ML API: the log’s rows that bring a name along and were not refused', () => {
	const rows = [
		{ status: 'succeeded', inference_id: 'g1', client_request_id: 'name' },
		{ status: 'failed', inference_id: 'g2', client_request_id: 'name' },
		{ status: 'succeeded', inference_id: 'g3', client_request_id: null },
		{ status: 'succeeded', client_request_id: 'name' },
	];
	for (const body of [rows, { data: rows }, { items: rows }, { logs: rows }]) {
		const { requests, outcome } = search('aimlapi', {}, answer(body));
		expect(requests[0]?.query).toEqual({
			start: '2026-11-30T10:00:00.000Z',
			end: '2026-11-30T10:01:00.000Z',
		});
		expect(outcome && valueOf(outcome)).toEqual([{ taskId: 'g1', mark: 'name' }]);
	}
});

test('AI/ML API: an order brings its name along', () => {
	const { vendor, models } = providerOf('aimlapi');
	const [model] = models;
	if (model === undefined) throw new Error('No model');
	expect(vendor.createTask({ model, input: {}, mark: 'name' }).headers).toEqual({
		'X-Client-Request-Id': 'name',
	});
	expect(vendor.createTask({ model, input: {} })).not.toHaveProperty('headers');
});

test('WaveSpeed: wrapped or not, with what was sent', () => {
	const item = { id: 'w1', model: 'm', created_at: '2026-11-30T10:00:01Z', input: { prompt: 'A' } };
	for (const body of [{ items: [item] }, { code: 200, data: { items: [item] } }]) {
		const { requests, outcome } = search('wavespeed', {}, answer(body));
		expect(requests[0]).toMatchObject({ body: { page: 1, page_size: 100 } });
		expect(outcome && valueOf(outcome)).toEqual([
			{ taskId: 'w1', modelId: 'm', createdMs: fromMs + 1000, input: { prompt: 'A' } },
		]);
	}
});

test.each(vendors.filter((vendor) => kits[vendor].listTells !== undefined))(
	'%s: what is no list settles nothing',
	(providerId) => {
		const { findLost } = providerOf(providerId).vendor;
		if (findLost === undefined) throw new Error('No list');
		const lost = { modelId: 'model', fromMs, toMs };
		for (const body of [undefined, null, 7, 'list', {}, { items: {}, results: 1, data: 'x' }]) {
			expect(outcomeOf(findLost(lost), answer(body)).ok).toBe(false);
		}
		for (const status of [401, 404, 500]) {
			expect(outcomeOf(findLost(lost), answer({ items: [] }, status)).ok).toBe(false);
		}
	},
);
