import fc from 'fast-check';
import type { Clip, Packet } from '../../../nodes/shared/film/clip';
import { planFilm, wholeClip } from '../../../nodes/shared/film/plan';
import { fileOf } from '../../clips/clips.mts';

const SAMPLE_RATE = 44_100;
const FRAME_SECONDS = 1024 / SAMPLE_RATE;

const packet = (timestamp: number, duration: number, isKey = true): Packet => ({
	timestamp,
	duration,
	isKey,
	byteLength: 10,
});

/** A clip of so many pictures, with sound that lasts longer or shorter, or begins later, than they do. */
function clipOf(
	frames: number,
	frameRate: number,
	sounds: number | undefined,
	lateSeconds = 0,
): Clip {
	const clip: Clip = {
		file: fileOf(new Uint8Array()),
		startSeconds: 0,
		durationSeconds: frames / frameRate,
		pictures: {
			codec: 'avc',
			config: { codec: 'avc1.64000a', codedWidth: 64, codedHeight: 64 },
			width: 64,
			height: 64,
			rotation: 0,
			shownWidth: 64,
			shownHeight: 64,
			frameRate,
			packets: Array.from({ length: frames }, (_, index) =>
				packet(index / frameRate, 1 / frameRate, index === 0),
			),
		},
	};
	if (sounds === undefined) return clip;
	const config = { codec: 'mp4a.40.2', sampleRate: SAMPLE_RATE, numberOfChannels: 2 };
	// As encoders do it: the first frame lies before the first picture.
	const packets = Array.from({ length: sounds }, (_, index) =>
		packet((index - 1) * FRAME_SECONDS + lateSeconds, FRAME_SECONDS),
	);
	const description = Uint8Array.from([0x12, 0x10]);
	return {
		...clip,
		sound: { codec: 'aac', config: { ...config, description }, packets, headerBytes: 0 },
	};
}

const clips = fc.array(
	fc.record({
		frames: fc.integer({ min: 1, max: 400 }),
		frameRate: fc.constantFrom(24, 25, 30, 24000 / 1001),
		sounds: fc.option(fc.integer({ min: 1, max: 600 }), { nil: undefined }),
		lateMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2000 })),
	}),
	{ minLength: 1, maxLength: 40 },
);

test('sound and pictures of every clip stay within half a frame of each other, to the end', () => {
	fc.assert(
		fc.property(clips, (given) => {
			const made = given.map(({ frames, frameRate, sounds, lateMs }) =>
				clipOf(frames, frameRate, sounds, lateMs / 1000),
			);
			const [first, ...others] = made.map(wholeClip);
			if (first === undefined) return;
			const plan = planFilm([first, ...others], { bringsSettings: false });
			const sounds = plan.samples.filter(({ track }) => track === 'sound');
			// One expectation for all: there are thousands of frames.
			const delays = sounds.flatMap(({ origin, timestamp }) => {
				if ('bytes' in origin) return [];
				const heardAt = made[origin.input]?.sound?.packets[origin.index]?.timestamp ?? NaN;
				const beginsAt = plan.chapters[origin.input]?.startSeconds ?? NaN;
				return Math.abs(timestamp - beginsAt - heardAt);
			});
			expect(delays.filter((delay) => !(delay < FRAME_SECONDS * 0.501))).toEqual([]);
			const isOff = ({ timestamp }: { timestamp: number }, index: number) =>
				Math.abs(timestamp - index * FRAME_SECONDS) > 1e-6;
			expect(sounds.filter(isOff)).toEqual([]);
			const missing = plan.durationSeconds - sounds.length * FRAME_SECONDS;
			if (plan.sound !== undefined) {
				expect(missing).toBeGreaterThan(-0.001);
				expect(missing).toBeLessThan(FRAME_SECONDS);
			}
			const pictures = plan.samples.filter(({ track }) => track === 'pictures');
			expect(pictures.length).toBe(given.reduce((sum, { frames }) => sum + frames, 0));
		}),
		{ numRuns: 100, seed: 1 },
	);
});

test('sound lies in the file near the pictures that it belongs to', () => {
	const plan = planFilm([wholeClip(clipOf(240, 24, 430)), wholeClip(clipOf(240, 24, undefined))], {
		bringsSettings: false,
	});
	let pictureAt = 0;
	let apart = 0;
	for (const { track, timestamp } of plan.samples) {
		if (track === 'pictures') pictureAt = timestamp;
		else apart = Math.max(apart, Math.abs(timestamp - pictureAt));
	}
	expect(apart).toBeLessThan(0.07);
});
