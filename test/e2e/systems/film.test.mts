import { basename } from 'node:path';
import { useBrowser } from '../browsers.mts';
import { outputOf, type WorkflowNode } from '../../../lab/n8nClient.mts';
import { bytesOfClip } from '../../clips/clips.mts';
import { createChain, manualTrigger, setNode, splitNode, useSharedStage } from '../stage.mts';
import { playInBrowser } from './playback.mts';
import { useServer } from '../../servers.mts';

/** Films of H.264, because the browser of the tests has no H.265. */
const films: Record<string, string[]> = {
	plain: ['a.mp4', 'b-moov-last.mp4', 'a.mov'],
	'with and without sound': ['silent.mp4', 'a.mp4', 'silent.mp4'],
	'B-frames': ['bframes.mp4', 'bframes-fragmented.mp4', 'bframes.mp4'],
	'other settings': ['a.mp4', 'bframes.mp4', 'baseline.mp4', 'a.mp4'],
	'changing rate': ['changing.mp4', 'changing.mp4'],
};

const stage = useSharedStage();
const browser = useBrowser();
const url = useServer((request, response) => {
	response.setHeader('content-type', 'video/mp4');
	response.end(bytesOfClip(basename(request.url ?? '')));
});

const listNode = () =>
	setNode('Items', {
		prompts: Object.entries(films).flatMap(([film, clips]) =>
			clips.map((clip) => ({ film, url: `${url()}/${clip}` })),
		),
	});

const downloadNode: WorkflowNode = {
	name: 'Clips',
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	position: [600, 0],
	parameters: {
		url: '={{ $json.url }}',
		options: { response: { response: { responseFormat: 'file' } } },
	},
};

const filmNode: WorkflowNode = {
	name: 'Film',
	type: 'n8n-nodes-seedance.seedanceVideoFile',
	typeVersion: 1,
	position: [800, 0],
	parameters: {
		options: {
			groupBy: "={{ $('Split').item.json.film }}",
			joinAnyway: "={{ $('Split').item.json.film === 'other settings' }}",
		},
	},
};

test('films that n8n has joined play to their end in a browser, in the length that the row tells', async () => {
	const nodes = [manualTrigger, listNode(), splitNode, downloadNode, filmNode];
	const id = await createChain(stage, 'Films', nodes);
	const execution = await stage.client.waitForExecution(await stage.client.runManually(id));
	expect(execution.data.resultData.error).toBeUndefined();
	const items = outputOf(execution, 'Film');
	expect(items.map(({ json }) => json.group)).toEqual(Object.keys(films));
	for (const { json, binary } of items) {
		const { bytes } = await stage.client.binary(binary?.data?.id ?? '');
		expect(bytes.length).toBe(json.bytes);
		const played = await playInBrowser(browser(), bytes);
		expect([json.group, played]).toEqual([
			json.group,
			{
				seconds: expect.closeTo(Number(json.durationSeconds), 2),
				endedAt: expect.closeTo(Number(json.durationSeconds), 1),
				width: json.width,
				height: json.height,
			},
		]);
	}
});
