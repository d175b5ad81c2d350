import { sampleImage } from '../../../sandbox/media/embedded.mts';
import type { Execution } from '../../../lab/n8nClient.mts';
import { createChain, manualTrigger, useStage, seedanceNode } from '../stage.mts';
import { IMAGE_TO_VIDEO, pictureNode } from './systems.mts';

/** A vendor that takes images by their address only, and an n8n that can be reached by one. */
const PUBLIC_URL = 'https://n8n.example.com';

const stage = useStage({ env: { WEBHOOK_URL: `${PUBLIC_URL}/` } });
let execution: Execution;

beforeAll(async () => {
	const picture = pictureNode(`${stage.sandbox.url}/media/sample.png`);
	const seedance = seedanceNode(
		stage,
		'apikley',
		{
			model: 'bytedance/v1-pro-fast-image-to-video',
			prompt: 'A paper boat',
			imageInputType: 'binary',
			imageBinaryPropertyName: 'picture',
		},
		{ type: IMAGE_TO_VIDEO },
	);
	const nodes = [manualTrigger, picture, seedance];
	const id = await createChain(stage, 'A file for a vendor that takes none', nodes);
	execution = await stage.client.waitForExecution(await stage.client.runManually(id));
});

test('the vendor gets a link to n8n that opens without signing in', async () => {
	expect(execution.data.resultData.error).toBeUndefined();
	const create = stage.sandbox.requests.find(({ operation }) => operation === 'create');
	const body = create?.json as { input: { image_url: string } } | undefined;
	const link = new URL(body?.input.image_url ?? '');
	expect(link.origin).toBe(PUBLIC_URL);
	expect(link.pathname).toBe('/rest/binary-data/signed');
	const answer = await fetch(`${stage.n8n.url}${link.pathname}${link.search}`);
	expect(answer.status).toBe(200);
	expect(Buffer.from(await answer.arrayBuffer())).toEqual(sampleImage);
});

test('and the log tells it to nobody', () => {
	expect(stage.n8n.logs()).not.toContain('token=');
});
