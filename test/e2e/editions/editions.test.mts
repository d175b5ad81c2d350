import { isDeepStrictEqual } from 'node:util';
import { outputOf, type WorkflowNode } from '../../../lab/n8nClient.mts';
import { providerOf } from '../../unit/helpers.mts';
import { createTrigger, type Trigger } from '../callbacks/trigger.mts';
import {
	createChain,
	manualTrigger,
	useStage,
	seedanceNode,
	setNode,
	type VendorId,
} from '../stage.mts';
import { IMAGE_TO_VIDEO, systemNode, systems } from '../systems/systems.mts';
import { createTextWorkflow, finishedExecutions, rowsOf, textModels } from '../workflows.mts';

const FINISH_TIMEOUT_MS = 300_000;
const editions = ['byteplus', 'fal'] as const;
const completions = ['wait', 'pause', 'notify', 'submit'] as const;
type Edition = (typeof editions)[number];

/** Somebody to stand in, as workflows of the package of all have it. */
const fallbacks = { fallback: [{ provider: 'replicate', model: '' }] };

const PACKAGE = 'n8n-nodes-seedance';
const packages = [PACKAGE, ...editions.map((vendor) => `${PACKAGE}-${vendor}`)];

const stage = useStage({ editions, sandbox: { generationMs: 3000 } });

/** What somebody does who moves a workflow from one package to another. */
async function move(workflowId: string, vendor: VendorId): Promise<void> {
	const { client } = stage;
	const stored = await client.workflow(workflowId);
	const nodes = JSON.stringify(stored.nodes).replaceAll(`"${PACKAGE}.`, `"${PACKAGE}-${vendor}.`);
	await client.updateWorkflow(workflowId, {
		...stored,
		nodes: JSON.parse(nodes) as WorkflowNode[],
	});
}

async function moveTrigger({ workflowId }: Trigger, vendor: Edition): Promise<void> {
	await stage.client.deactivate(workflowId);
	await move(workflowId, vendor);
	await stage.client.activate(workflowId);
}

describe('side by side', () => {
	const ofPackage = (types: Array<{ name: string }>, name: string) =>
		types.filter((type) => type.name.startsWith(`${name}.`));

	test('all nodes of all packages are there, those of a vendor with its name in the title', async () => {
		const types = await stage.client.nodeTypes();
		const counts = packages.map((name) => ofPackage(types, name).length);
		expect(Math.min(...counts)).toBeGreaterThanOrEqual(5);
		for (const vendor of editions) {
			const { label } = providerOf(vendor);
			const titles = ofPackage(types, `${PACKAGE}-${vendor}`)
				.filter(({ name }) => !/poller/i.test(name))
				.map((type) => String(Reflect.get(type, 'displayName')));
			expect(titles.filter((title) => !title.includes(`(${label})`))).toEqual([]);
		}
	});

	test('a credential type of two packages is the same in both', async () => {
		const types = await stage.client.credentialTypes();
		for (const vendor of editions) {
			const same = types.filter(({ name }) => name === providerOf(vendor).credentialType);
			expect(same.length).toBeGreaterThan(0);
			const [first] = same;
			const others = same.filter(
				({ properties }) => !isDeepStrictEqual(properties, first?.properties),
			);
			expect(others).toEqual([]);
		}
	});
});

const cases = editions.flatMap((vendor) =>
	completions.map((completion) => ({ vendor, completion })),
);

describe('workflows of the package of all, moved by the first part of their types', () => {
	const rows = new Map<string, Array<Record<string, unknown>>>();
	const hints = new Map<string, unknown>();

	async function run(vendor: Edition, completion: (typeof completions)[number]): Promise<void> {
		const trigger = completion === 'notify' ? await createTrigger(stage, { vendor }) : undefined;
		const workflowId = await createTextWorkflow(stage, {
			vendor,
			itemCount: 1,
			promptSuffix: ` (${vendor} ${completion})`,
			parameters: {
				completion,
				...(trigger && { callbackUrl: trigger.url }),
				...(completion === 'wait' && { fallbackProviders: fallbacks }),
			},
		});
		await move(workflowId, vendor);
		if (trigger !== undefined) await moveTrigger(trigger, vendor);
		const id = await stage.client.runManually(workflowId);
		const ended = await finishedExecutions(stage, [id], FINISH_TIMEOUT_MS);
		const executions =
			trigger === undefined ? ended : await trigger.executions(1, FINISH_TIMEOUT_MS);
		rows.set(`${vendor} ${completion}`, executions.flatMap(rowsOf));
		const [run] = ended.flatMap(({ data }) => data.resultData.runData.Seedance ?? []);
		hints.set(`${vendor} ${completion}`, run?.hints);
	}

	beforeAll(async () => {
		await Promise.all(cases.map(async ({ vendor, completion }) => await run(vendor, completion)));
	}, FINISH_TIMEOUT_MS + 60_000);

	test.each(cases)(
		'$vendor, $completion: one order, the row as before',
		({ vendor, completion }) => {
			const tasks = stage.sandbox
				.tasks()
				.filter(({ input }) => JSON.stringify(input).includes(`(${vendor} ${completion})`));
			expect(tasks).toHaveLength(1);
			expect(rows.get(`${vendor} ${completion}`)).toMatchObject([
				{
					provider: vendor,
					model: textModels[vendor],
					taskId: tasks[0]?.taskId,
					...(completion === 'submit' ? {} : { status: 'succeeded' }),
				},
			]);
		},
	);

	const withPictures = systems.filter(
		({ vendor, type }) => type === IMAGE_TO_VIDEO && editions.some((one) => one === vendor),
	);

	test('of every vendor there is a picture that is a file', () => {
		const files = withPictures.filter((system) => system.before !== undefined);
		expect(new Set(files.map(({ vendor }) => vendor))).toEqual(new Set(editions));
	});

	test.each(withPictures)('$name: the row as before', async (system) => {
		const nodes = [manualTrigger, ...(system.before?.(stage) ?? []), systemNode(stage, system)];
		const id = await createChain(stage, system.name, nodes);
		await move(id, system.vendor);
		const execution = await stage.client.waitForExecution(await stage.client.runManually(id));
		const [item] = outputOf(execution, 'Seedance');
		const task = stage.sandbox.tasks().at(-1);
		expect(item?.json).toMatchObject({
			taskId: task?.taskId,
			provider: system.vendor,
			model: system.model,
			status: 'succeeded',
			...system.row,
		});
		expect(item?.binary?.data?.mimeType).toBe('video/mp4');
		const { image_url, first_frame_url } = task?.input ?? {};
		expect(image_url ?? first_frame_url).toEqual(system.imageUrl?.(stage));
	});

	test.each(editions)('%s: says that the workflow’s fallbacks were left out', (vendor) => {
		const message = expect.stringContaining('names fallback providers, and this package asks');
		expect(hints.get(`${vendor} wait`)).toEqual([expect.objectContaining({ message })]);
		expect(stage.sandbox.requests.filter((request) => request.vendor === 'replicate')).toEqual([]);
	});

	test.each(editions)('%s: Seedance Task gets what was only submitted', async (vendor) => {
		const [row] = rows.get(`${vendor} submit`) ?? [];
		const items = setNode('Items', row ?? {});
		const task = seedanceNode(
			stage,
			vendor,
			{ resource: 'task', operation: 'wait' },
			{ name: 'After', type: `${PACKAGE}.seedanceTask` },
		);
		const id = await createChain(stage, `Task of ${vendor}`, [manualTrigger, items, task]);
		await move(id, vendor);
		const execution = await stage.client.waitForExecution(await stage.client.runManually(id));
		expect(rowsOf(execution)).toMatchObject([{ taskId: row?.taskId, status: 'succeeded' }]);
	});
});
