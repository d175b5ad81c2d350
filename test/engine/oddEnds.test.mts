import { clock } from '../../nodes/shared/n8n/clock.ts';
import { vendors } from '../../sandbox/vendors/index.mts';
import { moderationWord } from '../../sandbox/odd.mts';
import { deriveReferenceKey, ledgerWithProof } from '../../nodes/shared/tasks/reference';
import { useBench } from './bench.mts';

const bench = useBench();

const withPrompt = (provider: string, prompt: string) => ({ parameters: { provider, prompt } });

describe.each(vendors)('%s', (provider) => {
	const wanted = { provider, prompt: 'A paper boat [empty]' };

	async function submitted() {
		bench.sandbox().setGenerationMs(0);
		const { items } = await bench.run({ parameters: { ...wanted, completion: 'submit' } });
		return items.map(({ json }) => ({ json }));
	}
	const task = async (operation: string, items: Awaited<ReturnType<typeof submitted>>) =>
		await bench.run({
			type: 'seedanceTask',
			parameters: { provider, operation, taskId: '={{ $json.taskId }}' },
			items,
		});

	test('finished without a video: Wait in the Node fails with its words, minutes later', async () => {
		const { status, error } = await bench.run(withPrompt(provider, 'A paper boat [empty]'));
		expect(status).toBe('error');
		expect(error?.message).toContain('finished the task without a video');
		expect(error?.message).toContain(moderationWord);
		expect(error?.description).toContain(`Task ID: ${bench.taskIds()[0]}.`);
		expect(bench.clock().elapsed()).toBeLessThan(bench.sandbox().tasks()[0]?.finishesAt ?? 0);
		expect(bench.creates()).toHaveLength(1);
	});

	test('finished without a video: Seedance Task, Wait, fails with its words', async () => {
		const { error } = await task('wait', await submitted());
		expect(error?.message).toContain(moderationWord);
		expect(error?.description).toContain(`Task ID: ${bench.taskIds()[0]}.`);
	});

	test('finished without a video: Seedance Task, Get, is a row that says so in time', async () => {
		const items = await submitted();
		const { items: now } = await task('get', items);
		expect(now[0]?.json).toMatchObject({ status: 'running', vendorStatus: expect.any(String) });
		await clock.sleep(120_000);
		const { items: later } = await task('get', items);
		expect(later[0]?.json).toMatchObject({
			status: 'failed',
			failure: {
				kind: 'noVideo',
				code: 'noVideo',
				message: expect.stringContaining(moderationWord),
			},
		});
	});

	test('an end in other words is an end', async () => {
		const good = await bench.run(withPrompt(provider, 'A paper boat [other words]'));
		expect(good.items[0]?.json).toMatchObject({ status: 'succeeded' });
		expect(good.items[0]?.json).not.toHaveProperty('vendorStatus');
		const bad = await bench.run(withPrompt(provider, 'A paper boat [other words] [fail]'));
		expect(bad.status).toBe('error');
		expect(bad.error?.message).toContain('could not generate the video');
	});
});

describe('Seedance Task, Wait, for an order of the ledger (recipe 10)', () => {
	const daysAgo = (days: number) => new Date(clock.now() - days * 24 * 60 * 60_000).toISOString();
	/** With the row that Get Many gives, which carries the package's own proof. */
	async function waitFor(
		{ taskId, orderedAt }: { taskId: string; orderedAt: string },
		operation = 'wait',
	) {
		const key = deriveReferenceKey(bench.sandbox().apiKeys.apikley);
		const origin = { provider: 'apikley', model: 'a/model', taskId };
		const reference = { table: 'orders', key: 'o.0.w.1.i' };
		const ledger = ledgerWithProof(key, origin, { reference, orderedAt });
		return await bench.run({
			type: 'seedanceTask',
			parameters: { provider: 'apikley', operation, taskId: '={{ $json.taskId }}' },
			items: [{ json: { ...origin, orderedAt, ledger } }],
		});
	}

	test('of four days ago that never ends: one look, and the last words', async () => {
		bench.sandbox().setGenerationMs(100 * 24 * 60 * 60_000);
		await bench.run({ parameters: { completion: 'submit' } });
		const [taskId = ''] = bench.taskIds();
		const begun = clock.now();
		const { error } = await waitFor({ taskId, orderedAt: daysAgo(4) });
		expect(error?.message).toContain('cannot be known any more');
		expect(error?.message).toContain('last seen as queued');
		expect(clock.now() - begun).toBeLessThan(10_000);
		expect(bench.checks()).toHaveLength(1);
	});

	test.each([
		[404, 'endUnknown'],
		[401, 'unauthorized'],
		[429, 'rateLimited'],
		[503, 'serverError'],
	])('of four days ago, by Get, whose look is answered with %i: %s', async (status, kind) => {
		await bench.run({ parameters: { completion: 'submit' } });
		const [taskId = ''] = bench.taskIds();
		bench.fault({ operation: 'status', effect: { kind: 'http', status } });
		const { error } = await waitFor({ taskId, orderedAt: daysAgo(4) }, 'get');
		const isGivenUp = kind === 'endUnknown';
		expect(error?.message.includes('cannot be known any more')).toBe(isGivenUp);
		expect(error?.description).toContain(`Task ID: ${taskId}.`);
	});

	test('of yesterday is waited for', async () => {
		await bench.run({ parameters: { completion: 'submit' } });
		const [taskId = ''] = bench.taskIds();
		const { items } = await waitFor({ taskId, orderedAt: daysAgo(1) });
		expect(items[0]?.json).toMatchObject({ taskId, status: 'succeeded' });
	});
});

describe('before anything is paid', () => {
	test.each([
		[{ prompt: '[object Object]' }, /^Prompt holds '\[object Object\]'/, /"\[object Object\]"/],
		[
			{ prompt: '={{ String($json.none) }} at night' },
			/^Prompt holds the word/,
			/"undefined at night"/,
		],
		[{ prompt: 'A {{ $json.animal }}' }, /^Prompt holds an expression/, /Expression/],
		[{ prompt: 'A cat', duration: 'long' }, /^Duration must be/, /It is "long"\./],
		[
			{ prompt: 'A cat', options: { timeout: 'soon' } },
			/^Timeout \(Minutes\) must be a number/,
			/It is "soon"\./,
		],
	])('%j is refused, and shown', async (parameters, message, description) => {
		const { error } = await bench.run({ parameters });
		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(description);
		expect(bench.sandbox().requests).toEqual([]);
	});

	test('a cell of a sheet is understood, and half characters are taken out', async () => {
		const parameters = {
			prompt: '={{ $json.prompt }}',
			aspectRatio: '={{ $json.ratio }}',
			resolution: '={{ $json.size }}',
			duration: '={{ $json.length }}',
			options: { cameraFixed: '={{ $json.still }}' },
		};
		const cells = {
			prompt: 'A cat \ud83d',
			ratio: ' 9:16 ',
			size: 720,
			length: '5s',
			still: 'TRUE',
		};
		await bench.run({ parameters, items: [{ json: cells }] });
		expect(bench.creates()[0]?.json).toMatchObject({
			input: {
				prompt: 'A cat ',
				aspect_ratio: '9:16',
				resolution: '720p',
				duration: '5',
				camera_fixed: true,
			},
		});
	});

	test('a switch as a sheet gives it is that switch', async () => {
		const parameters = { downloadVideo: '={{ $json.download }}', simplify: '={{ $json.short }}' };
		const cells = [
			{ download: 'FALSE', short: 'TRUE' },
			{ download: 'TRUE', short: 'no' },
		];
		const { items } = await bench.run({ parameters, items: cells.map((json) => ({ json })) });
		expect(items.map(({ binary, json }) => [binary !== undefined, 'raw' in json])).toEqual([
			[false, false],
			[true, true],
		]);
	});

	test('a key with its word in front, and no key at all, have words of their own', async () => {
		const credentials = bench.credentials();
		const { seedanceApikleyApi: own = { apiKey: '', baseUrl: '' }, ...others } = credentials;
		const pasted = { ...credentials, seedanceApikleyApi: { ...own, apiKey: 'Bearer sk-1' } };
		const { error } = await bench.run({ credentials: pasted });
		expect(error?.message).toContain("API key of the Apikley credential begins with 'Bearer'");
		const none = await bench.run({ credentials: others });
		expect(none.error?.message).toContain('Choose a credential for Apikley');
		expect(bench.sandbox().requests).toEqual([]);
	});
});

test('commands in a prompt get a hint beside the video', async () => {
	const { status, run } = await bench.run({
		parameters: { prompt: 'A cat --ratio 9:16 --duration 10' },
	});
	expect(status).toBe('success');
	const [hint] = run.data.resultData.runData.Seedance?.at(-1)?.hints ?? [];
	expect(hint?.message).toContain('A prompt holds --ratio, --duration.');
});
