import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Sandbox } from '../../sandbox/index.mts';
import type { WorkflowNode } from '../../scripts/lib/n8nClient.mts';
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
import { scale } from './scale.mts';
import { say, type Figure } from './table.mts';

const MB = 1024 * 1024;
const MAX_RISE_MB = 64;
const SAMPLE_MS = 20;
const RUN_TIMEOUT_MS = 300_000;
const GENERATION_MS = 500;
const BATCHES = 3;

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

/** How far n8n's memory rises above where it stood when the first download began. */
async function riseOf(stage: Stage, id: string, paddingMb: number): Promise<number> {
	const { sandbox } = stage;
	const [pid = 0] = stage.n8n.pids();
	sandbox.setMediaPaddingBytes(0);
	for (let round = 0; round < 2; round++) await run(stage, id);
	sandbox.setMediaPaddingBytes(paddingMb * MB);
	const before = sandbox.requests.length;
	const isDownloading = () => sandbox.requests.slice(before).some(isMedia);
	let [baseMb, peakMb, isOver] = [residentMb(pid), 0, false];
	const sampling = (async () => {
		while (!isOver) {
			if (isDownloading()) peakMb = Math.max(peakMb, residentMb(pid));
			else baseMb = residentMb(pid);
			await sleep(SAMPLE_MS);
		}
	})();
	await run(stage, id);
	isOver = true;
	await sampling;
	sandbox.setMediaPaddingBytes(0);
	return peakMb - baseMb;
}

const troubles: Array<[string, Fault['effect']]> = [
	['the media host answers after five seconds', { kind: 'latency', latencyMs: 5000 }],
	['the connection drops after 100 kB', { kind: 'truncate', afterBytes: 100_000 }],
	['it ends early as if it were whole', { kind: 'truncateClean', afterBytes: 1_000 }],
	['the URL has expired (403)', { kind: 'http', status: 403 }],
	['HTTP 503', { kind: 'http', status: 503 }],
];

/** Of some batches, one after the other, in an n8n of their own, which keeps what the first one took. */
async function risesInNew(
	create: (stage: Stage, items: number) => Promise<string>,
	count: number,
	sizeMb: number,
): Promise<{ first: number; last: number }> {
	const stage = await openStage({ sandbox: { generationMs: GENERATION_MS } });
	try {
		const id = await create(stage, count);
		const first = await riseOf(stage, id, sizeMb);
		let last = NaN;
		for (let batch = 1; batch < BATCHES; batch++) last = await riseOf(stage, id, sizeMb);
		return { first, last };
	} finally {
		await stage.close();
	}
}

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
		const ours = await risesInNew(createOurs, count, size);
		const theirs = await risesInNew(createOrdinary, count, size);
		worst = Math.max(worst, ours.first, ours.last);
		const cells = [ours, theirs].map(
			({ first, last }) => `${first.toFixed(0)} MB, then ${last.toFixed(0)} MB`,
		);
		say(`  ${count} × ${size} MB: ${cells.join('; HTTP Request ')}`);
		rows.push([`${count} × ${size} MB`, ...cells]);
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
			promise: `At most ${MAX_RISE_MB} MB more resident memory than before the download.`,
			isKept: worst <= MAX_RISE_MB,
			columns: ['videos at once', 'Seedance Text to Video', "n8n's HTTP Request"],
			rows,
			notes: [
				'The first batch of an n8n that has just started, and its third. What rises and falls is read buffers that nobody has collected yet, at either node; n8n keeps the room for them.',
				outcomes.join('\n'),
			],
		};
	} finally {
		await stage.close();
	}
}
