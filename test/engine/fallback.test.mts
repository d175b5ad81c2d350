import type { IDataObject } from 'n8n-workflow';
import { clock } from '../../nodes/shared/n8n/clock.ts';
import { numbered, ownPrompt, useBench, type Fault, type Given } from './bench.mts';

const bench = useBench();

const onFal = { provider: 'fal', model: 'bytedance/seedance-2.0/fast/text-to-video' };

/** Apikley, and after it the vendors of these entries; without more, fal. */
const run = async (given: Given = {}, entries: IDataObject[] = [onFal]) =>
	await bench.run({
		...given,
		parameters: {
			model: 'bytedance/v1-pro-text-to-video',
			fallbackProviders: { fallback: entries },
			...given.parameters,
		},
	});

const refusing = (effect: Fault['effect'], more: Partial<Fault> = {}) =>
	bench.fault({ vendor: 'apikley', operation: 'create', effect, ...more });

const orderedAt = () => bench.creates().map(({ vendor }) => vendor);

describe('An order that the first vendor certainly did not take', () => {
	test.each([
		['no credits', { kind: 'http', status: 402 }, '402'],
		['not allowed', { kind: 'http', status: 403 }, '403'],
		['no such model', { kind: 'http', status: 404 }, '404'],
		['maintenance', { kind: 'bodyCode', code: 455 }, '455'],
		['switched off', { kind: 'bodyCode', code: 505 }, '505'],
	] as const)('(%s) goes to the next, and the row says so', async (_, effect, code) => {
		refusing(effect);
		const { status, items } = await run();
		expect(status).toBe('success');
		expect(orderedAt().at(-1)).toBe('fal');
		expect(items[0]?.json).toMatchObject({
			provider: 'fal',
			model: onFal.model,
			status: 'succeeded',
			taskId: bench.taskIds()[0],
			refusedBy: [
				{
					provider: 'apikley',
					model: 'bytedance/v1-pro-text-to-video',
					code,
					message: expect.stringMatching(/^Apikley /),
				},
			],
		});
		expect(bench.taskIds()).toHaveLength(1);
	});

	test('because of too many requests is waited for a minute, and no longer', async () => {
		refusing({ kind: 'http', status: 429 });
		const { items } = await run({ parameters: { completion: 'submit' } });
		expect(items[0]?.json.provider).toBe('fal');
		expect(bench.clock().elapsed()).toBeLessThanOrEqual(60_000);
		expect(orderedAt().filter((vendor) => vendor === 'apikley').length).toBeGreaterThan(3);
	});

	test('because nobody is there goes to the next', async () => {
		const credentials = bench.credentials();
		credentials.seedanceApikleyApi = { apiKey: 'k', baseUrl: 'http://127.0.0.1:9' };
		const { items } = await run({ credentials });
		expect(items[0]?.json).toMatchObject({
			provider: 'fal',
			refusedBy: [{ provider: 'apikley', code: 'notReachable' }],
		});
	});

	test('goes on through the list in its order, each with a model of its own', async () => {
		refusing({ kind: 'http', status: 402 });
		bench.fault({ vendor: 'fal', operation: 'create', effect: { kind: 'http', status: 403 } });
		const { items } = await run({}, [
			onFal,
			{ provider: 'modellix', model: 'seedance-1.5-pro-t2v' },
			{ provider: 'aimlapi' },
		]);
		const { provider, refusedBy } = items[0]?.json ?? {};
		expect(orderedAt().slice(-2)).toEqual(['fal', 'modellix']);
		expect(provider).toBe('modellix');
		expect(refusedBy).toMatchObject([{ provider: 'apikley' }, { provider: 'fal' }]);
	});

	test('that nobody takes ends with the last reason and all before it', async () => {
		refusing({ kind: 'http', status: 402 });
		bench.fault({ vendor: 'fal', operation: 'create', effect: { kind: 'http', status: 404 } });
		const { error } = await run();
		expect(error?.message).toContain('None of the 2 providers took the video: Apikley, fal');
		expect(error?.description).toMatch(
			/^1\. Apikley does not have enough credits.+ 2\. fal does not know this task, model or address.+ Nothing was submitted\.$/,
		);
		expect(bench.taskIds()).toEqual([]);
	});

	test('without a model of its own takes the vendor’s usual one', async () => {
		refusing({ kind: 'http', status: 402 });
		const { items } = await run({}, [{ provider: 'fal' }]);
		expect(items[0]?.json.model).toBe('bytedance/seedance-2.0/fast/text-to-video');
	});

	test.each(['../../billing/x', 'a?b', 'a b'])(
		'has a model whose ID leads elsewhere (%s): refused before anything is ordered',
		async (model) => {
			const { error } = await run({}, [{ provider: 'fal', model }]);
			expect(error?.message).toMatch(/^Model is no ID of a model/);
			expect(bench.creates()).toEqual([]);
		},
	);

	test('sends each vendor its own additional parameters', async () => {
		refusing({ kind: 'http', status: 402 });
		const options = { additionalParameters: '{"nsfw_checker": true}' };
		await run({ parameters: { options } }, [
			{ ...onFal, additionalParameters: '{"end_user_id": "u1"}' },
		]);
		const [, atFal] = bench.creates();
		expect(atFal?.json).toMatchObject({ end_user_id: 'u1' });
		expect(atFal?.json).not.toHaveProperty('nsfw_checker');
	});
});

test('Notify: the vendor that stands in is given its address, and named where nobody hands over', async () => {
	refusing({ kind: 'http', status: 402 });
	const callbackUrl = 'https://n8n.example/webhook/abc/seedance';
	const startExecution = () => {
		throw new Error('No more executions');
	};
	const { error } = await run(
		{ parameters: { completion: 'notify', callbackUrl }, n8n: { startExecution } },
		[{ ...onFal, callbackUrl }],
	);
	const { path = '' } = bench.creates()[1] ?? {};
	expect(new URL(path, 'http://fal.test').searchParams.get('fal_webhook')).toMatch(callbackUrl);
	expect(error?.message).toMatch(/^The video is submitted to fal\b/i);
});

describe('No other vendor is asked', () => {
	test.each([
		['the key is wrong', { kind: 'http', status: 401 }],
		['the input is wrong', { kind: 'http', status: 422 }],
		['the answer was lost', { kind: 'resetAfter' }],
		['the answer was lost before the task was made', { kind: 'http', status: 500 }],
		['the answer cannot be read', { kind: 'malformedJsonAfter' }],
		['the refusal names a task', { kind: 'refuseWithTask' }],
	] as const)('when %s', async (_, effect) => {
		refusing(effect);
		await run();
		expect(new Set(orderedAt())).toEqual(new Set(['apikley']));
		expect(bench.taskIds().length).toBeLessThanOrEqual(1);
	});

	test('when the task was taken and fails', async () => {
		refusing({ kind: 'failTask' });
		const { error } = await run();
		expect(error?.message).toContain('Apikley could not generate the video');
		expect(orderedAt()).toEqual(['apikley']);
	});

	test('by a later try of an order that may have been taken', async () => {
		refusing({ kind: 'resetAfter' }, { times: 1 });
		refusing({ kind: 'http', status: 402 });
		const { error } = await run({ retryOnFail: true, maxTries: 3 });
		expect(error?.message).toContain('Apikley may have accepted this video');
		expect(orderedAt()).toEqual(['apikley']);
	});

	test('by a later try when it was the next vendor that may have taken it', async () => {
		refusing({ kind: 'http', status: 402 }, { times: 1 });
		bench.fault({ vendor: 'fal', operation: 'create', times: 1, effect: { kind: 'resetAfter' } });
		bench.fault({ vendor: 'fal', operation: 'list', effect: { kind: 'http', status: 500 } });
		const { error, items } = await run({
			retryOnFail: true,
			maxTries: 3,
			onError: 'continueRegularOutput',
		});
		expect(error).toBeUndefined();
		expect(items[0]?.json).toMatchObject({
			provider: 'fal',
			error: expect.stringContaining('fal may have accepted this video'),
		});
		expect(orderedAt()).toEqual(['apikley', 'fal']);
	});
});

describe('A later try', () => {
	test('goes on with the next vendor’s task, and still knows who refused', async () => {
		refusing({ kind: 'http', status: 402 }, { times: 1 });
		bench.fault({
			vendor: 'fal',
			operation: 'status',
			times: 1,
			effect: { kind: 'http', status: 401 },
		});
		const { status, items } = await run({ retryOnFail: true, maxTries: 2 });
		expect(status).toBe('success');
		expect(orderedAt()).toEqual(['apikley', 'fal']);
		expect(items[0]?.json).toMatchObject({
			provider: 'fal',
			taskId: bench.taskIds()[0],
			refusedBy: [{ provider: 'apikley', code: '402' }],
		});
	});
});

describe('Before anything is paid', () => {
	test.each([
		[
			'a value that the other model does not have',
			{ parameters: { resolution: '1080p' } },
			[onFal],
			/Resolution must be one of 480p, 720p for Seedance 2.0 Fast on fal/,
		],
		[
			'additional parameters that are none',
			{},
			[{ ...onFal, additionalParameters: '[1]' }],
			/Additional Parameters must be a JSON object/,
		],
	])('%s is refused', async (_, given, entries, message) => {
		const { error } = await run(given, entries);
		expect(error?.message).toMatch(message);
		expect(bench.creates()).toEqual([]);
	});

	test('a credential that is missing is refused', async () => {
		const credentials = bench.credentials();
		delete credentials.seedanceFalApi;
		const { error } = await run({ credentials });
		expect(error?.message).toContain('Choose a credential for fal');
		expect(error?.description).toContain("It stands under 'Credential' in the node.");
		expect(bench.creates()).toEqual([]);
	});

	test('images that the other model cannot use are refused', async () => {
		const { error } = await bench.run({
			type: 'seedanceImageToVideo',
			parameters: {
				provider: 'aimlapi',
				model: 'bytedance/seedance-2-0-fast',
				prompt: 'A paper boat',
				imageUrl: 'https://example.com/a.png',
				lastImageInputType: 'url',
				lastImageUrl: 'https://example.com/b.png',
				downloadVideo: false,
				fallbackProviders: {
					fallback: [
						{ provider: 'fal', model: 'fal-ai/bytedance/seedance/v1/pro/fast/image-to-video' },
					],
				},
			},
		});
		expect(error?.message).toMatch(/The images of this item cannot all be used for .* on fal/);
		expect(bench.creates()).toEqual([]);
	});

	test('what vendors call differently is said in each one’s words', async () => {
		bench.fault({ vendor: 'byteplus', operation: 'create', effect: { kind: 'http', status: 403 } });
		const { items } = await bench.run({
			parameters: {
				provider: 'byteplus',
				model: 'dreamina-seedance-2-0-fast-260128',
				aspectRatio: 'adaptive',
				duration: -1,
				fallbackProviders: { fallback: [onFal] },
			},
		});
		expect(items[0]?.json.provider).toBe('fal');
		expect(bench.creates().at(-1)?.json).toMatchObject({ aspect_ratio: 'auto', duration: 'auto' });
	});
});

test('each item finds its own way, in the order of the items', async () => {
	refusing({ kind: 'http', status: 402 }, { everyNth: 2 });
	const { items } = await run({ parameters: ownPrompt, items: numbered(6) });
	expect(items).toHaveLength(6);
	expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
		Array.from({ length: 6 }, (_, item) => ({ item })),
	);
	const providers = items.map(({ json }) => json.provider);
	expect(providers.filter((provider) => provider === 'fal')).toHaveLength(3);
	expect(bench.taskIds()).toHaveLength(6);
});

test('a model that the catalogue does not know is asked for by its ID', async () => {
	refusing({ kind: 'http', status: 402 });
	const { items } = await run({}, [{ provider: 'byteplus', model: 'ep-20260101-abcde' }]);
	expect(items[0]?.json).toMatchObject({ provider: 'byteplus', model: 'ep-20260101-abcde' });
});

test('a proxy’s own page is no word about the account', async () => {
	const html = { kind: 'http' as const, status: 403, body: '<html>blocked</html>' };
	bench.fault({ operation: 'create', effect: html });
	const { error } = await bench.run({ parameters: { provider: 'aimlapi' } });
	expect(error?.message).toContain('AI/ML API was not reached: a web page came instead');
	expect(bench.taskIds()).toEqual([]);
});

describe('Minimum Balance', () => {
	const atAiml = (minimumBalance: number, more: IDataObject = {}) => ({
		parameters: {
			provider: 'aimlapi',
			model: 'bytedance/seedance-2-0-fast',
			options: { minimumBalance },
			...more,
		},
	});

	test('orders while there is enough', async () => {
		const { status } = await bench.run(atAiml(10));
		expect(status).toBe('success');
		expect(bench.requests('balance')).toHaveLength(1);
	});

	test('orders nothing below it, and says so', async () => {
		const { error } = await bench.run(atAiml(501));
		expect(error?.message).toContain('AI/ML API does not have enough credits left on the account');
		expect(error?.description).toContain("The balance is 500 USD, and 'Minimum Balance' is 501");
		expect(error?.description).toContain('Nothing was submitted.');
		expect(bench.creates()).toEqual([]);
	});

	test('orders nothing when the balance is not told', async () => {
		bench.fault({ operation: 'balance', effect: { kind: 'http', status: 500 } });
		const { error } = await bench.run(atAiml(1));
		expect(error?.message).toContain('AI/ML API answered with a server error');
		expect(bench.creates()).toEqual([]);
	});

	test('sends the item to the next vendor', async () => {
		const { items } = await bench.run(atAiml(501, { fallbackProviders: { fallback: [onFal] } }));
		expect(items[0]?.json).toMatchObject({
			provider: 'fal',
			refusedBy: [{ provider: 'aimlapi', code: 'belowMinimumBalance' }],
		});
		expect(orderedAt()).toEqual(['fal']);
	});

	test('waits where the vendor has no time for the question', async () => {
		bench.fault({
			operation: 'balance',
			times: 2,
			effect: { kind: 'http', status: 429, retryAfterSeconds: 2 },
		});
		const { status } = await bench.run(atAiml(10));
		expect(status).toBe('success');
		expect(bench.requests('balance')).toHaveLength(3);
	});

	test('says what could not be read, after two minutes', async () => {
		const before = clock.now();
		bench.fault({ operation: 'balance', effect: { kind: 'http', status: 503 } });
		const { error } = await bench.run(atAiml(10));
		expect(error?.description).toContain('The balance could not be read');
		expect(error?.description).toContain('Nothing was submitted.');
		expect(clock.now() - before).toBeLessThanOrEqual(125_000);
		expect(bench.creates()).toEqual([]);
	});

	test.each(['0', 0, ''])('of %j asks nothing', async (minimumBalance) => {
		const { status } = await bench.run(
			atAiml(Number(minimumBalance), { options: { minimumBalance } }),
		);
		expect(status).toBe('success');
		expect(bench.requests('balance')).toEqual([]);
	});

	test('of a fallback passes it over', async () => {
		refusing({ kind: 'http', status: 402 });
		const { items } = await run({}, [
			{ provider: 'aimlapi', model: 'bytedance/seedance-2-0-fast', minimumBalance: 501 },
			onFal,
		]);
		expect(items[0]?.json).toMatchObject({
			provider: 'fal',
			refusedBy: [{ provider: 'apikley' }, { provider: 'aimlapi', code: 'belowMinimumBalance' }],
		});
	});

	test('is asked for once in ten seconds, however many items there are', async () => {
		const given = atAiml(1, { ...ownPrompt, completion: 'submit' });
		await bench.run({ ...given, items: numbered(8) });
		expect(bench.creates()).toHaveLength(8);
		expect(bench.requests('balance')).toHaveLength(1);
	});

	test('0 asks for nothing', async () => {
		await bench.run(atAiml(0));
		expect(bench.requests('balance')).toEqual([]);
	});
});

describe('A vendor that asks for time', () => {
	const asking = (retryAfterSeconds: number) =>
		bench.fault({
			operation: 'create',
			times: 1,
			effect: { kind: 'http', status: 429, retryAfterSeconds },
		});

	test.each([2, 50, 59])('is given %i s, and no other one is asked', async (seconds) => {
		jest.mocked(clock.random).mockReturnValue(0.99);
		asking(seconds);
		const { items } = await run({}, [onFal]);
		expect(items[0]?.json).toMatchObject({ provider: 'apikley', status: 'succeeded' });
		const [first, second, ...more] = bench.requests('create');
		expect(more).toEqual([]);
		const waitedMs = Number(second?.receivedAt) - Number(first?.receivedAt);
		expect(waitedMs).toBeGreaterThanOrEqual(seconds * 1000);
		expect(waitedMs).toBeLessThanOrEqual(60_000);
	});

	test('has the next one asked at once where that is longer than anybody waits for', async () => {
		asking(61);
		const { items } = await run({}, [onFal]);
		expect(items[0]?.json).toMatchObject({ provider: 'fal', refusedBy: [{ provider: 'apikley' }] });
	});
});
