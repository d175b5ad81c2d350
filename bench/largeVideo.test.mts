import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { outputOf, type Execution } from '../lab/n8nClient.mts';
import { chain, manualTrigger, openStage, seedanceNode, type Stage } from '../test/e2e/stage.mts';

const MB = 1024 * 1024;
const VIDEO_BYTES = 200 * MB;
const ALLOWED_RISE_MB = 64;
const SAMPLE_MS = 20;

let stage: Stage;
let workflowId: string;

beforeAll(async () => {
	stage = await openStage({ sandbox: { generationMs: 500 } });
	const seedance = seedanceNode(stage, 'modellix', {
		model: 'seedance-1.0-lite-t2v',
		prompt: 'A very large boat',
		options: { pollInterval: 1 },
	});
	const workflow = await stage.client.createWorkflow({
		name: 'Large video',
		nodes: [manualTrigger, seedance],
		connections: chain('Start', 'Seedance'),
	});
	workflowId = workflow.id;
});
afterAll(async () => {
	await stage?.close();
});

/** What n8n's main process holds in memory now, its runners and the sandbox not counted. */
function residentMb(): number {
	const status = readFileSync(`/proc/${stage.n8n.pids()[0]}/status`, 'utf8');
	return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

async function run(): Promise<Execution> {
	return await stage.client.waitForExecution(await stage.client.runManually(workflowId));
}

/** Runs the workflow; tells how far memory rose above where it stood when the download began. */
async function measure() {
	const before = stage.sandbox.requests.length;
	const isDownloading = () =>
		stage.sandbox.requests.slice(before).some(({ operation }) => operation === 'media');
	let baseMb: number | undefined;
	let peakMb = 0;
	let isOver = false;
	let samples = 0;
	const sampling = (async () => {
		while (!isOver) {
			const mb = residentMb();
			if (!isDownloading()) baseMb = mb;
			else {
				peakMb = Math.max(peakMb, mb);
				samples += 1;
			}
			await sleep(SAMPLE_MS);
		}
	})();
	const execution = await run();
	isOver = true;
	await sampling;
	return { execution, baseMb: baseMb ?? NaN, peakMb, samples };
}

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux(`a 200 MB video costs n8n less than ${ALLOWED_RISE_MB} MB of memory`, async () => {
	// What n8n loads and compiles at the first runs is not the download's.
	for (let i = 0; i < 3; i++) await run();
	stage.sandbox.setMediaPaddingBytes(VIDEO_BYTES);
	const { execution, baseMb, peakMb, samples } = await measure();

	process.stdout.write(
		`200 MB video: n8n had ${baseMb.toFixed(0)} MB resident, at most ${peakMb.toFixed(0)} MB ` +
			`while downloading (+${(peakMb - baseMb).toFixed(1)} MB, ${samples} samples)\n`,
	);
	expect(samples).toBeGreaterThan(5);
	expect(peakMb - baseMb).toBeLessThan(ALLOWED_RISE_MB);

	const id = outputOf(execution, 'Seedance')[0]?.binary?.data?.id ?? '';
	expect(id).toMatch(/^filesystem-v2:/);
	const [, path = ''] = id.split(':');
	const stored = statSync(join(stage.n8n.userFolder, '.n8n', 'storage', path));
	expect(stored.size).toBeGreaterThan(VIDEO_BYTES);
});
