import type { IDataObject, IWorkflowBase } from 'n8n-workflow';
import {
	deriveCallbackKey,
	readCallbackToken,
	TOKEN_PARAMETER,
} from '../../nodes/shared/tasks/callbackToken.ts';
import { fakeDataTables } from '../unit/fakes/dataTables.mts';
import { canKeepSecrets } from '../../nodes/shared/n8n/version.ts';
import type { Credential, Credentials } from './credentials.mts';
import { numbered, ownPrompt, prompts, useBench, type Given } from './bench.mts';
import type { NodeResult } from './harness.mts';
import { useServer } from '../servers.mts';

jest.mock('../../nodes/shared/n8n/version.ts', () => {
	const known = jest.requireActual('../../nodes/shared/n8n/version.ts');
	return { ...known, canKeepSecrets: jest.fn(known.canKeepSecrets) };
});

const bench = useBench();

/** n8n's own answer to a call for an execution that is at work. */
const running = { message: 'The execution "1" is running already.' };
let answer: object;
const webhooks = useServer((request, response) => {
	request.resume();
	response.writeHead(409, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
});
/** Answers as a Seedance Trigger for Apikley does to a call about no task. */
let triggerCalls: number;
const trigger = useServer((request, response) => {
	triggerCalls += 1;
	request.resume();
	const isOwn = claimsIn(`${trigger()}${request.url}`, 'abc/seedance')?.taskId === '';
	const told = { state: isOwn ? 'pending' : 'refused' };
	response.writeHead(isOwn ? 200 : 401).end(JSON.stringify(told));
});

interface Started {
	workflow: IWorkflowBase;
	items: IDataObject[];
}
let started: Started[];
let refusal: Error | undefined;
let credentials: Credentials;
beforeEach(() => {
	credentials = bench.credentials();
	answer = running;
	triggerCalls = 0;
	started = [];
	refusal = undefined;
});

const waitingUrl = () => `${webhooks()}/webhook-waiting`;

const run = (given: Given) =>
	bench.run({
		credentials,
		n8n: {
			webhookWaitingUrl: waitingUrl(),
			startExecution(workflow, items) {
				if (refusal !== undefined) throw refusal;
				started.push({ workflow, items });
			},
		},
		...given,
	});

/** What the started pollers were told. */
const plans = () =>
	started.map(({ workflow }) => JSON.parse(String(workflow.nodes[1]?.parameters.plan)));

const hintsOf = ({ run: { data } }: NodeResult) =>
	data.resultData.runData.Seedance?.at(-1)?.hints?.map(({ message }) => message) ?? [];

/** What the credential has made for itself. */
const ownSecret = () => String(credentials.seedanceApikleyApi?.ownSecret);

function claimsIn(url: unknown, audience: string, key = deriveCallbackKey(ownSecret())) {
	const token = new URL(String(url)).searchParams.get(TOKEN_PARAMETER);
	return readCallbackToken(token, key, { audience, nowMs: bench.clock().now() });
}

/** The key of a wait, which only what is parked holds. */
function keyOf({ run: { data } }: NodeResult): Buffer {
	const [item] = data.executionData?.nodeExecutionStack[0]?.data.main?.[0] ?? [];
	return Buffer.from(String((item?.json.parked as IDataObject | undefined)?.key));
}

const callbackUrls = () =>
	bench.creates().map(({ json }) => (json as { callBackUrl?: string }).callBackUrl);

describe('Pause the Execution', () => {
	const completion = 'pause';
	const audience = '1/seedance-delivery';

	test('parks with the tasks’ rows, and starts two pollers that ring at its own address', async () => {
		const result = await run({
			parameters: { ...ownPrompt, completion },
			items: numbered(2),
		});
		expect(result.status).toBe('waiting');
		expect(result.items.map(({ json }) => [json.taskId, json.status])).toEqual(
			bench.taskIds().map((taskId) => [taskId, 'queued']),
		);
		expect(bench.checks()).toEqual([]);
		expect(bench.clock().elapsed()).toBe(0);
		// The timeout of half an hour, and twenty minutes more.
		expect(result.run.waitTill?.getTime()).toBe(bench.clock().now() + 50 * 60_000);

		const ring = {
			url: expect.stringContaining(`${waitingUrl()}/1/seedance-delivery?signature=`),
			body: { nonce: expect.any(String) },
		};
		expect(plans()).toMatchObject([
			{ rings: [ring], rhythm: 'close' },
			{ rings: [ring], rhythm: 'wide' },
		]);
		expect(JSON.stringify(started)).not.toContain('sandbox-apikley-key');
	});

	test('gives the vendor an address of this execution alone, which proves no poller', async () => {
		const result = await run({ parameters: { completion } });
		const [url] = callbackUrls();
		expect(url).toContain(`${waitingUrl()}/1/seedance-delivery?`);
		const claims = claimsIn(url, audience, keyOf(result));
		expect(claims).toEqual({
			nonce: expect.any(String),
			audience,
			issuedAt: bench.clock().now(),
			model: 'bytedance/v1-lite-text-to-video',
			provider: 'apikley',
		});
		expect(claims?.nonce).not.toBe(plans()[0].rings[0].body.nonce);
		expect(url).not.toContain(plans()[0].rings[0].body.nonce);
		expect(JSON.stringify(plans())).not.toContain(String(keyOf(result)));
	});

	test('signs it with the wait’s own key, whatever the credential holds', async () => {
		credentials.seedanceApikleyApi = { ...apikley(), callbackSecret: 'long and random' };
		const result = await run({ parameters: { completion } });
		const [url] = callbackUrls();
		for (const secret of ['long and random', 'sandbox-apikley-key']) {
			expect(claimsIn(url, audience, deriveCallbackKey(secret))).toBeUndefined();
		}
		expect(claimsIn(url, audience, keyOf(result))).toMatchObject({ audience });
	});

	test.each([
		['the user wants none', { options: { sendCallbackUrl: false } }],
		['the vendor takes none', { provider: 'modellix' }],
	])('gives none where %s', async (_, parameters) => {
		const { status } = await run({ parameters: { completion, ...parameters } });
		expect(status).toBe('waiting');
		expect(bench.creates()).toHaveLength(1);
		expect(JSON.stringify(bench.creates())).not.toContain('webhook-waiting');
	});

	test('parks what was taken, beside an item that was refused', async () => {
		bench.fault({ operation: 'create', times: 1, effect: { kind: 'http', status: 402 } });
		const { status, items } = await run({
			parameters: { ...ownPrompt, completion, options: { maxParallel: 1 } },
			items: numbered(2),
		});
		expect(status).toBe('waiting');
		expect(items.map(({ json }) => json.taskId)).toEqual([undefined, ...bench.taskIds()]);
	});

	test('does not park when nothing was taken', async () => {
		bench.fault({ operation: 'create', effect: { kind: 'http', status: 402 } });
		const { status, error } = await run({ parameters: { completion } });
		expect(status).toBe('error');
		expect(error?.message).toMatch(/does not have enough credits/);
		expect(started).toEqual([]);
	});

	test('writes down what it has waited for where n8n does not let it pause', async () => {
		const tables = fakeDataTables();
		const startExecution = () => {
			throw new Error('No more executions');
		};
		const { status } = await run({
			items: prompts('Clip 0', '[fail]'),
			parameters: { ...ownPrompt, completion, options: { taskLedger: 'ledger' } },
			onError: 'continueRegularOutput',
			n8n: { webhookWaitingUrl: waitingUrl(), startExecution, tables },
		});
		expect(status).toBe('success');
		const told = tables.rows('ledger').map(({ prompt, state }) => [prompt, state]);
		expect(Object.fromEntries(told)).toEqual({ 'Clip 0': 'succeeded', '[fail]': 'failed' });
	});

	test('waits in the node where n8n does not reach itself, and says so', async () => {
		answer = { message: 'The execution "2" is running already.' };
		const result = await run({ parameters: { completion } });
		expect(result.items[0]?.json).toMatchObject({ status: 'succeeded' });
		expect(hintsOf(result)).toEqual([expect.stringContaining('WEBHOOK_URL')]);
		expect([callbackUrls(), started]).toEqual([[undefined], []]);
	});

	test('waits in the node where n8n starts no executions, and says so', async () => {
		refusal = new Error('Sub-workflows are not allowed');
		const result = await run({
			parameters: { ...ownPrompt, completion },
			items: prompts('A', 'B [fail]'),
			onError: 'continueRegularOutput',
		});
		expect(result.items.map(({ json }) => json.status)).toEqual(['succeeded', 'failed']);
		expect(hintsOf(result)).toEqual([expect.stringContaining('did not let the node start')]);
		expect(bench.creates()).toHaveLength(2);
	});

	/** As n8n keeps an execution that was killed behind the node, after a call had brought `rows`. */
	const killedBehind = ({ run: { data } }: NodeResult, rows: IDataObject[]) => {
		const [entry] = data.executionData?.nodeExecutionStack ?? [];
		if (entry === undefined) throw new Error('Nothing is parked');
		entry.data.main = [rows.map((json) => ({ json }))];
		data.waitTill = undefined;
		data.resultData.runData.Seedance?.pop();
	};
	const delivered = () =>
		bench.taskIds().map((taskId) => ({ taskId, status: 'succeeded', videoUrl: 'https://v.test' }));

	test.each([
		['as it was', {}],
		['with other parameters', { duration: 10 }],
	])(
		'hands on what it has delivered, where n8n runs it again %s with its own rows',
		async (_, edited) => {
			const parameters = { provider: 'apikley', prompt: 'A paper boat', completion };
			const parked = await run({ parameters, items: numbered(2) });
			const rows = delivered();
			killedBehind(parked, rows);
			const again = await parked.retry({ parameters: { ...parameters, ...edited } });
			expect(again.status).toBe('success');
			expect(again.items).toMatchObject(rows.map((json, item) => ({ json, pairedItem: { item } })));
			expect(bench.creates()).toHaveLength(2);
			expect(hintsOf(again)).toEqual([expect.stringContaining('run the workflow anew')]);
		},
	);

	test('likewise what has failed or was never taken', async () => {
		bench.fault({ operation: 'create', times: 1, effect: { kind: 'http', status: 402 } });
		const parked = await run({
			parameters: { prompt: 'A paper boat', completion, options: { maxParallel: 1 } },
			items: numbered(2),
			onError: 'continueErrorOutput',
		});
		const [taskId] = bench.taskIds();
		killedBehind(parked, [
			{ error: 'No credits', details: {} },
			{ error: 'Failed', details: { taskId } },
		]);
		const again = await parked.retry();
		expect(again.errorItems.map(({ json }) => json.error)).toEqual(['No credits', 'Failed']);
		expect(bench.creates()).toHaveLength(2);
	});

	test.each([
		['other items', () => numbered(2).map(({ json }) => ({ ...json }))],
		['rows of other tasks', () => delivered().map((row) => ({ ...row, taskId: `x${row.taskId}` }))],
		['fewer rows', () => delivered().slice(1)],
	])('takes %s for new orders, though they come in the same round', async (_, rowsOf) => {
		const parked = await run({ parameters: { ...ownPrompt, completion }, items: numbered(2) });
		const rows = rowsOf().map((row) => ({ ...row, prompt: 'Another boat' }));
		killedBehind(parked, rows);
		const again = await parked.retry();
		expect(again.status).toBe('waiting');
		expect(bench.creates()).toHaveLength(2 + rows.length);
	});

	test('orders for the next round of a loop, though it is given the same rows', async () => {
		const parked = await run({ parameters: { completion }, items: numbered(1) });
		killedBehind(parked, delivered());
		const [entry] = parked.run.data.executionData?.nodeExecutionStack ?? [];
		if (entry !== undefined) parked.run.data.executionData?.nodeExecutionStack.push({ ...entry });
		await parked.retry();
		expect(bench.creates()).toHaveLength(2);
	});

	test('Seedance Task, Wait: hands on what it has delivered', async () => {
		await run({ parameters: { completion: 'submit' } });
		const [taskId] = bench.taskIds();
		const parameters = { provider: 'apikley', operation: 'wait', completion };
		const parked = await run({
			type: 'seedanceTask',
			parameters: { ...parameters, taskId: '={{ $json.id }}' },
			items: [{ json: { id: taskId } }],
		});
		killedBehind(parked, delivered());
		const { status, items } = await parked.retry();
		expect(status).toBe('success');
		expect(items[0]?.json).toMatchObject({ taskId, status: 'succeeded' });
	});

	test('Seedance Task, Wait: parks for a task that exists', async () => {
		await run({ parameters: { completion: 'submit' } });
		const [taskId] = bench.taskIds();
		const { status, items } = await run({
			type: 'seedanceTask',
			parameters: { provider: 'apikley', operation: 'wait', completion, taskId },
		});
		expect(status).toBe('waiting');
		expect(items[0]?.json).toMatchObject({ taskId, status: 'queued' });
		expect(plans()).toHaveLength(2);
		expect(bench.creates()).toHaveLength(1);
	});
});

function apikley(): Credential {
	const { seedanceApikleyApi } = credentials;
	if (seedanceApikleyApi === undefined) throw new Error('No credential');
	return seedanceApikleyApi;
}

describe('What signs the address of a trigger', () => {
	const callbackUrl = 'https://n8n.example/webhook/abc/seedance';
	const parameters = { completion: 'notify', callbackUrl, options: { context: '{"row":7}' } };
	const claimsWith = (secret: string) =>
		claimsIn(callbackUrls().at(-1), 'abc/seedance', deriveCallbackKey(secret));

	test('is a secret that the credential makes for itself, once, without a request', async () => {
		await run({ parameters });
		const made = ownSecret();
		expect(made).toMatch(/^[\w-]{43}$/);
		expect(claimsWith(made)).toMatchObject({ context: { row: 7 } });
		expect(claimsWith(apikley().apiKey)).toBeUndefined();
		expect(bench.sandbox().requests).toHaveLength(1);

		await run({ parameters });
		expect(ownSecret()).toBe(made);
		expect(claimsWith(made)).toMatchObject({ context: { row: 7 } });
	});

	test('is the user’s, where there is one', async () => {
		credentials.seedanceApikleyApi = {
			...apikley(),
			callbackSecret: 'long and random',
			ownSecret: '',
		};
		await run({ parameters });
		expect(claimsWith('long and random')).toMatchObject({ context: { row: 7 } });
		expect(ownSecret()).toBe('');
	});

	describe('where n8n keeps none', () => {
		beforeEach(() => jest.mocked(canKeepSecrets).mockReturnValue(false));
		afterEach(() => jest.mocked(canKeepSecrets).mockReturnValue(true));

		test('is the API key, and a context is refused before anything is paid', async () => {
			const { error } = await run({ parameters });
			expect(error?.message).toMatch(/^'Context' needs a Callback Secret, because Apikley has/);
			expect(error?.description).toContain("'Callback Secret' of the Apikley credential");
			expect(bench.sandbox().requests).toEqual([]);

			await run({ parameters: { ...parameters, options: {} } });
			expect(claimsWith(apikley().apiKey)).toMatchObject({ audience: 'abc/seedance' });
		});

		test('is nothing, where there is no API key', async () => {
			credentials.seedanceApikleyApi = { ...apikley(), apiKey: '' };
			const { error } = await run({ parameters: { ...parameters, options: {} } });
			expect(error?.message).toMatch(/^The credential for Apikley holds no API key/);
			expect(bench.sandbox().requests).toEqual([]);
		});
	});
});

describe('Notify a Trigger', () => {
	const callbackUrl = 'https://n8n.example/webhook/abc/seedance?tenant=7';
	const audience = 'abc/seedance';
	const notify = { completion: 'notify', callbackUrl };
	beforeEach(() => {
		credentials.seedanceApikleyApi = { ...apikley(), ownSecret: 'made before' };
	});
	/** With the address of a trigger for Apikley that answers. */
	const ownTrigger = () => ({ ...notify, callbackUrl: `${trigger()}/abc/seedance` });

	test('gives the rows at once and starts two pollers that ring at the trigger', async () => {
		const { status, items } = await run({
			parameters: { ...ownPrompt, ...notify, options: { context: '={{ { "row": $itemIndex } }}' } },
			items: numbered(2),
		});
		expect(status).toBe('success');
		expect(items.map(({ json }) => json.taskId)).toEqual(bench.taskIds());
		expect(bench.clock().elapsed()).toBe(0);

		const [close, wide] = plans();
		expect([close.rhythm, wide.rhythm]).toEqual(['close', 'wide']);
		expect(wide.rings).toEqual(close.rings);
		const claims = close.rings.map(({ url }: { url: string }) => claimsIn(url, audience));
		expect(claims).toMatchObject(
			bench.taskIds().map((taskId, row) => ({
				audience,
				taskId,
				model: 'bytedance/v1-lite-text-to-video',
				issuedAt: bench.clock().now(),
				context: { row },
			})),
		);
		expect(close.rings[0].url).toContain('tenant=7');
	});

	test('gives the vendor the same address, with another nonce and without a task', async () => {
		await run({ parameters: { ...notify, options: { context: '{"row":7}' } } });
		const claims = claimsIn(callbackUrls()[0], audience);
		expect(claims).toMatchObject({ audience, context: { row: 7 } });
		expect(claims).not.toHaveProperty('taskId');
		expect(claims?.nonce).not.toBe(claimsIn(plans()[0].rings[0].url, audience)?.nonce);
	});

	test('rings for a vendor that calls nobody, too', async () => {
		const { status } = await run({ parameters: { ...notify, provider: 'modellix' } });
		expect(status).toBe('success');
		expect(plans()).toHaveLength(2);
		expect(JSON.stringify(bench.creates())).not.toContain('n8n.example');
	});

	test('leaves the call to the vendor, where it is no trigger', async () => {
		const { status } = await run({
			parameters: { ...notify, callbackUrl: 'https://elsewhere.example/hook' },
		});
		expect(status).toBe('success');
		expect(callbackUrls()[0]).toContain('https://elsewhere.example/hook?');
		expect(started).toEqual([]);
	});

	test.each([
		['apikley', { callbackUrl: 'n8n.example/webhook' }, /^Callback URL is not a web address/],
		['apikley', { callbackUrl: 'ftp://n8n.example' }, /^Callback URL is not a web address/],
		['apikley', { callbackUrl: '={{ $json.none }}' }, /^Callback URL is not a web address/],
		[
			'modellix',
			{ callbackUrl: 'https://elsewhere.example/hook' },
			/^Modellix itself calls no addresses, and this one is no Seedance Trigger/,
		],
		['apikley', { options: { context: '{"row": 7' } }, /^Context must be JSON/],
		[
			'apikley',
			{ options: { context: '={{ JSON.stringify("x".repeat(1999)) }}' } },
			/^Context must have at most 2000 characters/,
		],
	])('%s refuses %j before anything is paid', async (provider, given, message) => {
		const { error } = await run({ parameters: { ...notify, provider, ...given } });
		expect(error?.message).toMatch(message);
		expect(bench.sandbox().requests).toEqual([]);
	});

	test('asks a trigger once before anything is paid', async () => {
		await run({ parameters: { ...ownPrompt, ...ownTrigger() }, items: numbered(3) });
		expect(bench.creates()).toHaveLength(3);
		expect(triggerCalls).toBe(1);
	});

	test('refuses a trigger that would refuse its calls', async () => {
		const { error } = await run({ parameters: { ...ownTrigger(), provider: 'modellix' } });
		expect(error?.message).toMatch(/^The Seedance Trigger at 'Callback URL' refuses calls about/);
		expect(error?.description).toContain('Choose the same provider and credential in the trigger');
		expect(bench.sandbox().requests).toEqual([]);
	});

	test('refuses it for a fallback, too, and says for which', async () => {
		const entry = { provider: 'modellix', callbackUrl: ownTrigger().callbackUrl };
		const { error } = await run({
			parameters: { ...ownTrigger(), fallbackProviders: { fallback: [entry] } },
		});
		expect(error?.message).toContain('refuses calls about videos of Modellix');
		expect(error?.description).toContain("This is about Modellix under 'Fallback Providers'.");
		expect(bench.sandbox().requests).toEqual([]);
	});

	test('tells of every task when n8n starts no executions', async () => {
		refusal = new Error('Sub-workflows are not allowed');
		const { error } = await run({
			parameters: { ...ownPrompt, ...notify },
			items: numbered(2),
		});
		expect(error?.message).toMatch(/^The video is submitted to Apikley, but n8n did not let/);
		expect(error?.description).toContain('Sub-workflows are not allowed');
		for (const taskId of bench.taskIds()) expect(error?.description).toContain(taskId);
	});

	test('Seedance Task, Wait: rings for a task that exists', async () => {
		await run({ parameters: { completion: 'submit' } });
		const [taskId] = bench.taskIds();
		const { items } = await run({
			type: 'seedanceTask',
			parameters: { provider: 'apikley', operation: 'wait', taskId, ...notify },
		});
		expect(items[0]?.json).toMatchObject({ taskId, status: 'queued' });
		expect(claimsIn(plans()[0].rings[0].url, audience)).toMatchObject({ taskId });
	});
});
