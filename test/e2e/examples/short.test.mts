import { sampleImage, sampleVideo } from '../../../sandbox/media/embedded.mts';
import { outputOf } from '../../../lab/n8nClient.mts';
import { contentOf } from '../../clips/clips.mts';
import type { VendorId } from '../stage.mts';
import { only, rowsOf, TIMEOUT_MS, useExamples } from './examples.mts';

const examples = useExamples();

describe.each<[VendorId | undefined, string]>([
	[undefined, 'openrouter'],
	['fal', 'fal'],
])('12, %s', (vendor, provider) => {
	test(
		'idea, script, a picture and a clip for each scene, a film, and a voice under it',
		async () => {
			const execution = await examples.run('12-faceless-short.json', { vendor });
			const scenes = rowsOf(execution, 'Scenes');
			expect(scenes).toHaveLength(3);
			expect(examples.openAi.pictures).toEqual(
				expect.arrayContaining(scenes.map(({ picture }) => picture)),
			);
			for (const item of outputOf(execution, 'Pictures as Files')) {
				expect(await examples.file(item, 'picture')).toEqual(sampleImage);
			}
			const clips = rowsOf(execution, 'Clips');
			expect(clips.map((clip) => [clip.provider, clip.prompt, clip.status])).toEqual(
				scenes.map(({ motion }) => [provider, motion, 'succeeded']),
			);
			const said = scenes.map(({ say }) => say).join(' ');
			expect(examples.openAi.spoken).toContain(said);

			const film = only(outputOf(execution, 'Publish (Stub)'));
			const { pictures, sounds } = await contentOf(await examples.file(film, 'data'));
			expect(pictures).toHaveLength(3 * (await contentOf(sampleVideo)).pictures.length);
			// The voice speaks for two seconds, once.
			const { timestamp = 0, duration = 0 } = sounds.at(-1) ?? {};
			expect(timestamp + duration).toBeGreaterThan(1.9);
			expect(timestamp + duration).toBeLessThan(2.2);
			expect(film.json).toMatchObject({
				published: true,
				title: 'Three things that nobody knows about lighthouses.',
				description: scenes.map(({ say }, index) => `00:0${3 * index} ${say}`).join('\n'),
			});
		},
		TIMEOUT_MS,
	);
});
