import type { Execution } from '../../../lab/n8nClient.mts';
import { outputOf } from '../../../lab/n8nClient.mts';
import type { VendorId } from '../stage.mts';
import { rowsOf, TIMEOUT_MS, useExamples } from './examples.mts';

const FILE = '14-side-by-side.json';
const GENERATION_MS = 6_000;
const orders = ['Order at kie.ai', 'Order at fal', 'Order at BytePlus'];

const examples = useExamples();
beforeAll(() => examples.stage.sandbox.setGenerationMs(GENERATION_MS));

const tookMs = ({ startedAt, stoppedAt }: Execution) =>
	Date.parse(String(stoppedAt)) - Date.parse(String(startedAt));

const withCompletion = (completion: string, nodes: string[]) =>
	Object.fromEntries(nodes.map((name) => [name, { completion, downloadVideo: false }]));

const expectVideosOf = (execution: Execution, providers: string[]) => {
	const ordered = orders.flatMap((name) => rowsOf(execution, name));
	expect(rowsOf(execution, 'Videos')).toMatchObject(
		providers.map((provider, index) => ({
			provider,
			taskId: ordered[index]?.taskId,
			status: 'succeeded',
		})),
	);
	expect(outputOf(execution, 'Videos').map(({ binary }) => binary?.data?.mimeType)).toEqual(
		providers.map(() => 'video/mp4'),
	);
};

describe.each<[VendorId | undefined, string[]]>([
	[undefined, ['kie', 'fal', 'byteplus']],
	['wavespeed', ['wavespeed', 'wavespeed', 'wavespeed']],
])('11, %s', (vendor, providers) => {
	test(
		'three branches order, and one node waits for all of them',
		async () => expectVideosOf(await examples.run(FILE, { vendor }), providers),
		TIMEOUT_MS,
	);
});

test(
	'paused, the rows of three vendors are delivered together',
	async () => {
		const parameters = { Videos: { completion: 'pause' } };
		expectVideosOf(await examples.run(FILE, { parameters }), ['kie', 'fal', 'byteplus']);
	},
	TIMEOUT_MS,
);

test(
	'it takes a third of what three nodes take that wait one after the other',
	async () => {
		const sideBySide = await examples.run(FILE, { parameters: withCompletion('wait', ['Videos']) });
		const inTurn = await examples.run(FILE, { parameters: withCompletion('wait', orders) });
		process.stdout.write(
			`side by side ${tookMs(sideBySide)} ms, one after the other ${tookMs(inTurn)} ms\n`,
		);
		expect(tookMs(inTurn)).toBeGreaterThanOrEqual(3 * GENERATION_MS);
		// The nodes themselves are to cost less than a second task would.
		expect(tookMs(sideBySide)).toBeLessThan(2 * GENERATION_MS);
	},
	TIMEOUT_MS,
);
