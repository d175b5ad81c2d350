import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { sampleImage } from '../../sandbox/media/embedded.mts';
import { useBench } from './bench.mts';

const bench = useBench();

const image = (mimeType = 'image/png', bytes = sampleImage): INodeExecutionData => ({
	json: {},
	binary: { data: { data: bytes.toString('base64'), mimeType, fileName: 'first.png' } },
});

const run = (
	parameters: IDataObject,
	items?: INodeExecutionData[],
	onError?: 'continueRegularOutput',
) =>
	bench.run({
		type: 'seedanceImageToVideo',
		parameters: { prompt: 'It sails', downloadVideo: false, ...parameters },
		items,
		onError,
	});

test('AI/ML API takes a file as a data URI', async () => {
	const { status } = await run({ provider: 'aimlapi', imageInputType: 'binary' }, [image()]);
	expect(status).toBe('success');
	expect(bench.creates()[0]?.json).toMatchObject({
		image_url: `data:image/png;base64,${sampleImage.toString('base64')}`,
	});
});

test('a file in another field', async () => {
	const item = { json: {}, binary: { frame: image().binary?.data ?? { data: '', mimeType: '' } } };
	const { status } = await run(
		{ provider: 'aimlapi', imageInputType: 'binary', imageBinaryPropertyName: 'frame' },
		[item],
	);
	expect(status).toBe('success');
});

test('AI/ML API takes a data URI as it is', async () => {
	const imageUrl = `data:image/png;base64,${sampleImage.toString('base64')}`;
	await run({ provider: 'aimlapi', imageUrl });
	expect(bench.creates()[0]?.json).toMatchObject({ image_url: imageUrl });
});

test.each([
	['apikley', { imageInputType: 'binary' }, /^Apikley takes images by URL only/],
	[
		'aimlapi',
		{ imageInputType: 'binary' },
		/is not an image that AI\/ML API takes \(text\/plain\)/,
	],
	['apikley', { imageUrl: 'data:image/png;base64,AA==' }, /^Image URL is damaged, or no image/],
	['apikley', { imageUrl: 'ftp://example.com/a.png' }, /^Image URL is not a web address/],
	['apikley', { imageUrl: '={{ $json.none }}' }, /Image URL/],
])('%s refuses %j before it is paid', async (provider, given, message) => {
	const { error } = await run({ provider, ...given }, [image('text/plain', Buffer.from('a text'))]);
	expect(error?.message).toMatch(message);
	expect(bench.sandbox().requests).toEqual([]);
});

test('an item without the file, with Continue On Fail: the others run', async () => {
	const { items } = await run(
		{ provider: 'aimlapi', imageInputType: 'binary' },
		[image(), { json: {} }, image()],
		'continueRegularOutput',
	);
	expect(items.map(({ json }) => json.status)).toEqual(['succeeded', undefined, 'succeeded']);
	expect(items[1]?.json.error).toEqual("The item does not have a file in field 'data'");
});
