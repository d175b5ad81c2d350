import { sampleVideo } from '../../../sandbox/media/embedded.mts';
import { outputOf } from '../../../lab/n8nClient.mts';
import { contentOf } from '../../clips/clips.mts';
import type { VendorId } from '../stage.mts';
import { finishedExecution, finishedExecutions } from '../workflows.mts';
import { only, rowsOf, runsOf, TIMEOUT_MS, useExamples } from './examples.mts';

const FILE = '11-story-to-film.json';

const examples = useExamples();

const story = (vendor: VendorId | undefined, scenes: string[]) => ({
	vendor,
	parameters: {
		Story: {
			jsonOutput: JSON.stringify({
				musicUrl: `${examples.stage.sandbox.url}/media/sample.mp3`,
				scenes,
			}),
		},
	},
});

describe.each<[VendorId | undefined, string]>([
	[undefined, 'byteplus'],
	['kie', 'kie'],
])('11, %s', (vendor, provider) => {
	test(
		'scenes become one film with music: chained clips, every frame there, the repeated ones once',
		async () => {
			const scenes = [1, 2, 3].map((number) => `${provider} by the river, scene ${number}`);
			const execution = await examples.run(FILE, story(vendor, scenes));
			const clips = rowsOf(execution, 'Clips');
			expect(clips.map(({ prompt, status }) => [prompt, status])).toEqual(
				scenes.map((scene) => [scene, 'succeeded']),
			);
			clips.forEach(({ taskId }, index) => {
				const before = clips[index - 1];
				const asked = JSON.stringify(examples.inputOf(taskId));
				if (before === undefined) expect(asked).not.toContain('.png');
				else expect(asked).toContain(String(before.lastFrameUrl));
			});

			const film = only(outputOf(execution, 'Publish (Stub)'));
			const { pictures, sounds } = await contentOf(await examples.file(film, 'data'));
			// Each of the two frames that the next clip begins with is shown once.
			const { pictures: ofClip } = await contentOf(sampleVideo);
			expect(ofClip).toHaveLength(72);
			expect(pictures).toHaveLength(3 * 72 - 2);
			// Two seconds of music are repeated up to the film's end.
			const { timestamp = 0, duration = 0 } = sounds.at(-1) ?? {};
			expect(timestamp + duration).toBeCloseTo(214 / 24, 1);
			const [first, second, third] = scenes;
			expect(film.json.description).toBe(`00:00 ${first}\n00:02 ${second}\n00:05 ${third}`);
		},
		TIMEOUT_MS,
	);
});

test(
	'11: behind a scene that fails nothing is ordered, joined or published',
	async () => {
		const scenes = ['harbour one', 'harbour two [fail]', 'harbour three'];
		const id = await examples.start(FILE, story(undefined, scenes));
		const execution = await finishedExecution(examples.stage, id, TIMEOUT_MS);
		expect(examples.vendorsAskedFor('harbour')).toHaveLength(2);
		expect(runsOf(execution, 'Film')).toEqual([]);
		const { description } = execution.data.resultData.error ?? {};
		expect(description).toContain('(chainEnded)');
	},
	TIMEOUT_MS,
);

test(
	'11: n8n’s retry goes on from the last good clip, and pays for nothing twice',
	async () => {
		const { client, sandbox } = examples.stage;
		sandbox.addFault({
			operation: 'create',
			effect: { kind: 'failTask' },
			everyNth: 2,
			times: 1,
		});
		const id = await examples.start(FILE, story(undefined, ['bridge 1', 'bridge 2', 'bridge 3']));
		const [failed] = await finishedExecutions(examples.stage, [id], TIMEOUT_MS);
		expect(failed?.status).toBe('error');
		sandbox.clearFaults();
		const [first, lost] = sandbox.tasks().slice(-2);

		const { id: retriedId } = await client.retryExecution(id);
		const execution = await examples.succeeded(retriedId);
		expect(examples.vendorsAskedFor('bridge')).toHaveLength(4);
		const clips = rowsOf(execution, 'Clips');
		expect(clips[0]?.taskId).toBe(first?.taskId);
		expect(clips.map(({ taskId }) => taskId)).not.toContain(lost?.taskId);
		const frame = String(clips[0]?.lastFrameUrl);
		expect(JSON.stringify(examples.inputOf(clips[1]?.taskId))).toContain(frame);
		const film = only(outputOf(execution, 'Publish (Stub)'));
		const { pictures } = await contentOf(await examples.file(film, 'data'));
		expect(pictures).toHaveLength(3 * 72 - 2);
	},
	TIMEOUT_MS,
);
