import {
	checkVideoFile,
	findVideoProblem,
	readVideoFile,
} from '../../../nodes/shared/models/videoCheck';
import { videoRules } from '../../../nodes/shared/models/givenVideo';
import { sampleVideo } from '../../../sandbox/media/embedded.mts';
import { bytesOfClip, fileOf } from '../../clips/clips.mts';

const rules = { ...videoRules([4, 30], 200), pixels: { min: 407_696, max: 8_295_044 } };
const good = {
	named: 'It',
	bytes: 1000,
	durationSeconds: 5,
	width: 1280,
	height: 720,
	frameRate: 24,
};
const problem = (more: object) => findVideoProblem('Vendor', rules, { ...good, ...more });

test.each<[string, object, RegExp]>([
	['too short', { durationSeconds: 3.7 }, /^It has 3.7 seconds, and Vendor takes 4 to 30 here/],
	['too long', { durationSeconds: 30.3 }, /^It has 30.3 seconds/],
	['too large', { bytes: 200 * 1024 * 1024 + 1 }, /^It is too large for Vendor/],
	['too slow', { frameRate: 23 }, /^It has 23 pictures a second, and Vendor takes 24 to 60/],
	['too quick', { frameRate: 61 }, /^It has 61 pictures/],
	[
		'too small a side',
		{ width: 3000, height: 290 },
		/^It has a size that Vendor does not take: 3000 × 290/,
	],
	['too large a side', { width: 6001, height: 3000 }, /does not take/],
	['too wide', { width: 2600, height: 1000 }, /does not take/],
	['too narrow', { width: 1000, height: 2600 }, /does not take/],
	['too few pixels', { width: 640, height: 360 }, /does not take/],
	['too many pixels', { width: 4000, height: 3000 }, /does not take/],
])('a video that is %s', (_, more, message) => {
	expect(problem(more)?.message).toMatch(message);
	expect(problem(more)?.fix).toMatch(/\.$/);
});

test.each<[string, object]>([
	['as documented', {}],
	['a little shorter, as clips are', { durationSeconds: 3.9 }],
	['a little longer', { durationSeconds: 30.2 }],
	['that is shorter by just so much', { durationSeconds: 3.75 }],
	['that is longer by just so much', { durationSeconds: 30.25 }],
	['of the narrowest ratio', { width: 1000, height: 2500 }],
	['of the widest ratio', { width: 2500, height: 1000 }],
	['of 23.976 pictures a second', { frameRate: 23.976 }],
	[
		'of which nothing is known',
		{
			bytes: undefined,
			durationSeconds: undefined,
			width: undefined,
			height: undefined,
			frameRate: undefined,
		},
	],
])('a video %s is taken', (_, more) => {
	expect(problem(more)).toBeUndefined();
});

describe('a file', () => {
	const check = async (bytes: Buffer, claimed = 'video/mp4', some = {}) => {
		const read = await readVideoFile(await fileOf(bytes, 1000).open());
		return checkVideoFile('Vendor', some, { named: 'It', bytes: bytes.length, claimed }, read);
	};
	const types = { mimeTypes: ['video/mp4', 'video/quicktime'] };

	test('is what its bytes say', async () => {
		expect(await check(bytesOfClip('a.mov'), 'video/mp4', types)).toEqual({
			ok: true,
			value: 'video/quicktime',
		});
		expect(await check(sampleVideo, 'text/plain', types)).toEqual({ ok: true, value: 'video/mp4' });
	});

	test.each([
		['no video at all', Buffer.from('a text'), 'text/plain', /is not a video that Vendor takes/],
		['another container', Buffer.from('RIFF....AVI '), 'video/avi', /is not a video/],
		['half of one', sampleVideo.subarray(0, 9000), 'video/mp4', /is damaged/],
	])('%s', async (_, bytes, claimed, message) => {
		expect(await check(bytes, claimed, types)).toMatchObject({
			error: { message: expect.stringMatching(message) },
		});
	});

	test('of which the vendor tells no types is taken by its word', async () => {
		expect(await check(Buffer.from('webm'), 'video/webm')).toEqual({
			ok: true,
			value: 'video/webm',
		});
		expect(await check(Buffer.from('text'), 'text/plain')).toMatchObject({ ok: false });
	});

	test('is judged by its own length', async () => {
		const some = { seconds: { min: 4, max: 30 } };
		expect(await check(sampleVideo, 'video/mp4', some)).toMatchObject({
			error: { message: 'It has 3 seconds, and Vendor takes 4 to 30 here' },
		});
	});
});
