import type { VideoRules } from '../domain/model';
import { HEAD_LENGTH, video } from '../domain/mediaFile';
import type { VideoInfo } from '../domain/mp4Info';
import { fail, ok, type Result } from '../domain/result';

/** What is known of a given video; what nobody has told is not there. */
export interface GivenVideo extends Partial<VideoInfo> {
	/** How a message about it begins. */
	named: string;
	bytes?: number;
}

export interface VideoRefused {
	message: string;
	fix: string;
}

/** So much more or less than documented is let through: a clip of four seconds has 4.04 of them. */
const TOLERANCE_SECONDS = 0.25;
const TOLERANCE_FRAMES = 0.5;

const CUT = 'Cut it with the node Seedance Video File (operation Cut), or choose another model.';

interface Bounds {
	min: number;
	max: number;
}

const isWithin = (value: number | undefined, bounds: Bounds | undefined, tolerance = 0): boolean =>
	value === undefined ||
	bounds === undefined ||
	(value >= bounds.min - tolerance && value <= bounds.max + tolerance);

/** What is wrong with a video by what its model documents: length, size, frame rate and bytes. */
export function findVideoProblem(
	vendorLabel: string,
	{ maxBytes = Infinity, seconds, frameRate, pixels, size }: VideoRules,
	{ named, bytes, durationSeconds, width, height, frameRate: rate }: GivenVideo,
): VideoRefused | undefined {
	if (bytes !== undefined && bytes > maxBytes) {
		const message = `${named} is too large for ${vendorLabel}`;
		return { message, fix: `It has ${bytes} bytes; at most ${maxBytes} are allowed.` };
	}
	if (seconds && !isWithin(durationSeconds, seconds, TOLERANCE_SECONDS)) {
		const message = `${named} has ${durationSeconds} seconds, and ${vendorLabel} takes ${seconds.min} to ${seconds.max} here`;
		return { message, fix: CUT };
	}
	if (frameRate && !isWithin(rate, frameRate, TOLERANCE_FRAMES)) {
		const message = `${named} has ${rate} pictures a second, and ${vendorLabel} takes ${frameRate.min} to ${frameRate.max}`;
		return {
			message,
			fix: 'Convert it to 24 or 30 pictures a second first, or choose another model.',
		};
	}
	if (width === undefined || height === undefined) return undefined;
	const { minSidePx = 0, maxSidePx = Infinity, minRatio = 0, maxRatio = Infinity } = size ?? {};
	const isGood =
		Math.min(width, height) >= minSidePx &&
		Math.max(width, height) <= maxSidePx &&
		isWithin(width / height, { min: minRatio, max: maxRatio }) &&
		isWithin(width * height, pixels);
	if (isGood) return undefined;
	const rules = [
		size && `each side must have ${minSidePx} to ${maxSidePx} pixels`,
		size && `width divided by height must lie between ${minRatio} and ${maxRatio}`,
		pixels && `width times height between ${pixels.min} and ${pixels.max}`,
	].filter((rule) => rule !== undefined);
	const message = `${named} has a size that ${vendorLabel} does not take: ${width} × ${height} pixels`;
	return { message, fix: `By its documentation, ${rules.join(', ')}.` };
}

/** The whole file as it passes by: what it is by its bytes, and what its own index says. */
export async function readVideoFile(
	chunks: AsyncIterable<Uint8Array>,
): Promise<{ mimeType: string | undefined; isWhole: boolean; info: VideoInfo | undefined }> {
	const reader = video.readWhole();
	let head = Buffer.alloc(0);
	for await (const chunk of chunks) {
		const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
		if (head.length < HEAD_LENGTH) head = Buffer.concat([head, bytes]).subarray(0, HEAD_LENGTH);
		reader.read(bytes);
	}
	const type = video.typeOf(head);
	const isWhole = type !== undefined && reader.end() !== 'broken';
	return { mimeType: type?.mimeType, isWhole, info: reader.info?.() };
}

/** Checks a video file by its own bytes; gives its MIME type. */
export function checkVideoFile(
	vendorLabel: string,
	rules: VideoRules,
	given: GivenVideo & { claimed: string },
	read: Awaited<ReturnType<typeof readVideoFile>>,
): Result<string, VideoRefused> {
	const { named, claimed } = given;
	const { mimeType = claimed, isWhole, info } = read;
	const isTaken = rules.mimeTypes?.includes(mimeType) ?? mimeType.startsWith('video/');
	if (!isTaken) {
		return fail({
			message: `${named} is not a video that ${vendorLabel} takes (${mimeType || 'of no type'})`,
			fix: 'Use an MP4 or MOV file.',
		});
	}
	if (read.mimeType !== undefined && !isWhole) {
		return fail({
			message: `${named} is damaged: the video in it is not whole`,
			fix: 'Play it, and look at the node that made or downloaded it.',
		});
	}
	const problem = findVideoProblem(vendorLabel, rules, { ...info, ...given });
	return problem === undefined ? ok(mimeType) : fail(problem);
}
