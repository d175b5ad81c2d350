import type { WorkflowNode } from '../../../lab/n8nClient.mts';
import { outputOf } from '../../../lab/n8nClient.mts';
import {
	createChain,
	manualTrigger,
	seedanceNode,
	useSharedStage,
	type VendorId,
} from '../stage.mts';
import { finishedExecution, textModels } from '../workflows.mts';

const FINISH_TIMEOUT_MS = 240_000;

const stage = useSharedStage({ settled: true, sandbox: { generationMs: 2000 } });

const type = 'n8n-nodes-seedance.seedanceVideoToVideo';

const clip = (vendor: VendorId, name: string, parameters: object = {}): WorkflowNode => {
	const prompt = `${name} at ${vendor}`;
	const given = { model: textModels[vendor], prompt, ...parameters };
	return seedanceNode(stage, vendor, given, { name });
};

/** With the video of the row before, and the model with which a new node begins. */
const onVideo = (vendor: VendorId, operation: string, name: string, parameters: object = {}) =>
	seedanceNode(
		stage,
		vendor,
		{ operation, prompt: `${name} at ${vendor}`, ...parameters },
		{ type, name, typeVersion: 1 },
	);

async function run(...nodes: WorkflowNode[]) {
	const name = nodes.map((node) => node.name).join(', ');
	const id = await createChain(stage, name, [manualTrigger, ...nodes]);
	const started = await stage.client.runManually(id);
	const execution = await finishedExecution(stage, started, FINISH_TIMEOUT_MS);
	expect(execution.data.resultData.error).toBeUndefined();
	return nodes.map(({ name }) => outputOf(execution, name)[0]);
}

/** Each vendor with what its pages tell of a given video. */
const cases: Array<[VendorId, string[]]> = [
	['fal', ['edit', 'extend', 'reference']],
	['byteplus', ['edit', 'extend', 'reference']],
	['replicate', ['edit', 'extend', 'reference']],
	['wavespeed', ['edit', 'extend', 'reference']],
	['modellix', ['edit', 'extend', 'reference']],
	['kie', ['edit', 'reference']],
	['aimlapi', ['reference']],
];

test.each(cases)(
	'%s: %j of the row before',
	async (vendor, operations) => {
		const nodes = operations.map((operation) => onVideo(vendor, operation, operation));
		const items = await run(clip(vendor, 'Clip'), ...nodes);
		const urls = items.map((item) => item?.json.videoUrl);
		for (const [index, item] of items.entries()) {
			expect(item?.json).toMatchObject({ provider: vendor, status: 'succeeded' });
			expect(item?.binary?.data?.id).toMatch(/^filesystem-v2:/);
			if (index === 0) continue;
			const { taskId } = item?.json ?? {};
			const task = stage.sandbox.tasks().find((one) => one.taskId === taskId);
			expect(JSON.stringify(task?.input)).toContain(String(urls[index - 1]));
		}
	},
	FINISH_TIMEOUT_MS,
);

test(
	'a story: two extensions that pause, and a film of the three clips',
	async () => {
		const merge: WorkflowNode = {
			name: 'Together',
			type: 'n8n-nodes-base.merge',
			typeVersion: 3.2,
			position: [900, 0],
			parameters: { numberInputs: 3 },
		};
		const film: WorkflowNode = {
			name: 'Film',
			type: 'n8n-nodes-seedance.seedanceVideoFile',
			typeVersion: 1,
			position: [1100, 0],
			parameters: {},
		};
		const parts = [
			clip('fal', 'One'),
			onVideo('fal', 'extend', 'Two', { completion: 'pause' }),
			onVideo('fal', 'extend', 'Three', { completion: 'pause' }),
		];
		const to = (node: string, index = 0) => ({ node, type: 'main', index });
		const { id } = await stage.client.createWorkflow({
			name: 'A story by Extend',
			nodes: [manualTrigger, ...parts, merge, film],
			connections: {
				Start: { main: [[to('One')]] },
				One: { main: [[to('Two'), to('Together', 0)]] },
				Two: { main: [[to('Three'), to('Together', 1)]] },
				Three: { main: [[to('Together', 2)]] },
				Together: { main: [[to('Film')]] },
			},
		});
		const started = await stage.client.runManually(id);
		const execution = await finishedExecution(stage, started, FINISH_TIMEOUT_MS);
		expect(execution.data.resultData.error).toBeUndefined();
		const [whole] = outputOf(execution, 'Film');
		expect(whole?.json).toMatchObject({
			durationSeconds: 9,
			clips: [{ startSeconds: 0 }, { startSeconds: 3 }, { startSeconds: 6 }],
		});
	},
	FINISH_TIMEOUT_MS,
);

test(
	'a file of the node before goes to the storage of the vendor',
	async () => {
		const [, edited] = await run(
			clip('wavespeed', 'Made'),
			onVideo('wavespeed', 'edit', 'Changed', { videoInputType: 'binary' }),
		);
		expect(edited?.json).toMatchObject({ status: 'succeeded', provider: 'wavespeed' });
		const task = stage.sandbox.tasks().find(({ taskId }) => taskId === edited?.json.taskId);
		expect(task?.input.video).toMatch(/storage/);
	},
	FINISH_TIMEOUT_MS,
);
