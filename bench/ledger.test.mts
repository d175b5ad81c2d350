import { setTimeout as sleep } from 'node:timers/promises';
import { tableRows } from '../test/e2e/ledgerTable.mts';
import { itemsNode, seedanceNode, splitNode, chain, type Stage } from '../test/e2e/stage.mts';
import {
	afterNode,
	createTextWorkflow,
	rowsOf,
	startTextRun,
	textModels,
	until,
} from '../test/e2e/workflows.mts';
import { createsAt, onScene, print, restart } from './waits.mts';

const TABLE = 'seedance_tasks';
const KILLS = 20;
const ITEMS = 5;
const GENERATION_MS = 4000;

const median = (values: number[]): number =>
	values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** A production workflow, because n8n retries no crashed run that was started by hand. */
async function createHookedWorkflow(stage: Stage, path: string, options: Record<string, unknown>) {
	const { id } = await stage.client.createWorkflow({
		name: `Ledger ${path}`,
		nodes: [
			{
				name: 'Start',
				type: 'n8n-nodes-base.webhook',
				typeVersion: 2,
				position: [0, 0],
				parameters: { path, httpMethod: 'POST', responseMode: 'onReceived' },
				webhookId: path,
			},
			itemsNode(ITEMS),
			splitNode,
			seedanceNode(
				stage,
				'aimlapi',
				{
					model: textModels.aimlapi,
					prompt: `={{ $json.prompts }} (${path})`,
					options: { pollInterval: 1, maxParallel: 2, ...options },
				},
				{ onError: 'continueRegularOutput' },
			),
			afterNode,
		],
		connections: chain('Start', 'Items', 'Split', 'Seedance', 'After'),
	});
	await stage.client.activate(id);
	return id;
}

test.each([
	['with the task ledger', { taskLedger: TABLE }, KILLS],
	['without it, for comparison', {}, 5],
])(
	'kill -9 in a node that waits, then Retry execution, %s',
	async (what, options, kills) => {
		await onScene({ sandbox: { generationMs: GENERATION_MS } }, async (scene) => {
			const { stage } = scene;
			const { client, sandbox } = stage;
			const told = { once: 0, unsure: 0, twice: 0, over: 0 };
			for (let kill = 0; kill < kills; kill++) {
				const path = `kill-${kill}`;
				const workflowId = await createHookedWorkflow(stage, path, options);
				const made = () =>
					sandbox.tasks().filter(({ input }) => String(input.prompt).endsWith(`(${path})`));
				await client.callWebhook(path);
				await until(() => createsAt(stage) > 0 && made().length > 0, 'an order', 30_000, 1);
				await sleep((kill * 14_000) / kills);
				await restart(scene);
				const known = await client.executions({ workflowId });
				const crashed = known.find(({ status }) => status === 'crashed');
				if (crashed === undefined) {
					told.over += 1;
					continue;
				}
				const before = made().length;
				const retried = await client.retryExecution(crashed.id);
				const rows = rowsOf(await client.waitForExecution(retried.id));
				const unsure = rows.filter(({ error }) => String(error).includes('may have accepted'));
				const prompts = made().map(({ input }) => String(input.prompt));
				const twice = prompts.length - new Set(prompts).size;
				told.unsure += unsure.length;
				told.twice += twice;
				told.once += rows.filter(({ status }) => status === 'succeeded').length;
				print(
					`kill ${kill}: ${before} tasks before, ${made().length} after the retry, ` +
						`${unsure.length} "may have been accepted", ${twice} ordered twice`,
				);
				if ('taskLedger' in options) {
					expect(rows).toHaveLength(ITEMS);
					const collected = new Set(rows.map(({ taskId }) => taskId));
					const lost = made().filter(({ taskId }) => !collected.has(taskId));
					expect(lost.length).toBeLessThanOrEqual(unsure.length);
				}
			}
			print(`${what}: ${JSON.stringify(told)} of ${kills * ITEMS} items in ${kills} kills`);
			if ('taskLedger' in options) expect(told.twice).toBe(0);
		});
	},
	1_500_000,
);

test('50 items: what the ledger adds to a run', async () => {
	await onScene({ sandbox: { generationMs: 3000 } }, async ({ stage }) => {
		const timeOf = async (options: Record<string, unknown>) => {
			const id = await startTextRun(stage, {
				vendor: 'aimlapi',
				itemCount: 50,
				parameters: {
					downloadVideo: false,
					options: { pollInterval: 1, maxParallel: 50, ...options },
				},
			});
			const { data } = await stage.client.waitForExecution(id);
			return Number(data.resultData.runData.Seedance?.[0]?.executionTime);
		};
		await timeOf({ taskLedger: TABLE });
		const without: number[] = [];
		const withLedger: number[] = [];
		for (let round = 0; round < 5; round++) {
			without.push(await timeOf({}));
			withLedger.push(await timeOf({ taskLedger: TABLE }));
		}
		const added = median(withLedger) - median(without);
		print(
			`50 items: ${without.join(', ')} ms without, ${withLedger.join(', ')} ms with: +${added} ms`,
		);
		expect(await tableRows(stage, TABLE)).toHaveLength(6 * 50);
		expect(added).toBeLessThanOrEqual(1000);
	});
}, 600_000);

test('the table is deleted in the middle of a run: the run ends as without it', async () => {
	await onScene({ sandbox: { generationMs: 8000 } }, async ({ stage }) => {
		const { client } = stage;
		const id = await createTextWorkflow(stage, {
			vendor: 'aimlapi',
			itemCount: ITEMS,
			parameters: { options: { pollInterval: 1, taskLedger: TABLE } },
		});
		const execution = await client.runManually(id);
		await until(() => createsAt(stage) === ITEMS, 'all are ordered', 30_000);
		await sleep(1500);
		const { id: remover } = await client.createWorkflow({
			name: 'Remove',
			nodes: [
				{
					name: 'Start',
					type: 'n8n-nodes-base.manualTrigger',
					typeVersion: 1,
					position: [0, 0],
					parameters: {},
				},
				{
					name: 'Remove',
					type: 'n8n-nodes-base.dataTable',
					typeVersion: 1.1,
					position: [200, 0],
					parameters: {
						resource: 'table',
						operation: 'delete',
						dataTableId: { __rl: true, mode: 'name', value: TABLE },
					},
				},
			],
			connections: chain('Start', 'Remove'),
		});
		const removed = await client.waitForExecution(await client.runManually(remover));
		expect(removed.status).toBe('success');
		const ended = await client.waitForExecution(execution);
		expect(ended.status).toBe('success');
		expect(rowsOf(ended).map(({ status }) => status)).toEqual(Array(ITEMS).fill('succeeded'));
		expect(createsAt(stage)).toBe(ITEMS);
	});
}, 300_000);
