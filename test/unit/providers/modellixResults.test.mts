import { answer, lookAt, providerOf, errorOf, valueOf, expectNoVideoYet } from '../helpers.mts';

const { vendor } = providerOf('modellix');

const done = (resources: unknown[]) =>
	answer({ code: 0, data: { task_id: 'x', status: 'success', result: { resources } } });

const video = { url: 'https://media.example/1', type: 'video' };
const image = { url: 'https://media.example/2', type: 'image' };

describe('which resource is the video, and which the last frame', () => {
	test.each<[string, unknown[], { videoUrl: string; lastFrameUrl?: string }]>([
		['by type', [video, image], { videoUrl: video.url, lastFrameUrl: image.url }],
		['by type, the image first', [image, video], { videoUrl: video.url, lastFrameUrl: image.url }],
		[
			'by type, whatever the address looks like',
			[
				{ url: 'https://media.example/frame.png', type: 'video' },
				{ url: 'https://media.example/clip.mp4', type: 'image' },
			],
			{
				videoUrl: 'https://media.example/frame.png',
				lastFrameUrl: 'https://media.example/clip.mp4',
			},
		],
		[
			'a picture for a list of videos is neither',
			[video, { url: 'https://media.example/1/thumbnail.png', type: 'image' }, image],
			{ videoUrl: video.url, lastFrameUrl: image.url },
		],
		[
			'a third type is neither',
			[{ url: 'https://media.example/sound', type: 'audio' }, video],
			{ videoUrl: video.url },
		],
		[
			'by the ending, where no type is told',
			[{ url: 'https://media.example/frame.jpg?x=1' }, { url: 'https://media.example/clip' }],
			{
				videoUrl: 'https://media.example/clip',
				lastFrameUrl: 'https://media.example/frame.jpg?x=1',
			},
		],
		...['png', 'jpg', 'jpeg', 'webp', 'PNG'].map(
			(ending): [string, unknown[], { videoUrl: string; lastFrameUrl: string }] => [
				`by the ending ${ending}`,
				[`https://media.example/frame.${ending}`, 'https://media.example/clip.mp4'],
				{
					videoUrl: 'https://media.example/clip.mp4',
					lastFrameUrl: `https://media.example/frame.${ending}`,
				},
			],
		),
		[
			'an ending in the middle is none',
			['https://media.example/frame.png/clip'],
			{ videoUrl: 'https://media.example/frame.png/clip' },
		],
		['what is no resource is passed over', [null, 7, '', {}, video], { videoUrl: video.url }],
	])('%s', (_, resources, urls) => {
		const { videoUrl, lastFrameUrl } = valueOf(lookAt(vendor, done(resources)));
		expect({ videoUrl, lastFrameUrl }).toEqual({ lastFrameUrl: undefined, ...urls });
	});

	test.each([[[]], [[image]], [[{ url: 'https://media.example/sound', type: 'audio' }]]])(
		'a success without a video is looked at again: %j',
		(resources) => {
			expectNoVideoYet(valueOf(lookAt(vendor, done(resources))));
		},
	);
});

describe('the reason of a failure', () => {
	const failed = (task: object, message?: string) =>
		valueOf(
			lookAt(
				vendor,
				answer({ code: 0, message, data: { task_id: 'x', status: 'failed', ...task } }),
			),
		).failure;

	test.each([
		['the task’s error', { error: 'NSFW', message: 'Other' }, 'Answer', 'NSFW'],
		['the task’s message', { message: 'NSFW' }, 'Answer', 'NSFW'],
		['the answer’s message', {}, 'NSFW', 'NSFW'],
		['an error that is no text', { error: { code: 7 } }, 'Answer', '{"code":7}'],
		['no reason: the answer only says that it came', {}, 'success', 'no reason was given'],
		['no reason, in other letters', {}, 'Success', 'no reason was given'],
		['no word at all', {}, undefined, 'no reason was given'],
	])('%s', (_, task, message, reason) => {
		expect(failed(task, message)).toEqual({ message: reason });
	});
});

test('an order’s state is read, and a missing one means queued', () => {
	const created = (status?: string) =>
		valueOf(vendor.readCreated(answer({ code: 0, data: { task_id: 'x', status } })));
	expect(created()).toMatchObject({ taskId: 'x', status: 'queued' });
	expect(created('processing')).toMatchObject({ status: 'running' });
	expect(created()).not.toHaveProperty('unknownStatus');
});

test('a refused look keeps the vendor’s reason', () => {
	const refused = answer(
		{ code: 404, message: 'Task not found', data: { task_id: 'x', status: 'success' } },
		404,
	);
	expect(errorOf(lookAt(vendor, refused))).toMatchObject({
		kind: 'notFound',
		message: 'Task not found',
		vendorCode: '404',
	});
});
