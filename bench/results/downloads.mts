import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Sandbox } from '../../sandbox/index.mts';
import type { WorkflowNode } from '../../lab/n8nClient.mts';
import {
	chain,
	itemsNode,
	manualTrigger,
	openStage,
	seedanceNode,
	splitNode,
	type Stage,
} from '../../test/e2e/stage.mts';
import { afterNode, rowsOf, textModels } from '../../test/e2e/workflows.mts';
import { INSPECTED, usageOf } from '../inspector.mts';
import { scale } from './scale.mts';
import { median, say, type Figure } from './table.mts';

const MB = 1024 * 1024;
const MAX_RISE_MB = 64;
const SAMPLE_MS = 20;
const COLLECTING_SAMPLE_MS = 1_000;
const RUN_TIMEOUT_MS = 300_000;
const GENERATION_MS = 500;
const WARM_UPS = 2;

const residentMb = (pid: number): number =>
	Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

const isMedia = ({ operation }: { operation: string }) => operation === 'media';

async function createOurs(stage: Stage, items: number): Promise<string> {
	const seedance = seedanceNode(
		stage,
		'aimlapi',
		{
			model: textModels.aimlapi,
			prompt: '={{ $json.prompts }}',
			options: { pollInterval: 1, maxParallel: items },
		},
		{ onError: 'continueRegularOutput' },
	);
	const nodes = [manualTrigger, itemsNode(items), splitNode, seedance, afterNode];
	const connections = chain(...nodes.map(({ name }) => name));
	return (await stage.client.createWorkflow({ name: `${items} videos`, nodes, connections })).id;
}

/** The files of tasks that are finished, by n8n's own node. */
async function createOrdinary(stage: Stage, items: number): Promise<string> {
	const urls = await Promise.all(Array.from({ length: items }, () => finishedUrl(stage.sandbox)));
	const list: WorkflowNode = {
		...itemsNode(items),
		parameters: { mode: 'raw', jsonOutput: JSON.stringify({ prompts: urls }) },
	};
	const download: WorkflowNode = {
		name: 'Seedance',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		position: [600, 0],
		parameters: {
			url: '={{ $json.prompts }}',
			options: { response: { response: { responseFormat: 'file' } } },
		},
	};
	const nodes = [manualTrigger, list, splitNode, download, afterNode];
	const connections = chain(...nodes.map(({ name }) => name));
	return (await stage.client.createWorkflow({ name: `${items} files`, nodes, connections })).id;
}

async function finishedUrl({ baseUrls, apiKeys }: Sandbox): Promise<string> {
	const url = `${baseUrls.aimlapi}/v2/video/generations`;
	const headers = {
		authorization: `Bearer ${apiKeys.aimlapi}`,
		'content-type': 'application/json',
	};
	const body = JSON.stringify({ model: textModels.aimlapi, prompt: 'a file' });
	const created = (await (await fetch(url, { method: 'POST', headers, body })).json()) as {
		id: string;
	};
	await sleep(GENERATION_MS + 200);
	const asked = await fetch(`${url}?generation_id=${encodeURIComponent(created.id)}`, { headers });
	return ((await asked.json()) as { video: { url: string } }).video.url;
}

async function run({ client }: Stage, id: string) {
	const execution = await client.waitForExecution(await client.runManually(id), {
		timeoutMs: RUN_TIMEOUT_MS,
	});
	return rowsOf(execution);
}

interface Batch {
	stage: Stage;
	id: string;
	sizeMb: number;
}

type Watch = (isDownloading: () => boolean) => Promise<void>;

/** A batch of videos of this size, watched again and again until it is over. */
async function runWatched({ stage, id, sizeMb }: Batch, everyMs: number, watch: Watch) {
	const { sandbox } = stage;
	sandbox.setMediaPaddingBytes(sizeMb * MB);
	const before = sandbox.requests.length;
	const isDownloading = () => sandbox.requests.slice(before).some(isMedia);
	let isOver = false;
	const watching = (async () => {
		while (!isOver) {
			await watch(isDownloading);
			await sleep(everyMs);
		}
	})();
	try {
		await run(stage, id);
	} finally {
		isOver = true;
		await watching;
		sandbox.setMediaPaddingBytes(0);
	}
}

/** A batch that was over before anybody looked has shown nothing. */
function riseTo(peakMb: number, baseMb: number): number {
	if (peakMb === 0) throw new Error('No download was seen while it lasted');
	return peakMb - baseMb;
}

/** How far n8n's resident memory rises above where it stood when the first download began. */
async function residentRiseOf(batch: Batch): Promise<number> {
	const [pid = 0] = batch.stage.n8n.pids();
	let [baseMb, peakMb] = [residentMb(pid), 0];
	await runWatched(batch, SAMPLE_MS, async (isDownloading) => {
		if (isDownloading()) peakMb = Math.max(peakMb, residentMb(pid));
		else baseMb = residentMb(pid);
	});
	return riseTo(peakMb, baseMb);
}

/** How much more is in use while videos come down, what nobody holds any longer not counted. */
async function heldRiseOf(batch: Batch): Promise<number> {
	const heldMb = async () => {
		const { heapMb, externalMb } = await usageOf(batch.stage.n8n.logs());
		return heapMb + externalMb;
	};
	const baseMb = await heldMb();
	let peakMb = 0;
	await runWatched(batch, COLLECTING_SAMPLE_MS, async (isDownloading) => {
		if (isDownloading()) peakMb = Math.max(peakMb, await heldMb());
	});
	return riseTo(peakMb, baseMb);
}

const troubles: Array<[string, Fault['effect']]> = [
	['the media host answers after five seconds', { kind: 'latency', latencyMs: 5000 }],
	['the connection drops after 100 kB', { kind: 'truncate', afterBytes: 100_000 }],
	['it ends early as if it were whole', { kind: 'truncateClean', afterBytes: 1_000 }],
	['the URL has expired (403)', { kind: 'http', status: 403 }],
	['HTTP 503', { kind: 'http', status: 503 }],
];

interface Rise {
	residentMb: number;
	heldMb: number;
}

/** In an n8n of its own, which keeps the room that it took once. */
async function riseInNew(
	create: (stage: Stage, items: number) => Promise<string>,
	count: number,
	sizeMb: number,
): Promise<Rise> {
	const stage = await openStage({ env: INSPECTED, sandbox: { generationMs: GENERATION_MS } });
	try {
		const id = await create(stage, count);
		for (let round = 0; round < WARM_UPS; round++) await run(stage, id);
		const batch = { stage, id, sizeMb };
		const residentMb = await residentRiseOf(batch);
		return { residentMb, heldMb: await heldRiseOf(batch) };
	} finally {
		await stage.close();
	}
}

async function risesOf(...contest: Parameters<typeof riseInNew>): Promise<Rise[]> {
	const rises: Rise[] = [];
	for (let i = 0; i < scale.newN8ns; i++) rises.push(await riseInNew(...contest));
	return rises;
}

const inMb = (values: number[]) =>
	`${median(values).toFixed(0)} MB (${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)})`;

/** Figure 3: what downloads cost in memory, and what becomes of broken ones. */
export async function measureDownloads(): Promise<Figure> {
	const { oneVideoMb, manyVideos, manyVideosMb } = scale;
	const plans: Array<[number, number]> = [
		[1, oneVideoMb],
		[manyVideos, manyVideosMb],
	];
	const rows: string[][] = [];
	let worst = 0;
	for (const [count, size] of plans) {
		const both = [
			await risesOf(createOurs, count, size),
			await risesOf(createOrdinary, count, size),
		];
		const held = both.map((rises) => rises.map(({ heldMb }) => heldMb));
		const resident = both.map((rises) => rises.map(({ residentMb }) => residentMb));
		worst = Math.max(worst, ...(resident[0] ?? []));
		rows.push([`${count} × ${size} MB`, ...held.map(inMb), ...resident.map(inMb)]);
		say(`  ${rows.at(-1)?.join(' | ')}`);
	}
	const stage = await openStage({ sandbox: { generationMs: GENERATION_MS } });
	try {
		const one = await createOurs(stage, 1);
		const outcomes: string[] = [];
		for (const [name, effect] of troubles) {
			stage.sandbox.reset();
			stage.sandbox.setMediaPaddingBytes(MB);
			stage.sandbox.addFault({ operation: 'media', times: 1, effect });
			const [row] = await run(stage, one);
			const { requests } = stage.sandbox;
			const looks = requests.filter(({ operation }) => operation === 'status').length;
			const orders = requests.filter(({ operation }) => operation === 'create').length;
			const end = row?.error === undefined ? 'the whole video' : `"${String(row.error)}"`;
			outcomes.push(
				`- Once, ${name}: ${end} after ${requests.filter(isMedia).length} downloads, ${looks} looks and ${orders} order.`,
			);
		}
		return {
			title: "3. n8n's memory while videos come down (filesystem mode)",
			promise: `At most ${MAX_RISE_MB} MB more resident memory than before the download, in every run.`,
			isKept: worst <= MAX_RISE_MB,
			columns: [
				'videos at once',
				'held',
				'held, HTTP Request',
				'resident',
				'resident, HTTP Request',
			],
			rows,
			notes: [
				`Medians (least to most) of ${scale.newN8ns} new n8ns each. Held is what is in use after garbage collection, in the middle of the downloads. What is resident besides is read buffers that nobody holds any longer, of which V8 lets 64 MB gather before it begins to collect. HTTP Request stores one file after the other; the node stores them side by side, so that a slow media host holds up nobody else.`,
				outcomes.join('\n'),
			],
		};
	} finally {
		await stage.close();
	}
}
