import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowNode } from '../lab/n8nClient.mts';
import {
	chain,
	itemsNode,
	openStage,
	seedanceNode,
	splitNode,
	type Stage,
	type StageOptions,
} from '../test/e2e/stage.mts';
import { textModels, until, type TextRun } from '../test/e2e/workflows.mts';
import {
	closeDatabase,
	hiddenExecutions,
	isHidden,
	isUnfinished,
	storedExecutions,
} from './database.mts';

export type Row = Record<string, unknown>;

export const print = (text: string) => void process.stdout.write(`${text}\n`);

/** Collects what the workflows report, because n8n may be told to keep nothing of their runs. */
export interface Collector {
	url: string;
	rows: Row[];
	close(): void;
}

export async function startCollector(): Promise<Collector> {
	const rows: Row[] = [];
	const server: Server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			rows.push(JSON.parse(Buffer.concat(chunks).toString()) as Row);
			response.end('{}');
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}/`, rows, close: () => server.close() };
}

export interface Scene {
	stage: Stage;
	collector: Collector;
}

/** Runs `work` on an n8n of its own, which is gone afterwards. */
export async function onScene(
	options: StageOptions,
	work: (scene: Scene) => Promise<void>,
): Promise<void> {
	const stage = await openStage(options);
	const collector = await startCollector();
	try {
		await work({ stage, collector });
	} finally {
		closeDatabase(stage);
		await stage.close();
		collector.close();
	}
}

/** Longer than any of these waits. */
const HELD_MS = 60 * 60_000;

export interface HeldScene extends Scene {
	/** Makes all videos ready. */
	release: () => void;
}

/** The same with videos that are not ready before they are released. */
export async function onHeldScene(work: (scene: HeldScene) => Promise<void>): Promise<void> {
	let aheadMs = 0;
	const release = () => {
		aheadMs = HELD_MS;
	};
	const clock = { now: () => Date.now() + aheadMs };
	await onScene({ sandbox: { clock, generationMs: HELD_MS } }, async (scene) => {
		await work({ ...scene, release });
	});
}

/** Kills n8n and starts it anew; videos that were held are ready then. */
export async function restart({ stage, release }: Scene & Partial<HeldScene>): Promise<void> {
	await stage.n8n.kill();
	release?.();
	stage.sandbox.clearFaults();
	await stage.n8n.restart();
}

const webhookStart = (path: string): WorkflowNode => ({
	name: 'Start',
	type: 'n8n-nodes-base.webhook',
	typeVersion: 2,
	position: [0, 0],
	parameters: { path, httpMethod: 'POST', responseMode: 'onReceived' },
	webhookId: path,
});

/** Sends each row of its input, with whether the row's video can be read. */
const reportNode = (url: string): WorkflowNode => ({
	name: 'Report',
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	position: [1000, 0],
	parameters: {
		method: 'POST',
		url,
		sendBody: true,
		specifyBody: 'json',
		jsonBody:
			'={{ JSON.stringify({ ...$json, executionId: $execution.id, fileName: $binary?.data?.fileName }) }}',
	},
});

export interface PausedWorkflow {
	id: string;
	/** Starts so many production runs at once. */
	start(count: number): Promise<void>;
	/** The IDs of the runs, without those of the hidden executions, which carry the same workflow. */
	runs(): Promise<string[]>;
}

/** An active workflow that pauses at "Seedance", goes on with `after` and reports its rows. */
export async function createPausedWorkflow(
	{ stage, collector }: Scene,
	run: TextRun,
	after: WorkflowNode[] = [],
): Promise<PausedWorkflow> {
	const path = randomUUID();
	const parameters = {
		model: textModels[run.vendor],
		prompt: `={{ $json.prompts }}${run.promptSuffix ?? ''}`,
		completion: 'pause',
		...run.parameters,
	};
	const nodes = [
		webhookStart(path),
		itemsNode(run.itemCount),
		splitNode,
		seedanceNode(stage, run.vendor, parameters, run.settings),
		...after,
		reportNode(collector.url),
	];
	const { id } = await stage.client.createWorkflow({
		name: `Paused ${path}`,
		nodes,
		connections: chain(...nodes.map(({ name }) => name)),
	});
	await stage.client.activate(id);
	return {
		id,
		start: async (count) => {
			const calls = Array.from({ length: count }, () => stage.client.callWebhook(path));
			await Promise.all(calls);
		},
		runs: async () =>
			(await storedExecutions(stage))
				.filter((stored) => stored.workflowId === id && !isHidden(stored))
				.map((stored) => stored.id),
	};
}

/** Waits until so many runs are parked, each with its two hidden executions. */
export async function untilParked(stage: Stage, count: number, timeoutMs = 120_000) {
	await until(
		async () => {
			const stored = await storedExecutions(stage);
			const waiting = stored.filter(({ status }) => status === 'waiting');
			return waiting.length >= count * 3 && stored.filter(isUnfinished).length === waiting.length;
		},
		`${count} runs are parked`,
		timeoutMs,
		200,
	);
}

/** Watches how many hidden executions there are; reads the database only. */
export function watchHidden(stage: Stage) {
	let most = 0;
	let isOver = false;
	const watching = (async () => {
		while (!isOver) {
			most = Math.max(most, (await hiddenExecutions(stage)).length);
			await sleep(500);
		}
	})();
	return {
		/** Ends the watch; gives the most there were at a time. */
		async stop(): Promise<number> {
			isOver = true;
			await watching;
			return most;
		},
	};
}

const countOf = ({ sandbox }: Stage, wanted: string) =>
	sandbox.requests.filter(({ operation }) => operation === wanted).length;

export const createsAt = (stage: Stage) => countOf(stage, 'create');
export const looksAt = (stage: Stage) => countOf(stage, 'status');
export const downloadsAt = (stage: Stage) => countOf(stage, 'media');

/** Waits until so many rows were reported, and some seconds longer, to see one too many. */
export async function untilReported(
	{ collector }: Scene,
	count: number,
	timeoutMs: number,
): Promise<void> {
	const isReported = () => collector.rows.length >= count;
	await until(isReported, `${count} rows are reported`, timeoutMs, 500);
	await sleep(5000);
}

/** Every task's video has been reported once, with its file, and nothing else has. */
export function expectEveryVideoOnce(stage: Stage, rows: readonly Row[]): void {
	const created = stage.sandbox.tasks().map(({ taskId }) => taskId);
	expect(rows.map(({ taskId }) => taskId).sort()).toEqual(created.sort());
	expect(rows.map(({ status }) => status)).toEqual(rows.map(() => 'succeeded'));
	expect(rows.map(({ fileName }) => fileName)).toEqual(
		rows.map(({ taskId }) => `${String(taskId)}.mp4`),
	);
	expect(createsAt(stage)).toBe(created.length);
}

/** Waits until no hidden execution is left; gives the seconds that took. */
export async function untilNoneLeft(stage: Stage): Promise<number> {
	const sinceMs = Date.now();
	const isGone = async () => (await hiddenExecutions(stage)).length === 0;
	await until(isGone, 'no hidden execution is left', LEFT_TIMEOUT_MS, 1000);
	return Math.round((Date.now() - sinceMs) / 1000);
}

/** Nothing may be left ten minutes after a wait is over. */
export const LEFT_TIMEOUT_MS = 600_000;
