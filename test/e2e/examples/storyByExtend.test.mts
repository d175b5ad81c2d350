import { outputOf } from '../../../lab/n8nClient.mts';
import type { VendorId } from '../stage.mts';
import { only, rowsOf, TIMEOUT_MS, useExamples } from './examples.mts';

const examples = useExamples();

test.each<[VendorId | undefined, string]>([
	[undefined, 'fal'],
	['wavespeed', 'wavespeed'],
])(
	'11, %s: each clip goes on with the one before, and a film of all',
	async (vendor, provider) => {
		const execution = await examples.run('15-story-by-extend.json', { vendor });
		const clips = ['First Clip', 'Second Clip', 'Third Clip'].flatMap((name) =>
			rowsOf(execution, name),
		);
		expect(clips).toMatchObject([1, 2, 3].map(() => ({ provider, status: 'succeeded' })));
		clips.slice(1).forEach(({ taskId }, index) => {
			const asked = JSON.stringify(examples.inputOf(taskId));
			expect(asked).toContain(String(clips[index]?.videoUrl));
		});
		const film = only(outputOf(execution, 'Film'));
		expect(film.json).toMatchObject({ durationSeconds: 9 });
		expect(film.binary?.data?.fileName).toBe('story.mp4');
	},
	TIMEOUT_MS,
);
