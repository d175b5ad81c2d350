import type { INodeTypeDescription } from 'n8n-workflow';
import { startSandbox, type Sandbox } from '../../sandbox/index.mts';
import { SeedanceImageToVideo } from '../../nodes/SeedanceImageToVideo/SeedanceImageToVideo.node.ts';
import { SeedanceTask } from '../../nodes/SeedanceTask/SeedanceTask.node.ts';
import { SeedanceTextToVideo } from '../../nodes/SeedanceTextToVideo/SeedanceTextToVideo.node.ts';
import { SeedanceTrigger } from '../../nodes/SeedanceTrigger/SeedanceTrigger.node.ts';
import { runNode, type NodeResult, type NodeRun } from './harness.mts';
import { installVirtualClock, type VirtualClock } from './virtualClock.mts';

// All that a package of one vendor has of its own: another list of vendors.
jest.mock('../../nodes/shared/providers/catalogue.ts', () => {
	const { fal } = jest.requireActual('../../nodes/shared/providers/fal/index.ts');
	return { providers: { fal } };
});

let clock: VirtualClock;
let sandbox: Sandbox;
beforeEach(async () => {
	clock = installVirtualClock(() => sandbox);
	sandbox = await startSandbox({ clock, generationMs: 20_000, callbackTickMs: 0 });
});
afterEach(async () => {
	await sandbox.close();
	clock.restore();
});

const run = async ({ parameters, ...more }: Pick<NodeRun, 'parameters'> & Partial<NodeRun>) =>
	await runNode({
		type: 'seedanceTextToVideo',
		credentials: {
			seedanceFalApi: { apiKey: sandbox.apiKeys.fal, baseUrl: sandbox.baseUrls.fal },
		},
		...more,
		parameters: { downloadVideo: false, ...parameters },
	});

const generate = async (parameters: NodeRun['parameters'] = {}) =>
	await run({ parameters: { prompt: 'A paper boat', ...parameters } });

const hintsOf = ({ run: { data } }: NodeResult) =>
	data.resultData.runData.Seedance?.at(-1)?.hints?.map(({ message }) => message) ?? [];

const nodes = [
	[new SeedanceTextToVideo(), 'Seedance Text to Video (fal)'],
	[new SeedanceImageToVideo(), 'Seedance Image to Video (fal)'],
	[new SeedanceTask(), 'Seedance Task and Account Balance (fal)'],
	[new SeedanceTrigger(), 'Seedance Video Finished (fal) Trigger'],
] as const;

describe.each(nodes.map(([{ description }, title]) => [title, description] as const))(
	'%s',
	(title, { displayName, credentials, properties }: INodeTypeDescription) => {
		const isTask = title.startsWith('Seedance Task');
		test('has one vendor, which is named and not asked for', () => {
			expect(displayName).toBe(title);
			const [provider] = properties.filter(({ name }) => name === 'provider');
			expect(provider).toMatchObject({ type: 'hidden', default: 'fal' });
			expect(credentials).toEqual([
				{
					name: 'seedanceFalApi',
					required: true,
					displayOptions: {
						show: { '/provider': ['fal'] },
						// What stands in n8n's own table is no vendor's.
						...(isTask && { hide: { '/resource': ['ledger'] } }),
					},
				},
			]);
		});

		test('offers no fallbacks', () => {
			const fallbacks = properties.filter(({ name }) => name === 'fallbackProviders');
			expect(fallbacks.map(({ type }) => type)).toEqual(/ to Video/.test(title) ? ['hidden'] : []);
		});
	},
);

test('it makes a video, with the row of the package of all', async () => {
	const { items, ...result } = await generate();
	expect(items[0]?.json).toMatchObject({ provider: 'fal', status: 'succeeded' });
	expect(hintsOf({ items, ...result })).toEqual([]);
});

test('fallbacks that a workflow brings along are left out, which is said', async () => {
	const result = await generate({
		provider: 'fal',
		fallbackProviders: { fallback: [{ provider: 'replicate', model: '' }] },
	});
	expect(result.items[0]?.json).toMatchObject({ provider: 'fal', status: 'succeeded' });
	expect(hintsOf(result)).toEqual([
		'This workflow names fallback providers, and this package asks fal alone: they were left out. n8n-nodes-seedance has all vendors. A node taken anew from the nodes panel names none.',
	]);
});

describe('a workflow of another vendor', () => {
	test('is told which package takes it, and nothing is asked', async () => {
		const { error } = await generate({ provider: 'replicate' });
		expect(error?.message).toBe(
			'This package asks fal alone, and the workflow wants the provider "replicate" [item 0]',
		);
		expect(error?.description).toBe(
			'For that provider install n8n-nodes-seedance-replicate, or n8n-nodes-seedance with all vendors, and use its node. To have the video made by fal, take this node anew from the nodes panel.',
		);
		expect(sandbox.requests).toEqual([]);
	});

	test.each(['x/../evil', 'a b', 'E', '<b>'])(
		'no package is named after a text that is no vendor: %s',
		async (provider) => {
			const { error } = await generate({ provider });
			expect(error?.description).toMatch(/^For that provider install n8n-nodes-seedance, and use/);
		},
	);
});

describe('Seedance Task', () => {
	const wait = async (json: NonNullable<NodeRun['items']>[number]['json']) =>
		await run({
			type: 'seedanceTask',
			parameters: { resource: 'task', operation: 'wait', taskId: '={{ $json.taskId }}' },
			items: [{ json }],
		});

	test('takes a row of its vendor', async () => {
		const { items } = await generate({ completion: 'submit' });
		const waited = await wait({ ...items[0]?.json });
		expect(waited.items[0]?.json).toMatchObject({ provider: 'fal', status: 'succeeded' });
	});

	test('says of a row of another vendor who takes it, and asks nobody', async () => {
		const { error } = await wait({ taskId: 'abc', provider: 'replicate' });
		expect(error?.message).toBe(
			'The row says that its task was made by the provider "replicate", and this package asks fal alone [item 0]',
		);
		expect(error?.description).toContain('Seedance Task of n8n-nodes-seedance, which has all');
		expect(sandbox.requests).toEqual([]);
	});
});
