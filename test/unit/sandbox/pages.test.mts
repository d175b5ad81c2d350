import { vendorPages } from '../../../sandbox/pages/index.mts';
import type { ModelPage, PageField } from '../../../sandbox/pages/index.mts';
import { findPageProblem } from '../../../sandbox/schema.mts';
import { vendorApis } from '../../../sandbox/vendors/index.mts';

const madeUp = (more: Partial<ModelPage>): ModelPage => ({
	provider: 'apikley',
	model: 'made/up',
	kind: 'textToVideo',
	createPath: '/make',
	taskPath: '/task?id={taskId}',
	fields: [],
	...more,
});

const problemOf = (value: unknown, field: Partial<PageField>) =>
	findPageProblem({ x: value }, [
		madeUp({ fields: [{ name: 'x', field: 'x', type: 'string', ...field }] }),
	])?.reason;

describe('what a page says is what is checked', () => {
	test.each<[string, Partial<PageField>, unknown[], unknown[]]>([
		['a text', { maxLength: 3 }, ['abc'], ['abcd', '', 5]],
		['a choice of texts', { values: ['5', 'auto'] }, ['5', 'auto'], [5, '6']],
		['a choice of numbers', { type: 'integer', values: ['5', '10'] }, [5, 10], ['5', 7]],
		['a boolean', { type: 'boolean' }, [true, false], ['true', 1, null]],
		['an integer', { type: 'integer', range: [1, 3] }, [1, 3], [0, 4, 1.5, '1']],
		['any integer', { type: 'integer' }, [-1, 2 ** 40], [1.5, '1']],
		[
			'an integer on a grid',
			{ type: 'integer', range: [29, 289], grid: { from: 25, step: 4 } },
			[29, 33, 289],
			[25, 28, 30, 293, '29'],
		],
		[
			'an integer as text',
			{ type: 'integer', wireType: 'string', range: [2, 12] },
			['2', '12'],
			[2, '1', '13', '2.5', '', 'auto'],
		],
		[
			'a number',
			{ type: 'integer', wireType: 'number', range: [4, 12] },
			[4, 4.5],
			['4', 3.9, 13, NaN],
		],
		['a URL', { wireType: 'url' }, ['https://a.b/c'], ['a.b', 'data:image/png;base64,AAAA', 1]],
	])('%s', (_, field, good, bad) => {
		for (const value of good) expect([value, problemOf(value, field)]).toEqual([value, undefined]);
		for (const value of bad) {
			expect([value, problemOf(value, field)]).toEqual([value, expect.any(String)]);
		}
	});

	const url = 'https://a.b/c.png';
	const data = 'data:image/png;base64,AAAA';

	test('images: by URL alone, or by file too; the last one may be left out', () => {
		const byUrl = madeUp({ image: { field: 'image', byFile: false } });
		const byFile = madeUp({
			image: { field: 'image', byFile: true },
			lastImage: { field: 'last', byFile: true },
		});
		const fields = (page: ModelPage, body: Record<string, unknown>) =>
			findPageProblem(body, [page])?.field;
		expect(fields(byUrl, { image: url })).toBeUndefined();
		expect(fields(byUrl, { image: data })).toBe('image');
		expect(fields(byUrl, {})).toBe('image');
		expect(fields(byFile, { image: data })).toBeUndefined();
		expect(fields(byFile, { image: data, last: url })).toBeUndefined();
		expect(fields(byFile, { last: url })).toBe('image');
	});

	test('lists of URLs: up to their number', () => {
		const list = { field: 'refs', maxCount: 2, byFile: false };
		const reason = (refs: unknown) =>
			findPageProblem({ refs }, [madeUp({ urlLists: [list] })])?.reason;
		expect(reason([])).toBeUndefined();
		expect(reason([url, url])).toBeUndefined();
		expect(reason([url, url, url])).toBe('must not have more than 2 entries');
		expect(reason([url, data])).toBe('must be an http or https URL');
		expect(reason(url)).toBe('must be an array');
		const wanted = madeUp({ urlLists: [{ ...list, required: true }] });
		expect(findPageProblem({}, [wanted])).toEqual({ field: 'refs', reason: 'is required' });
	});

	test('a model with two pages takes what either says', () => {
		const pages = [madeUp({}), madeUp({ image: { field: 'image', byFile: false } })];
		expect(findPageProblem({}, pages)).toBeUndefined();
		expect(findPageProblem({ image: url }, pages)).toBeUndefined();
		expect(findPageProblem({ other: url }, pages)).toBeDefined();
	});
});

test.each(vendorPages.map((page) => [`${page.provider} ${page.model}`, page] as const))(
	'%s is served at its paths',
	(_, { provider, createPath, taskPath, legacy }) => {
		const { route } = vendorApis[provider];
		for (const paths of [{ createPath, taskPath }, legacy ?? { createPath, taskPath }]) {
			expect(route('POST', paths.createPath, new URLSearchParams()).operation).toBe('create');
			const url = new URL(paths.taskPath.replace('{taskId}', 'some-id'), 'http://sandbox');
			expect(route('GET', url.pathname, url.searchParams)).toEqual({
				operation: 'status',
				taskId: 'some-id',
			});
		}
	},
);

test('every model has one page of a kind', () => {
	const keys = vendorPages.map(({ provider, model, kind }) => `${provider} ${model} ${kind}`);
	expect(keys).toEqual([...new Set(keys)]);
});
