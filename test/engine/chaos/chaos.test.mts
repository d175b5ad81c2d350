import { createRequire } from 'node:module';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { clock } from '../../../nodes/shared/n8n/clock.ts';
import { thisProcess } from '../../../nodes/shared/n8n/process.ts';
import { vendors, type SandboxTask, type Vendor } from '../../../sandbox/types.mts';
import { fakeDataTables } from '../../unit/fakes/dataTables.mts';
import { useBench } from '../bench.mts';
import { runNode, startNode, type NodeResult, type NodeRun } from '../harness.mts';
import { randomOf } from './random.mts';
import { spoil } from './weather.mts';
import { killSwitch, World } from './world.mts';

/** What `npm test` throws always, and `npm run test:chaos` ten times as much of, at random. */
const { CHAOS_SEED = '20261120', CHAOS_ITEMS = '96' } = process.env;
const seed = Number(CHAOS_SEED);
const wantedItems = Number(CHAOS_ITEMS);

const ITEMS_PER_RUN = 6;
const RUNS_AT_ONCE = 6;
const KILLED = 0.5;
const TABLE = 'seedance_tasks';
const RETRIES = 3;
const modes = ['wait', 'pause', 'notify', 'submit'] as const;
type Mode = (typeof modes)[number];

const bench = useBench();

interface LoggerModule {
	Logger: new (...parameters: never[]) => Record<string, (...args: unknown[]) => void>;
}
interface DiModule {
	Container: { get<T>(type: new (...parameters: never[]) => T): T };
}

/** Every line that goes to n8n's log. */
function listenToLog(): string[] {
	const fromCore = createRequire(require.resolve('n8n-core'));
	const { Logger } = fromCore('@n8n/backend-common') as LoggerModule;
	const { Container } = fromCore('@n8n/di') as DiModule;
	const lines: string[] = [];
	const logger = Container.get(Logger);
	for (const level of ['debug', 'info', 'warn', 'error']) {
		jest.spyOn(logger, level).mockImplementation((...args: unknown[]) => {
			lines.push(JSON.stringify(args));
		});
	}
	return lines;
}

afterEach(() => jest.restoreAllMocks());

interface Outcome {
	run: number;
	vendor: Vendor;
	mode: Mode;
	kills: number;
	retries: number;
	rows: INodeExecutionData[];
	/** What the user reads where the run failed. */
	errorText: string;
	ledger: IDataObject[];
	/** What the execution and all of its tries have left. */
	everything: string;
}

const labelOf = (run: number, item: number) => `<${run}-${item}>`;

test(`${wantedItems} items in bad weather (CHAOS_SEED=${seed})`, async () => {
	thisProcess.startedAt = 0;
	const log = listenToLog();
	const random = randomOf(seed);
	const sandbox = bench.sandbox();
	const world = new World(bench.credentials(), random);
	await world.open();
	const kinds = spoil(sandbox, seed, world.elsewhereUrl);
	const runs = Math.ceil(wantedItems / ITEMS_PER_RUN);
	let isOver = false;
	const ticking = (async () => {
		while (!isOver) {
			await clock.sleep(4_000);
			await sandbox.tick();
		}
	})();

	async function play(run: number): Promise<Outcome> {
		const vendor = vendors[run % vendors.length] ?? 'apikley';
		const mode = modes[(run + Math.floor(run / vendors.length)) % modes.length] ?? 'wait';
		sandbox.setGenerationMs(5_000 + random.below(240_000));
		const tables = fakeDataTables();
		const items = Array.from({ length: ITEMS_PER_RUN }, (_, item) => ({
			json: { prompt: `Clip ${labelOf(run, item)}` },
		}));
		const isTolerant = random.chance(0.6);
		const given: NodeRun = {
			type: 'seedanceTextToVideo',
			credentials: bench.credentials(),
			items,
			...(isTolerant && { onError: 'continueRegularOutput' }),
			retryOnFail: random.chance(0.3),
			parameters: {
				provider: vendor,
				prompt: '={{ $json.prompt }}',
				completion: mode,
				downloadVideo: random.chance(0.6),
				...(mode === 'notify' && { callbackUrl: world.triggerUrl(vendor) }),
				options: { taskLedger: TABLE, maxParallel: 1 + random.below(ITEMS_PER_RUN) },
			},
		};
		const about = { run, vendor, mode };
		const left: unknown[] = [];
		let [kills, retries, tries] = [0, 0, 0];
		for (;;) {
			const executionId = String(run * 100 + ++tries);
			const isKilled = kills < RETRIES && random.chance(KILLED);
			const kill = killSwitch(isKilled ? 1 + random.below(12) : Infinity, random.chance(0.5));
			const n8n = {
				tables,
				resumeToken: `token-of-run-${run}`,
				executionId,
				webhookWaitingUrl: world.waitingUrl,
				startExecution: world.startExecution,
				beforeRequest: kill.beforeRequest,
				beforeWorkflow: kill.beforeWorkflow,
			};
			const copy = { ...given, items: structuredClone(items), n8n };
			world.begin(executionId);
			const ended = await Promise.race([startNode(copy).done, kill.killed]);
			if (ended === 'killed') {
				kills += 1;
				world.end(executionId);
				await clock.sleep(10_000);
				continue;
			}
			const end = await finished(ended, executionId, copy);
			left.push(ended.run, end.rows, end.errorText);
			if (end.errorText !== '' && retries < RETRIES && random.chance(0.7)) {
				retries += 1;
				await clock.sleep(30_000);
				continue;
			}
			const ledger = tables.rows(TABLE);
			left.push(ledger);
			const rows = mode === 'submit' ? await collected(end.rows, copy) : end.rows;
			left.push(rows);
			const everything = JSON.stringify(left) + end.stack;
			return { ...about, kills, retries, ...end, rows, ledger, everything };
		}
	}

	/** How a run has ended, also one that was paused meanwhile. */
	async function finished(ended: NodeResult, executionId: string, given: NodeRun) {
		if (ended.status !== 'waiting') {
			world.end(executionId);
			return { rows: ended.items, ...toTexts(ended.error) };
		}
		world.keepParked(executionId, given, ended.run.data);
		const { rows = [], error } = await world.resumed(executionId);
		return { rows: error === undefined ? rows : [], ...toTexts(error) };
	}

	/** What Seedance Task makes of the rows of Submit Only. */
	async function collected(rows: INodeExecutionData[], given: NodeRun) {
		if (rows.length === 0) return rows;
		const { items } = await runNode({
			type: 'seedanceTask',
			credentials: given.credentials,
			items: rows.map(({ json }) => ({ json })),
			onError: 'continueRegularOutput',
			parameters: {
				provider: given.parameters.provider,
				operation: 'wait',
				taskId: '={{ $json.taskId }}',
				downloadVideo: false,
			},
		});
		return items.map((item, index) =>
			rows[index]?.json.taskId === undefined ? (rows[index] ?? item) : item,
		);
	}

	const outcomes: Outcome[] = [];
	let next = 0;
	const players = Array.from({ length: RUNS_AT_ONCE }, async () => {
		while (next < runs) outcomes.push(await play(next++));
	});
	await Promise.all(players);
	await world.rest(() => bench.clock().sleepers(), sandbox);
	isOver = true;
	await ticking;

	const tasks = sandbox.tasks();
	const told = { creates: tasks.length, succeeded: 0, errors: 0, unsure: 0, kills: 0, retries: 0 };
	const wrong: string[] = [];
	const check = (isRight: boolean, what: string) => {
		if (!isRight) wrong.push(what);
	};
	const delivered = world.started.map(({ json }) => JSON.stringify(json)).join('\n');
	for (const outcome of outcomes) {
		const { run, rows, errorText, ledger, mode, vendor } = outcome;
		told.kills += outcome.kills;
		told.retries += outcome.retries;
		const name = `run ${run} (${vendor}, ${mode})`;
		check(rows.length === ITEMS_PER_RUN || errorText !== '', `${name}: ${rows.length} rows`);
		for (let item = 0; item < ITEMS_PER_RUN; item++) {
			const label = labelOf(run, item);
			const own = tasksOf(tasks, label);
			const row = rows[item];
			const states = ledger.filter(({ prompt }) => String(prompt).includes(label));
			const isUnsure =
				String(row?.json.error).includes('may have accepted') ||
				errorText.includes(`[item ${item}] no task (mayHaveBeenAccepted)`) ||
				states.some(({ state }) => state === 'unknown' || state === 'submitting');
			if (isUnsure) told.unsure += 1;
			if (row?.json.error !== undefined || row === undefined) told.errors += 1;
			for (const [index, task] of own.entries()) {
				const after = own[index + 1];
				const isReplaced = task.failure !== undefined && task.finishesAt <= (after?.createdAt ?? 0);
				check(after === undefined || isReplaced, `${name} ${label}: ordered twice`);
				const known = [
					JSON.stringify(row?.json ?? ''),
					errorText,
					JSON.stringify(ledger),
					delivered,
				];
				const isKnown = known.some((text) => text.includes(task.taskId));
				// A task that has failed and was ordered anew was told at its own try.
				const wasTold = isKnown || outcome.everything.includes(task.taskId);
				check(wasTold || isUnsure, `${name} ${label}: task ${task.taskId} is lost`);
			}
			// A video that could not be downloaded is an error of a task that has succeeded.
			if (row?.json.status !== 'succeeded' || row.json.error !== undefined) continue;
			told.succeeded += 1;
			check(row.json.taskId === own.at(-1)?.taskId, `${name} ${label}: another item's video`);
			check(
				String(row.json.videoUrl).startsWith(`${sandbox.url}/media/`),
				`${name} ${label}: a video from elsewhere`,
			);
		}
	}
	const twice = world.started.map(({ json }) => json.taskId).filter(isRepeated);
	check(twice.length === 0, `delivered twice to a trigger: ${twice.join(', ')}`);
	const texts = [
		...outcomes.map(({ everything }) => everything),
		...log,
		...world.strangeRequests,
		JSON.stringify(world.started),
		...sandbox.requests
			.filter(({ operation }) => operation === 'media')
			.map((r) => JSON.stringify(r)),
	];
	for (const key of Object.values(sandbox.apiKeys)) {
		check(!texts.some((text) => text.includes(key)), `the key ${key} has leaked`);
	}
	check(world.bells === 0, `${world.bells} bells still ring`);
	check(bench.clock().sleepers() === 0, `${bench.clock().sleepers()} still sleep`);
	const isOpen = [...world.executions.values()].filter(({ state }) => state !== 'over').length;
	check(isOpen === 0, `${isOpen} executions still wait`);
	await world.close();

	const notified = world.started.length;
	const thrown = Object.values(kinds).reduce((sum, count) => sum + count, 0);
	process.stdout.write(
		`chaos, CHAOS_SEED=${seed}: ${runs * ITEMS_PER_RUN} items, ${thrown} kinds of faults, ` +
			`${sandbox.requests.length} requests, ${JSON.stringify({ ...told, notified })}\n`,
	);
	expect(wrong).toEqual([]);
	expect(told.succeeded).toBeGreaterThan(0);
	expect(told.kills).toBeGreaterThan(0);
	expect(log.length).toBeGreaterThan(0);
}, 1_200_000);

const isRepeated = (taskId: unknown, index: number, all: unknown[]) => all.indexOf(taskId) < index;

const tasksOf = (tasks: SandboxTask[], label: string): SandboxTask[] =>
	tasks
		.filter(({ createBody }) => JSON.stringify(createBody).includes(label))
		.toSorted((a, b) => a.createdAt - b.createdAt);

function toTexts(error: (Error & { description?: string | null }) | undefined) {
	if (error === undefined) return { errorText: '', stack: '' };
	return {
		errorText: `${error.message} ${error.description ?? ''}`,
		stack: `${error.stack} ${error.message} ${error.description ?? ''}`,
	};
}
