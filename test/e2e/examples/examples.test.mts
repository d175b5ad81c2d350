import { join } from 'node:path';
import { lastFrameImage, sampleVideo } from '../../../sandbox/media/embedded.mts';
import {
	importWorkflows,
	readWorkflow,
	withCredentials,
	type ImportedWorkflow,
	type ImportOptions,
} from '../../../scripts/lib/importWorkflows.mts';
import { outputOf, type Execution, type ExecutionItem } from '../../../scripts/lib/n8nClient.mts';
import { openSharedStage, type SharedStage } from '../stage.mts';
import { finishedExecutions, until } from '../workflows.mts';

/** A paused execution is woken about once a minute; a slow machine comes on top. */
const TIMEOUT_MS = 300_000;
const FOLDER = join(process.cwd(), 'examples');

let stage: SharedStage;
let options: ImportOptions;
let imported: ImportedWorkflow[];
/** Start first, because they take a minute. */
let overnight: string;
let overnightWithFailure: string;

beforeAll(async () => {
	stage = await openSharedStage();
	options = {
		folder: FOLDER,
		credentials: Object.values(stage.credentials),
		addresses: { 'http://localhost:5678': stage.n8n.webhookUrl },
	};
	imported = await importWorkflows(stage.client, options);
	overnight = await start('3-overnight-batch.json');
	overnightWithFailure = await startWithFailure('3-overnight-batch.json', 'A red fox');
}, TIMEOUT_MS);

afterAll(async () => {
	await stage?.close();
});

function workflowId(file: string): string {
	const found = imported.find((entry) => entry.file === file);
	if (found === undefined) throw new Error(`${file} was not imported`);
	return found.workflow.id;
}

const start = async (file: string) => await stage.client.runManually(workflowId(file));

/** The same workflow, with one prompt that the vendor takes and fails to generate. */
async function startWithFailure(file: string, words: string): Promise<string> {
	const workflow = readWorkflow(join(FOLDER, file), { [words]: `[fail] ${words}` });
	const copy = { ...workflow, name: `${workflow.name}, one fails` };
	const { id } = await stage.client.createWorkflow(withCredentials(copy, options.credentials));
	return await stage.client.runManually(id);
}

async function succeeded(id: string): Promise<Execution> {
	const [execution] = await finishedExecutions(stage, [id], TIMEOUT_MS);
	expect(execution?.data.resultData.error).toBeUndefined();
	expect(execution?.status).toBe('success');
	return execution as Execution;
}

const run = async (file: string) => await succeeded(await start(file));

function only(items: ExecutionItem[]): ExecutionItem {
	expect(items).toHaveLength(1);
	return items[0] as ExecutionItem;
}

/** What the vendor was asked for. */
const inputOf = (taskId: unknown) =>
	stage.sandbox.tasks().find((task) => task.taskId === taskId)?.input;

async function fileIn(item: ExecutionItem | undefined, field: string): Promise<Buffer> {
	const { bytes } = await stage.client.binary(item?.binary?.[field]?.id ?? '');
	return bytes;
}

test('all are imported, and active where they have to be', async () => {
	expect(imported.map(({ isNew, activationProblem }) => [isNew, activationProblem])).toEqual(
		imported.map(() => [true, undefined]),
	);
	const stored = await stage.client.workflows();
	const isActive = (id: string) => stored.find((workflow) => workflow.id === id)?.active;
	const activeOnes = imported.filter(({ workflow }) => isActive(workflow.id));
	expect(activeOnes.map(({ file }) => file)).toEqual(['2b-when-the-video-is-finished.json']);
});

test('a second import leaves what is there alone', async () => {
	const namesakes = async () => {
		const names = imported.map(({ workflow }) => workflow.name);
		return (await stage.client.workflows()).filter(({ name }) => names.includes(name));
	};
	expect(await namesakes()).toHaveLength(imported.length);
	const again = await importWorkflows(stage.client, options);
	expect(again.map(({ isNew }) => isNew)).toEqual(again.map(() => false));
	expect(again.map(({ workflow }) => workflow.id)).toEqual(
		imported.map(({ workflow }) => workflow.id),
	);
	expect(await namesakes()).toHaveLength(imported.length);
});

test(
	'3: the batch pauses',
	async () => {
		const { client } = stage;
		const hasPaused = async () => (await client.execution(overnight)).status === 'waiting';
		await until(hasPaused, 'the execution pauses', TIMEOUT_MS, 500);
	},
	TIMEOUT_MS,
);

test(
	'1: a prompt becomes a video',
	async () => {
		const execution = await run('1-first-video.json');
		const item = only(outputOf(execution, 'Seedance Text to Video'));
		expect(item.json).toMatchObject({
			provider: 'apikley',
			model: 'bytedance/v1-lite-text-to-video',
			status: 'succeeded',
			videoUrl: expect.stringContaining('.mp4'),
		});
		expect(await fileIn(item, 'data')).toEqual(sampleVideo);
	},
	TIMEOUT_MS,
);

test(
	'2: what 2a submits arrives in 2b, with its row',
	async () => {
		const submitted = await run('2a-submit-and-be-notified.json');
		const task = only(outputOf(submitted, 'Seedance Text to Video'));
		expect(task.json).toMatchObject({ status: 'queued', taskId: expect.any(String) });
		expect(task.binary).toBeUndefined();

		const receiving = workflowId('2b-when-the-video-is-finished.json');
		const received = await succeeded(await stage.client.waitForNewExecution(receiving));
		const item = only(outputOf(received, 'Video and Its Row'));
		expect(item.json).toMatchObject({
			taskId: task.json.taskId,
			status: 'succeeded',
			videoUrl: expect.stringContaining('.mp4'),
			context: { row: 2 },
			row: 2,
		});
		expect(await fileIn(item, 'data')).toEqual(sampleVideo);
	},
	TIMEOUT_MS,
);

test(
	'4: the second clip starts with the last frame of the first',
	async () => {
		const execution = await run('4-chain-for-content-pipelines.json');
		const first = only(outputOf(execution, 'First Clip'));
		const second = only(outputOf(execution, 'Second Clip'));
		const { json: story } = only(outputOf(execution, 'Story'));

		expect(await fileIn(first, 'lastFrame')).toEqual(lastFrameImage);
		expect(inputOf(first.json.taskId)).toMatchObject({
			prompt: story.firstScene,
			ratio: '16:9',
			resolution: '720p',
			return_last_frame: true,
		});
		expect(inputOf(second.json.taskId)).toMatchObject({
			prompt: story.secondScene,
			resolution: '720p',
			image_url: `data:image/png;base64,${lastFrameImage.toString('base64')}`,
		});
		const clips = [first.json.videoUrl, second.json.videoUrl];
		expect(new Set(clips).size).toBe(2);
		expect(only(outputOf(execution, 'Clips in Order')).json).toEqual({ clips });
	},
	TIMEOUT_MS,
);

describe('3: the paused batch', () => {
	test(
		'ends with every video in the order of the prompts',
		async () => {
			const execution = await succeeded(overnight);
			const { prompts } = only(outputOf(execution, 'List of Prompts')).json;
			const summary = only(outputOf(execution, 'Summary'));
			expect(summary.json).toEqual({
				videos: (prompts as string[]).map((prompt) => ({
					prompt,
					status: 'succeeded',
					taskId: expect.any(String),
					videoUrl: expect.stringContaining('.mp4'),
				})),
			});
			const rows = outputOf(execution, 'Seedance Text to Video');
			expect(rows.map(({ json }) => inputOf(json.taskId))).toEqual(
				(prompts as string[]).map((prompt) =>
					expect.objectContaining({ prompt, service_tier: 'flex' }),
				),
			);
			expect(Object.keys(summary.binary ?? {})).toHaveLength(rows.length);
			for (const field of Object.keys(summary.binary ?? {})) {
				expect(await fileIn(summary, field)).toEqual(sampleVideo);
			}
		},
		TIMEOUT_MS,
	);

	test(
		'a prompt that fails stands in the summary and stops no other',
		async () => {
			const execution = await succeeded(overnightWithFailure);
			const { videos } = only(outputOf(execution, 'Summary')).json;
			expect(videos).toMatchObject([
				{ status: 'succeeded' },
				{
					prompt: expect.stringContaining('[fail] A red fox'),
					status: 'failed',
					taskId: expect.any(String),
					error: expect.stringContaining('Modellix'),
				},
				{ status: 'succeeded' },
			]);
		},
		TIMEOUT_MS,
	);
});

test('5: what was ordered and never collected comes out, with what it cost', async () => {
	const table = 'left_over';
	const submitted = readWorkflow(join(FOLDER, '1-first-video.json'));
	const order = {
		...submitted,
		name: `${submitted.name}, with a ledger`,
		nodes: submitted.nodes.map((node) =>
			node.type.endsWith('.seedanceTextToVideo')
				? {
						...node,
						parameters: {
							...node.parameters,
							completion: 'submit',
							options: { taskLedger: table },
						},
					}
				: node,
		),
	};
	const made = await stage.client.createWorkflow(withCredentials(order, options.credentials));
	await succeeded(await stage.client.runManually(made.id));

	const example = readWorkflow(join(FOLDER, '5-what-was-left-over.json'));
	const collecting = {
		...example,
		name: `${example.name}, now`,
		nodes: example.nodes.map((node) =>
			node.parameters.source === 'ledger'
				? { ...node, parameters: { ...node.parameters, taskLedger: table, olderThanMinutes: 0 } }
				: node,
		),
	};
	const { id } = await stage.client.createWorkflow(
		withCredentials(collecting, options.credentials),
	);
	const execution = await succeeded(await stage.client.runManually(id));
	expect(outputOf(execution, 'Collect').map(({ json }) => json.status)).toEqual(['succeeded']);
	expect(outputOf(execution, 'Cost by Provider').map(({ json }) => json)).toEqual([
		{ provider: 'apikley', count_taskId: 1, sum_usage_credits: 5 },
	]);
});
