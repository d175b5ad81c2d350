import { sampleVideo } from '../../../sandbox/media/embedded.mts';
import { leaveOrders } from '../../../lab/leftOrders.mts';
import { provideForExamples } from '../../../lab/exampleNeeds.mts';
import { importWorkflows, type ImportedWorkflow } from '../../../lab/importWorkflows.mts';
import { outputOf } from '../../../lab/n8nClient.mts';
import { OPENAI_ORIGIN } from '../../../lab/openAiStandIn.mts';
import { provideForStandIns } from '../../../lab/standIns/credentials.mts';
import type { VendorId } from '../stage.mts';
import { FOLDER, only, rowsOf, TIMEOUT_MS, useExamples } from './examples.mts';

const examples = useExamples();

describe('The demo', () => {
	let imported: ImportedWorkflow[];

	const provideAndImport = async () => {
		const { stage, openAi } = examples;
		const credentials = [
			...(await provideForExamples(stage.client, stage.sandbox, openAi)),
			// Made anew: other files' stand-ins have credentials of the same names in this n8n.
			...(await provideForStandIns(
				async (credential) => await stage.client.createCredential(credential),
				examples.standIns,
			)),
		];
		return await importWorkflows(stage.client, {
			folder: FOLDER,
			credentials,
			addresses: { 'http://localhost:5678': stage.n8n.webhookUrl, [OPENAI_ORIGIN]: openAi.url },
		});
	};
	beforeAll(async () => {
		imported = await provideAndImport();
	});

	test('imports all examples, active where they have to be', async () => {
		expect(imported.map(({ isNew, activationProblem }) => [isNew, activationProblem])).toEqual(
			imported.map(() => [true, undefined]),
		);
		const stored = await examples.stage.client.workflows();
		const isActive = (id: string) => stored.find((workflow) => workflow.id === id)?.active;
		const activeOnes = imported.filter(({ workflow }) => isActive(workflow.id));
		expect(activeOnes.map(({ file }) => file.slice(0, 3))).toEqual([
			'01-',
			'02-',
			'05b',
			'16-',
			'17-',
			'18-',
			'20-',
		]);
	});

	test('leaves no node without a credential that exists', async () => {
		const known = (await examples.stage.client.credentials()).map(({ id }) => id);
		for (const { workflow } of imported) {
			const { nodes } = await examples.stage.client.workflow(workflow.id);
			const ids = nodes.flatMap(({ credentials = {} }) =>
				Object.values(credentials).map(({ id }) => id),
			);
			expect(known).toEqual(expect.arrayContaining(ids));
		}
	});

	test('names only node types, in versions, that n8n has', async () => {
		const types = await examples.stage.client.nodeTypes();
		const versionsOf = (type: string) =>
			types.filter(({ name }) => name === type).flatMap(({ version }) => version);
		for (const { workflow } of imported) {
			for (const { type, typeVersion } of (await examples.stage.client.workflow(workflow.id))
				.nodes) {
				expect([type, versionsOf(type)]).toEqual([type, expect.arrayContaining([typeVersion])]);
			}
		}
	});

	test('started a second time leaves what is there alone', async () => {
		const again = await provideAndImport();
		expect(again.map(({ isNew }) => isNew)).toEqual(again.map(() => false));
		expect(again.map(({ workflow }) => workflow.id)).toEqual(
			imported.map(({ workflow }) => workflow.id),
		);
	});
});

describe.each<[VendorId | undefined, string]>([
	[undefined, 'apikley'],
	['fal', 'fal'],
])('00, %s', (vendor, provider) => {
	test(
		'a prompt becomes a video',
		async () => {
			const execution = await examples.run('00-first-video.json', { vendor });
			const item = only(outputOf(execution, 'Seedance Text to Video'));
			expect(item.json).toMatchObject({
				provider,
				status: 'succeeded',
				videoUrl: expect.stringContaining('.mp4'),
			});
			expect(await examples.file(item, 'data')).toEqual(sampleVideo);
		},
		TIMEOUT_MS,
	);
});

test(
	'10: what the demo leaves over is found without a change, and once',
	async () => {
		const table = 'left_over_in_the_demo';
		const { client, credentials } = examples.stage;
		// As at the second start of a demo, whose sandbox does not know the orders of the first.
		await leaveOrders(client, Object.values(credentials), table);
		await leaveOrders(client, Object.values(credentials), table);
		const words = { seedance_tasks: table };
		const execution = await examples.run('10-what-was-left-over.json', { words });
		expect(rowsOf(execution, 'Collect')).toMatchObject([
			{ provider: 'apikley', status: 'succeeded' },
			{ provider: 'apikley', status: 'succeeded' },
		]);
		const again = await examples.run('10-what-was-left-over.json', { words });
		expect(rowsOf(again, 'Left Over')).toEqual([]);
	},
	TIMEOUT_MS,
);

describe.each<[VendorId | undefined, string, string, number]>([
	[undefined, 'apikley', 'sum_usage_credits', 5],
	['byteplus', 'byteplus', 'sum_usage_credits', 0],
])('10, %s', (vendor, provider, sum, amount) => {
	test(
		'what was ordered and never collected comes out, with what it cost',
		async () => {
			const words = { seedance_tasks: `left_over_${provider}` };
			const ledger = { taskLedger: true, taskLedgerTable: words.seedance_tasks };
			const seedance = { 'Seedance Text to Video': { completion: 'submit', ...ledger } };
			await examples.run('00-first-video.json', { vendor, parameters: seedance });

			const execution = await examples.run('10-what-was-left-over.json', {
				vendor,
				words,
				parameters: { 'Left Over': { olderThanMinutes: 0 } },
			});
			expect(rowsOf(execution, 'Collect')).toMatchObject([{ provider, status: 'succeeded' }]);
			expect(rowsOf(execution, 'Cost by Provider')).toEqual([
				{ provider, count_taskId: 1, [sum]: amount },
			]);

			const again = await examples.run('10-what-was-left-over.json', {
				vendor,
				words,
				parameters: { 'Left Over': { olderThanMinutes: 0 } },
			});
			expect(rowsOf(again, 'Left Over')).toEqual([]);
		},
		TIMEOUT_MS,
	);
});
