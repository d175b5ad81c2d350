import { spawn } from 'node:child_process';
import {
	createReadStream,
	mkdtempSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { outputOf, type Execution, type WorkflowNode } from '../../lab/n8nClient.mts';
import { chain, manualTrigger, openStage, type Stage } from '../../test/e2e/stage.mts';
import { ffmpeg, isInstalled } from '../film/ffmpeg.mts';
import { scale } from './scale.mts';
import { say, seconds, type Figure } from './table.mts';

const MB = 1024 * 1024;
const SAMPLE_MS = 20;
const RUN_TIMEOUT_MS = 600_000;
const MAX_RISE_MB = 300;

/** Clips of this kind, and how many of them. */
interface Job {
	count: number;
	sizeMb: number;
	clipSeconds: number;
	size: string;
}

const small: Job = { count: 40, sizeMb: 5, clipSeconds: 5, size: '1280x720' };
const large: Job = { count: 20, sizeMb: 50, clipSeconds: 10, size: '1920x1080' };

/** As large as is wanted, whatever is to be seen: the encoder fills up what is missing. */
async function makeClip(file: string, { sizeMb, clipSeconds, size }: Job): Promise<void> {
	const rate = `${Math.round((sizeMb * MB * 8) / clipSeconds / 1000) - 140}k`;
	const filled = ['-b:v', rate, '-minrate', rate, '-maxrate', rate, '-bufsize', rate];
	await ffmpeg(
		...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=24:duration=${clipSeconds}`],
		...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=44100:duration=${clipSeconds}`],
		...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '48', ...filled],
		...['-x264-params', 'nal-hrd=cbr', '-c:a', 'aac', '-b:a', '128k', '-ac', '2'],
		...['-movflags', '+faststart', file],
	);
}

/** Serves one file at any address. */
async function serve(file: string) {
	const server = createServer((_, response) => {
		response.setHeader('content-type', 'video/mp4');
		response.setHeader('content-length', statSync(file).size);
		createReadStream(file).pipe(response);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
	return { url, close: () => void server.close() };
}

/** The clips come from a server, by n8n's own node, and are joined. */
async function createWorkflow({ client }: Stage, url: string, count: number): Promise<string> {
	const clips = Array.from({ length: count }, (_, index) => `${url}${index}.mp4`);
	const list: WorkflowNode = {
		name: 'Items',
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		position: [200, 0],
		parameters: { mode: 'raw', jsonOutput: JSON.stringify({ clips }) },
	};
	const split: WorkflowNode = {
		name: 'Split',
		type: 'n8n-nodes-base.splitOut',
		typeVersion: 1,
		position: [400, 0],
		parameters: { fieldToSplitOut: 'clips' },
	};
	const download: WorkflowNode = {
		name: 'Clips',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		position: [600, 0],
		parameters: {
			url: '={{ $json.clips }}',
			options: {
				response: { response: { responseFormat: 'file' } },
				batching: { batch: { batchSize: 2, batchInterval: 0 } },
			},
		},
	};
	const film: WorkflowNode = {
		name: 'Film',
		type: 'n8n-nodes-seedance.seedanceVideoFile',
		typeVersion: 1,
		position: [800, 0],
		parameters: {},
	};
	const nodes = [manualTrigger, list, split, download, film];
	const connections = chain(...nodes.map(({ name }) => name));
	return (await client.createWorkflow({ name: `${count} clips`, nodes, connections })).id;
}

const residentMbOf = (pid: number): number => {
	const [, kb] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
	return Number(kb) / 1024;
};

interface Measured {
	ms: number;
	filmMb: number;
	baseMb: number;
	peakMb: number;
	error?: string;
}

/** Notes a process's resident memory until it is stopped. */
function sampleMemory(pid: number) {
	const samples: Array<{ at: number; mb: number }> = [];
	let isOver = false;
	const sampling = (async () => {
		while (!isOver) {
			samples.push({ at: Date.now(), mb: residentMbOf(pid) });
			await sleep(SAMPLE_MS);
		}
	})();
	return {
		samples,
		async stop() {
			isOver = true;
			await sampling;
		},
	};
}

/** How the node did in an n8n of its own, between its first and its last moment. */
async function measure(job: Job, url: string, env: Record<string, string>): Promise<Measured> {
	const stage = await openStage({ env });
	try {
		const warmUp = await createWorkflow(stage, url, 2);
		await finish(stage, warmUp);
		const id = await createWorkflow(stage, url, job.count);
		const [pid = 0] = stage.n8n.pids();
		const memory = sampleMemory(pid);
		const execution = await finish(stage, id);
		await memory.stop();
		const [run] = execution.data.resultData.runData.Film ?? [];
		if (run === undefined) throw new Error(execution.data.resultData.error?.message ?? 'no film');
		const during = memory.samples.filter(
			({ at }) => at >= run.startTime && at <= run.startTime + run.executionTime,
		);
		const bytes = Number(outputOf(execution, 'Film')[0]?.json.bytes ?? 0);
		return {
			ms: run.executionTime,
			filmMb: bytes / MB,
			baseMb: during[0]?.mb ?? NaN,
			peakMb: Math.max(...during.map(({ mb }) => mb)),
			error: run.error?.message,
		};
	} finally {
		await stage.close();
	}
}

/** Of a large execution n8n tells the status before it has saved what came out. */
const SAVED_WITHIN_MS = 60_000;

async function finish({ client }: Stage, id: string): Promise<Execution> {
	const started = await client.runManually(id);
	await client.waitForExecution(started, { timeoutMs: RUN_TIMEOUT_MS });
	const deadline = Date.now() + SAVED_WITHIN_MS;
	for (;;) {
		const execution = await client.execution(started);
		const isSaved = 'Film' in execution.data.resultData.runData;
		if (isSaved || Date.now() > deadline) return execution;
		await sleep(1_000);
	}
}

/** The same clips by ffmpeg's own way, index in front, too. */
async function measureFfmpeg(folder: string, clip: string, count: number) {
	const [list, film] = [join(folder, 'list.txt'), join(folder, 'film.mp4')];
	writeFileSync(list, `file '${clip}'\n`.repeat(count));
	const startedAt = Date.now();
	const joined = [
		'-f',
		'concat',
		'-safe',
		'0',
		'-i',
		list,
		'-c',
		'copy',
		'-movflags',
		'+faststart',
	];
	const child = spawn('ffmpeg', ['-hide_banner', '-v', 'error', '-y', ...joined, film]);
	let peakMb = 0;
	let isOver = false;
	child.on('exit', () => {
		isOver = true;
	});
	while (!isOver) {
		const [now] = await Promise.allSettled([
			sleep(SAMPLE_MS).then(() => residentMbOf(child.pid ?? 0)),
		]);
		if (now.status === 'fulfilled') peakMb = Math.max(peakMb, now.value || 0);
	}
	const ms = Date.now() - startedAt;
	rmSync(film, { force: true });
	return { ms, peakMb };
}

const inMb = (mb: number) => `${mb.toFixed(0)} MB`;

/** What a service that renders films says it takes, from its own documentation (see the notes). */
const SERVICE_SECONDS_A_MINUTE = 20;

async function compare(job: Job, folder: string): Promise<{ row: string[]; riseMb: number }> {
	const clip = join(folder, 'clip.mp4');
	await makeClip(clip, job);
	const { url, close } = await serve(clip);
	try {
		const ours = await measure(job, url, {});
		if (ours.error !== undefined) throw new Error(ours.error);
		const theirs = await measureFfmpeg(folder, clip, job.count);
		const filmSeconds = job.count * job.clipSeconds;
		const row = [
			`${job.count} × ${(statSync(clip).size / MB).toFixed(1)} MB, ${filmSeconds} s, ${inMb(ours.filmMb)}`,
			`${seconds(ours.ms)} s`,
			`${inMb(ours.baseMb)} → ${inMb(ours.peakMb)}`,
			`${seconds(theirs.ms)} s, ${inMb(theirs.peakMb)}`,
			`${((filmSeconds / 60) * SERVICE_SECONDS_A_MINUTE).toFixed(0)} s`,
		];
		return { row, riseMb: ours.peakMb - ours.baseMb };
	} finally {
		close();
	}
}

/** What n8n's own way to hold files in memory costs. */
async function inMemory(count: number, folder: string): Promise<string> {
	const clip = join(folder, 'clip.mp4');
	await makeClip(clip, small);
	const { url, close } = await serve(clip);
	try {
		const env = { N8N_DEFAULT_BINARY_DATA_MODE: 'default' };
		const told = await Promise.allSettled([measure({ ...small, count }, url, env)]);
		const [{ status }] = told;
		if (told[0].status === 'rejected') {
			return `${count * small.sizeMb} MB of clips: ${status}, ${String(told[0].reason).split('\n')[0]}`;
		}
		const { ms, baseMb, peakMb, filmMb, error } = told[0].value;
		if (error !== undefined) return `${count * small.sizeMb} MB of clips: "${error}"`;
		return `a film of ${inMb(filmMb)} ${seconds(ms)} s, ${inMb(baseMb)} → ${inMb(peakMb)} (clips included)`;
	} finally {
		close();
	}
}

/** Figure 8: what a film costs. */
export async function measureFilms(): Promise<Figure> {
	if (!(await isInstalled())) throw new Error('ffmpeg is not installed');
	const folder = mkdtempSync(join(tmpdir(), 'films-'));
	try {
		const rows: string[][] = [];
		let worst = 0;
		for (const job of scale.isSmall ? [{ ...small, count: 4 }] : [small, large]) {
			const { row, riseMb } = await compare(job, folder);
			rows.push(row);
			worst = Math.max(worst, riseMb);
			say(`  ${row.join(' | ')}`);
		}
		const held: string[] = [];
		for (const count of scale.isSmall ? [4] : [6, 11, 12]) {
			held.push(await inMemory(count, folder));
			say(`  ${held.at(-1)}`);
		}
		return {
			title: '8. Joining clips to a film',
			promise: `At most ${MAX_RISE_MB} MB more resident memory than before, whatever the length (filesystem mode).`,
			isKept: worst <= MAX_RISE_MB,
			columns: [
				'clips',
				'Join Clips',
				"n8n's resident memory",
				'ffmpeg concat, copied',
				'a service, by its own figure',
			],
			rows,
			notes: [
				'The node alone, from its first to its last moment; H.264 at 24 frames a second with AAC. ffmpeg copies packets as well (`-f concat -c copy -movflags +faststart`), and n8n Cloud has none. The service encodes anew, and names [20 s for each minute of film](https://shotstack.io/docs/guide/architecting-an-application/limitations/), without upload and download.',
				`While this was measured, ${(loadavg()[1] ?? 0).toFixed(0)} processes wanted the two cores on average.`,
				`In n8n's mode \`default\` (memory): ${held.join('; ')}.`,
			],
		};
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
