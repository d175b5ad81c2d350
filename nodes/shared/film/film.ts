import { fileOption, fileParameter } from '../domain/ownParameters';
import { reasonOf } from '../domain/json';
import { fail, ok, type Result } from '../domain/result';
import { LEAST_SECONDS, type Clip } from './clip';
import { cutOut } from './cut';
import { checkFit, type FilmProblem } from './fit';
import { MAX_SAMPLES } from './limits';
import {
	planFilm,
	soundFramesIn,
	wholeClip,
	type Chapter,
	type Piece,
	type Plan,
	type Soundtrack,
} from './plan';
import { layOut, writeFilm, type Layout } from './write';

/** What a video file holds, as rows tell it. */
export interface VideoFacts {
	durationSeconds: number;
	width: number;
	height: number;
	frameRate: number;
	hasSound: boolean;
	bytes: number;
}

/** A film of which everything is known but nothing is written yet. */
export interface Film {
	plan: Plan;
	layout: Layout;
	facts: VideoFacts;
	chapters: readonly Chapter[];
	hints: readonly string[];
}

/** Seconds as rows tell them, to the thousandth. */
export const toMs = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** A film's bytes, piece by piece. */
export const chunksOf = (
	{ plan, layout }: Film,
	stopSignal?: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> => writeFilm(plan, layout, stopSignal);

/** Clips behind each other, frame by frame as they are. */
export async function joinClips(
	clips: readonly Clip[],
	options: { joinAnyway: boolean; dropRepeatedFrame: boolean },
): Promise<Result<Film, FilmProblem>> {
	const fit = checkFit(clips, options);
	if (!fit.ok) return fit;
	const { differsInSettings, hints } = fit.value;
	const [first, ...others] = clips.map((clip, index): Piece => {
		const isLast = index === clips.length - 1;
		if (!options.dropRepeatedFrame || isLast) return wholeClip(clip);
		if (isLastDispensable(clip)) return withoutLast(clip);
		hints.push(
			`The last frame of clip ${index + 1} stays, because others are made from it; the next clip shows it once more.`,
		);
		return wholeClip(clip);
	});
	if (first === undefined) return fail({ message: 'There is no clip', fix: 'Send a video.' });
	return await toFilm([first, ...others], { bringsSettings: differsInSettings }, hints);
}

const withoutLast = (clip: Clip): Piece => ({
	clip,
	pictures: [...clip.pictures.packets.keys()].slice(0, -1),
});

/** Whether the last frame that is shown is also decoded last: then nothing is made from it. */
function isLastDispensable({ pictures: { packets } }: Clip): boolean {
	const last = packets.at(-1);
	return (
		last !== undefined &&
		packets.length > 1 &&
		packets.every((packet) => packet === last || packet.timestamp < last.timestamp)
	);
}

/** A video with other sound. */
export async function setSoundtrack(
	clip: Clip,
	soundtrack: Soundtrack,
): Promise<Result<Film, FilmProblem>> {
	const fit = checkFit([clip], { joinAnyway: false });
	if (!fit.ok) return fit;
	if (soundtrack.startSeconds >= clip.durationSeconds) {
		return fail({
			message: `The sound would begin at second ${soundtrack.startSeconds}, and the video ends at ${toMs(clip.durationSeconds)}`,
			fix: `Set '${fileOption.startSeconds.label}' to a second of the video.`,
		});
	}
	return await toFilm([wholeClip(clip)], { bringsSettings: false, soundtrack }, []);
}

/** A part of a video, and where it lies in it. */
export async function cutClip(
	clip: Clip,
	fromSeconds: number,
	toSeconds: number,
): Promise<Result<Film & { fromSeconds: number; toSeconds: number }, FilmProblem>> {
	const cut = cutOut(clip, fromSeconds, toSeconds);
	if (cut === undefined) {
		return fail({
			message: `There is nothing from second ${fromSeconds} to ${toSeconds}: the video has ${toMs(clip.durationSeconds)} seconds`,
			fix: `Correct '${fileParameter.fromSeconds.label}' and '${fileParameter.toSeconds.label}'.`,
		});
	}
	const places = { fromSeconds: toMs(cut.fromSeconds), toSeconds: toMs(cut.toSeconds) };
	const isElsewhere =
		Math.abs(places.fromSeconds - fromSeconds) > 1 / clip.pictures.frameRate ||
		(toSeconds < clip.durationSeconds &&
			Math.abs(places.toSeconds - toSeconds) > 1 / clip.pictures.frameRate);
	const hints = isElsewhere
		? [
				`The part reaches from second ${places.fromSeconds} to ${places.toSeconds}: without a new encoding a video begins with a picture that needs no other one, and ends where none is missing.`,
			]
		: [];
	const film = await toFilm([cut.piece], { bringsSettings: false }, hints);
	return film.ok ? ok({ ...film.value, ...places }) : film;
}

/** A clip as it is. */
export const infoOf = ({ file, pictures, sound, durationSeconds }: Clip): VideoFacts => ({
	durationSeconds: toMs(durationSeconds),
	width: pictures.shownWidth,
	height: pictures.shownHeight,
	frameRate: pictures.frameRate,
	hasSound: sound !== undefined,
	bytes: file.size,
});

async function toFilm(
	pieces: readonly [Piece, ...Piece[]],
	options: Parameters<typeof planFilm>[1],
	hints: readonly string[],
): Promise<Result<Film, FilmProblem>> {
	if (pieces.reduce((sum, { pictures }) => sum + pictures.length, 0) > MAX_SAMPLES) {
		return fail({
			message: `The film would have more than ${MAX_SAMPLES} pictures`,
			fix: 'Make several films of fewer clips each.',
		});
	}
	// A broken clip may say that one picture lasts for days; silence under it would take all memory.
	if (soundFramesIn(pieces, options.soundtrack) > MAX_SAMPLES) {
		return fail({
			message: 'The film would have more sound than two hours take',
			fix: "Check the clips with this node's operation Get Info: a broken one may tell a wrong length.",
		});
	}
	const plan = planFilm(pieces, options);
	const fix = 'Check the file; nothing was put out.';
	if (plan.durationSeconds < LEAST_SECONDS) {
		return fail({ message: 'The film would have no length', fix });
	}
	const [laidOut] = await Promise.allSettled([layOut(plan)]);
	if (laidOut.status === 'rejected') return fail({ message: reasonOf(laidOut.reason), fix });
	const layout = laidOut.value;
	const { pictures } = plan.lead;
	const facts: VideoFacts = {
		durationSeconds: toMs(plan.durationSeconds),
		width: pictures.shownWidth,
		height: pictures.shownHeight,
		frameRate: rateOf(plan),
		hasSound: plan.sound !== undefined,
		bytes: layout.bytes,
	};
	return ok({ plan, layout, facts, chapters: plan.chapters, hints });
}

function rateOf({ samples, durationSeconds }: Plan): number {
	const count = samples.filter(({ track }) => track === 'pictures').length;
	return Math.round((count / durationSeconds) * 1000) / 1000;
}
