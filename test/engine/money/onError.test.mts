import type { IDataObject } from 'n8n-workflow';
import { numbered, ownPrompt, useBench, type Given } from '../bench.mts';
import type { NodeResult } from '../harness.mts';

const bench = useBench();

/** Long before a task is finished, so that a first try fails with its tasks paid. */
const options = { timeout: 0.25 };
const items = numbered(3);

/** The rows of a node by its On Error setting; an error output carries the task's fields in `details`. */
const settings: Array<[NonNullable<Given['onError']>, (result: NodeResult) => IDataObject[]]> = [
	['continueRegularOutput', ({ items: rows }) => rows.map(({ json }) => json)],
	[
		'continueErrorOutput',
		({ errorItems }) =>
			errorItems.map(({ json }) => ({ error: json.error, ...(json.details as IDataObject) })),
	],
];

const taskIdOf = (prompt: unknown) =>
	bench
		.sandbox()
		.tasks()
		.find(({ input }) => input.prompt === prompt)?.taskId;

/** One row per item in order, each an error with the task that is paid for. */
function expectRows(
	result: NodeResult,
	rows: IDataObject[],
	message: RegExp,
	provider = 'apikley',
) {
	expect(result.status).toBe('success');
	expect(rows.map(({ taskId }) => taskId)).toEqual(items.map(({ json }) => taskIdOf(json.prompt)));
	expect(rows.every(({ taskId }) => typeof taskId === 'string')).toBe(true);
	for (const row of rows) {
		expect(row.error).toMatch(message);
		expect(row).toMatchObject({ provider, failure: { message: expect.any(String) } });
	}
	const paired = [...result.items, ...result.errorItems].map(({ pairedItem }) => pairedItem);
	expect(paired).toEqual(items.map((_, item) => expect.objectContaining({ item })));
	expect(bench.creates()).toHaveLength(items.length);
}

/** The credential is deleted while the first try waits for the videos it has paid for. */
async function deleteCredentialMeanwhile(given: Given): Promise<NodeResult> {
	const credentials = bench.credentials();
	const running = bench.start({
		parameters: { ...ownPrompt, options },
		items,
		...given,
		credentials,
	});
	await bench.clock().standStillWhen(() => bench.taskIds().length === items.length);
	delete credentials.seedanceApikleyApi;
	bench.clock().goOn();
	return await running.done;
}

describe.each(settings)('%s', (onError, rowsOf) => {
	const ordered = { parameters: { ...ownPrompt, options }, items, onError };

	test('a timeout', async () => {
		const result = await bench.run(ordered);
		expectRows(result, rowsOf(result), /^The video was not finished/);
	});

	test('the vendor refuses every check', async () => {
		bench.fault({ operation: 'status', effect: { kind: 'http', status: 401 } });
		const result = await bench.run(ordered);
		expectRows(result, rowsOf(result), /^Apikley did not accept the API key/);
	});

	test('the tasks fail', async () => {
		bench.fault({ operation: 'create', effect: { kind: 'failTask' } });
		const result = await bench.run({ ...ordered, parameters: ownPrompt });
		expectRows(result, rowsOf(result), /^Apikley could not generate the video/);
	});

	test('the credential is deleted between two tries', async () => {
		const result = await deleteCredentialMeanwhile({ onError, retryOnFail: true, maxTries: 2 });
		expectRows(result, rowsOf(result), /credential/i);
	});

	test('the credential is deleted while the only try waits', async () => {
		const result = await deleteCredentialMeanwhile({ onError });
		expectRows(result, rowsOf(result), /^The video was not finished/);
	});

	test('a lost order, and a retry that cannot even ask: it may have been taken', async () => {
		bench.fault({ operation: 'create', effect: { kind: 'resetAfter' } });
		const first = await bench.run({ parameters: { ...ownPrompt, options }, items });
		const seedanceApikleyApi = { apiKey: 'sandbox-apikley-key', baseUrl: 'nowhere' };
		const result = await first.retry({ onError, credentials: { seedanceApikleyApi } });
		for (const row of rowsOf(result)) {
			expect(row.error).toMatch(/^An earlier try may have ordered this video/);
			const details = Object(row.details ?? row);
			expect(details.failure).toMatchObject({ kind: 'mayHaveBeenAccepted' });
			expect(details.failure.message).toMatch(/Now nothing was ordered: The Base URL/);
		}
	});

	describe('Retry execution of a run that has paid', () => {
		const failed = async () => {
			const first = await bench.run({ parameters: { ...ownPrompt, options }, items });
			expect(first.status).toBe('error');
			return first;
		};
		const retried = async (changed: IDataObject) => {
			const first = await failed();
			const base = { provider: 'apikley', downloadVideo: false, ...ownPrompt };
			const result = await first.retry({
				onError,
				parameters: { ...base, options: { ...options, ...changed } },
			});
			return { result, rows: rowsOf(result) };
		};

		test.each([0, -1, 'many', '={{ NaN }}'])('with Max Parallel Tasks %s', async (maxParallel) => {
			const { result, rows } = await retried({ maxParallel });
			expectRows(result, rows, /^Max Parallel Tasks must be a number greater than 0/);
		});

		test('with Max Parallel Tasks that cannot be read', async () => {
			const { result, rows } = await retried({ maxParallel: "={{ $('Nowhere').first().json.x }}" });
			expectRows(result, rows, /Nowhere|Referenced node/);
		});

		test.each(['timeout', 'pollInterval'])('with a bad %s', async (name) => {
			const { result, rows } = await retried({ [name]: 0 });
			expectRows(result, rows, /must be a number greater than 0/);
		});

		test('with a credential whose Base URL is none', async () => {
			const first = await failed();
			const seedanceApikleyApi = { apiKey: 'sandbox-apikley-key', baseUrl: 'nowhere' };
			const result = await first.retry({ onError, credentials: { seedanceApikleyApi } });
			expectRows(result, rowsOf(result), /^The Base URL of the Apikley credential/);
		});
	});

	test('an unknown provider: a row per item, and nothing is sent', async () => {
		const parameters = { ...ownPrompt, provider: 'acme', model: 'x' };
		const result = await bench.run({ parameters, items, onError });
		const rows = rowsOf(result);
		expect(rows).toHaveLength(items.length);
		for (const row of rows) expect(row.error).toMatch(/^The provider .?acme.? is not known/);
		expect(bench.sandbox().requests).toEqual([]);
	});

	test('an option of the first item that cannot be read: the other items run', async () => {
		const seed = "={{ $itemIndex === 0 ? $('Nowhere').first().json.x : 7 }}";
		const result = await bench.run({
			parameters: { ...ownPrompt, options: { seed } },
			items,
			onError,
		});
		const rows = [...result.items, ...result.errorItems];
		expect(rows).toHaveLength(items.length);
		expect(result.items.filter(({ json }) => json.status === 'succeeded')).toHaveLength(2);
		expect(bench.creates()).toHaveLength(2);
	});

	describe('Seedance Task: every row keeps the task it was given', () => {
		const unreadable = "={{ $('Nowhere').first().json.x }}";
		const work = async (operation: string, given: IDataObject) => {
			await bench.run({ parameters: { ...ownPrompt, completion: 'submit' }, items });
			return await bench.run({
				type: 'seedanceTask',
				parameters: { provider: 'apikley', operation, taskId: '={{ $json.taskId }}', ...given },
				items: items.map(({ json }) => ({ json: { taskId: taskIdOf(json.prompt) ?? null } })),
				onError,
			});
		};

		test.each<[string, IDataObject, RegExp]>([
			['wait', { options: { maxParallel: 0 } }, /^Max Parallel Tasks must be/],
			['wait', { options: { timeout: 0 } }, /^Timeout .* must be/],
			['wait', { options: { maxParallel: unreadable } }, /Nowhere|Referenced node/],
			['wait', { options: { model: unreadable } }, /Nowhere|Referenced node/],
			['wait', { downloadVideo: unreadable }, /Nowhere|Referenced node/],
			['get', { options: { model: unreadable } }, /Nowhere|Referenced node/],
			['get', { provider: 'aimlapi' }, /does not know this task/],
		])('%s with %j', async (operation, given, message) => {
			const result = await work(operation, given);
			expectRows(result, rowsOf(result), message, String(given.provider ?? 'apikley'));
		});
	});
});

test('Stop: the error of a deleted credential names every paid task', async () => {
	const { error } = await deleteCredentialMeanwhile({ retryOnFail: true, maxTries: 2 });
	expect(error?.message).toMatch(/credential/i);
	for (const taskId of bench.taskIds()) expect(error?.description).toContain(taskId);
	expect(bench.creates()).toHaveLength(items.length);
});
