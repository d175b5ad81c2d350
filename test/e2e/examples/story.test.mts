import { sampleVideo } from '../../../sandbox/media/embedded.mts';
import { outputOf, type Execution } from '../../../lab/n8nClient.mts';
import type { VendorId } from '../stage.mts';
import { only, rowsOf, runsOf, TIMEOUT_MS, useExamples } from './examples.mts';

const FILE = '04a-story.json';
const JOINED = '04b-story-joined.json';

const examples = useExamples();

interface Clip {
	number: number;
	scene: string;
	status: string;
	taskId?: string;
	videoUrl?: string;
	error?: string;
}

const story = (scenes: string[], startImageUrl = '') => ({
	parameters: { Story: { jsonOutput: JSON.stringify({ startImageUrl, scenes }) } },
});

const clipsOf = (execution: Execution) =>
	only(outputOf(execution, 'Whole Story')).json as { isComplete: boolean; clips: Clip[] };

const numbered = (label: string, count: number) =>
	Array.from({ length: count }, (_, index) => `${label}, scene ${index + 1}`);

describe.each<[VendorId | undefined, string]>([
	[undefined, 'byteplus'],
	['kie', 'kie'],
])('04a, %s', (vendor, provider) => {
	test(
		'each clip starts from the last frame of the one before',
		async () => {
			const scenes = numbered(provider, 4);
			const execution = await examples.run(FILE, { vendor, ...story(scenes) });
			const clips = rowsOf(execution, 'Clips in Order');
			expect(clips).toMatchObject(
				scenes.map((scene, index) => ({
					number: index + 1,
					scene,
					provider,
					status: 'succeeded',
					lastFrameUrl: expect.stringContaining('.png'),
				})),
			);
			clips.forEach(({ taskId }, index) => {
				const asked = JSON.stringify(examples.inputOf(taskId));
				expect(asked).toContain(scenes[index]);
				const frame = String(clips[index - 1]?.lastFrameUrl);
				if (index > 0) expect(asked).toContain(frame);
				else expect(asked).not.toContain('.png');
			});
			for (const item of outputOf(execution, 'Clips in Order')) {
				expect(await examples.file(item, 'data')).toEqual(sampleVideo);
			}
			const whole = clipsOf(execution);
			expect(whole.isComplete).toBe(true);
			expect(whole.clips.map(({ videoUrl }) => videoUrl)).toEqual(
				clips.map(({ videoUrl }) => videoUrl),
			);
		},
		TIMEOUT_MS,
	);

	test(
		'a scene that fails: nothing behind it is ordered, and the rest goes on from there',
		async () => {
			const [first = '', second = '', third = '', fourth = ''] = numbered(`broken ${provider}`, 4);
			const scenes = [first, `${second} [fail]`, third, fourth];
			const { isComplete, clips } = clipsOf(await examples.run(FILE, { vendor, ...story(scenes) }));
			expect(isComplete).toBe(false);
			expect(clips).toMatchObject([
				{ number: 1, status: 'succeeded', scene: first },
				{ number: 2, status: 'failed', error: expect.stringContaining('could not generate') },
				{ number: 3, status: 'not ordered', error: 'A clip before it is missing' },
				{ number: 4, status: 'not ordered', error: 'A clip before it is missing' },
			]);
			expect(examples.vendorsAskedFor(`broken ${provider}`)).toHaveLength(2);

			const frame = examples.stage.sandbox.url + '/media/sample.png';
			const rest = await examples.run(FILE, { vendor, ...story([third, fourth], frame) });
			expect(clipsOf(rest)).toMatchObject({
				isComplete: true,
				clips: [
					{ number: 1, scene: third },
					{ number: 2, scene: fourth },
				],
			});
			expect(runsOf(rest, 'First Clip')).toEqual([]);
			const [begun] = rowsOf(rest, 'Clips in Order');
			expect(JSON.stringify(examples.inputOf(begun?.taskId))).toContain(frame);
		},
		TIMEOUT_MS,
	);
});

test(
	'a vendor without last frames: one clip is paid for, and the row says what to choose',
	async () => {
		const execution = await examples.run(FILE, {
			vendor: 'aimlapi',
			...story(numbered('frameless', 3)),
		});
		const { isComplete, clips } = clipsOf(execution);
		expect(isComplete).toBe(false);
		expect(clips).toMatchObject([
			{ status: 'succeeded' },
			{ status: 'not ordered', error: expect.stringContaining('Return Last Frame') },
			{ status: 'not ordered' },
		]);
		expect(examples.vendorsAskedFor('frameless')).toEqual(['aimlapi']);
	},
	TIMEOUT_MS,
);

test(
	'a story of one scene, and one of none',
	async () => {
		const one = await examples.run(FILE, story(['alone']));
		expect(clipsOf(one)).toMatchObject({ isComplete: true, clips: [{ scene: 'alone' }] });
		const none = await examples.run(FILE, story([]));
		expect(runsOf(none, 'Loop Over Scenes')).toEqual([]);
		expect(runsOf(none, 'Whole Story')).toEqual([]);
	},
	TIMEOUT_MS,
);

describe.each<[VendorId | undefined, string]>([
	[undefined, 'byteplus'],
	['kie', 'kie'],
])('04b, %s', (vendor, provider) => {
	test(
		'the clips become one film',
		async () => {
			const execution = await examples.run(JOINED, { vendor, ...story(numbered(provider, 3)) });
			const film = only(outputOf(execution, 'Film'));
			const bytes = await examples.file(film, 'data');
			expect(durationMsOf(bytes)).toBeCloseTo(3 * durationMsOf(sampleVideo), -3);
			expect(film.json).toMatchObject({ bytes: bytes.length, clips: [{}, {}, {}] });
		},
		TIMEOUT_MS,
	);
});

test(
	'04b: an incomplete story is not joined',
	async () => {
		const execution = await examples.run(JOINED, story(['half', 'lost [fail]']));
		expect(clipsOf(execution).isComplete).toBe(false);
		expect(runsOf(execution, 'Film')).toEqual([]);
	},
	TIMEOUT_MS,
);

/** From the movie header of an mp4, version 0. */
function durationMsOf(mp4: Buffer): number {
	const header = mp4.indexOf('mvhd') + 4;
	expect(header).toBeGreaterThan(4);
	return (1000 * mp4.readUInt32BE(header + 16)) / mp4.readUInt32BE(header + 12);
}
