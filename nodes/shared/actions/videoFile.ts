import { safeFileName } from '../domain/fileName';
import { withoutUndefined, toJson } from '../domain/json';
import { mp4 } from '../domain/mediaFile';
import { fileInput, fileOption, fileParameter } from '../domain/ownParameters';
import { fail, ok, type Result } from '../domain/result';
import { readClip, type Clip } from '../film/clip';
import {
	cutClip,
	infoOf,
	joinClips,
	setSoundtrack,
	toMs,
	type Film,
	type VideoFacts,
} from '../film/film';
import type { FilmProblem } from '../film/fit';
import type { Chapter } from '../film/plan';
import { readSoundFile } from '../film/soundFile';
import type { NodeInput } from '../host/readers';
import type { FilmOutput, FilmResult, ItemProblem, Output, StoredFile } from '../host/rows';
import type { FilmRun } from '../host/run';
import { itemIndexesOf, readText, readingItem } from '../orders/parameters';
import { problemOfInput } from '../tasks/problems';
import { readFile, storeFilm, type FileInput, type GivenFile } from './filmFiles';

/** Joins, cuts and measures video files; nothing leaves n8n. */
export async function runVideoFile(run: FilmRun): Promise<FilmOutput[]> {
	const operation = readText(run, fileParameter.operation.name, 0, fileParameter.operation.default);
	const groups = operation === 'join' ? groupsOf(run) : singleItems(run);
	const results: FilmResult[] = [];
	for (const group of groups) {
		results.push({ items: group.items, result: await runOn(run, operation, group) });
		run.stopSignal?.throwIfAborted();
	}
	return run.settleFilms(results);
}

interface Group {
	items: number[];
	/** The value of Group By, where the user set it. */
	name?: string;
}

const singleItems = (input: NodeInput): Group[] =>
	itemIndexesOf(input).map((itemIndex) => ({ items: [itemIndex] }));

/** One group for each value of Group By, in the order in which they first come. */
function groupsOf(input: NodeInput): Group[] {
	const groups = new Map<string, number[]>();
	for (const itemIndex of itemIndexesOf(input)) {
		const name = readText(input, `options.${fileOption.groupBy.name}`, itemIndex);
		groups.set(name, [...(groups.get(name) ?? []), itemIndex]);
	}
	return [...groups].map(([name, items]) => (name === '' ? { items } : { items, name }));
}

/** Work on the items of one row. */
type Work<T> = Promise<Result<T, ItemProblem>>;

async function runOn(run: FilmRun, operation: string, group: Group): Work<Output> {
	const [itemIndex = 0] = group.items;
	if (operation === 'join') return await join(run, group);
	const clip = await readVideo(run, itemIndex, 'The video');
	if (!clip.ok) return clip;
	if (operation === 'setSound') return await setSound(run, itemIndex, clip.value);
	if (operation === 'cut') return await cut(run, itemIndex, clip.value);
	return ok(getInfo(run, itemIndex, clip.value));
}

async function join(run: FilmRun, { items, name }: Group): Work<Output> {
	const [first = 0] = items;
	const given: Video[] = [];
	for (const [index, itemIndex] of items.entries()) {
		const clip = await readVideo(run, itemIndex, `Clip ${index + 1}`);
		if (!clip.ok) return clip;
		given.push(clip.value);
	}
	const film = await joinClips(
		given.map(({ clip }) => clip),
		{
			joinAnyway: isOn(run, 'joinAnyway', first),
			dropRepeatedFrame: isOn(run, 'dropRepeatedFrame', first),
		},
	);
	if (!film.ok) return failAt(items[film.error.clip ?? 0] ?? first, film.error);
	return await putOut(run, film.value, items, given, { group: name });
}

async function setSound(run: FilmRun, itemIndex: number, video: Video): Work<Output> {
	const file = await readGiven(run, fileInput.sound, itemIndex);
	if (!file.ok) return file;
	const sound = await readSoundFile(file.value);
	if (!sound.ok) return failAt(itemIndex, flawOf('The sound', sound.error));
	const startSeconds = Number(run.parameter('options.startSeconds', itemIndex, 0)) || 0;
	const film = await setSoundtrack(video.clip, {
		file: file.value,
		sound: sound.value,
		startSeconds,
		loop: isOn(run, 'loop', itemIndex),
	});
	if (!film.ok) return failAt(itemIndex, film.error);
	return await putOut(run, film.value, [itemIndex], [video, file.value]);
}

async function cut(run: FilmRun, itemIndex: number, video: Video): Work<Output> {
	const secondsOf = (name: string) => Number(run.parameter(name, itemIndex, 0)) || 0;
	const toEnd = secondsOf('toSeconds') === 0;
	const to = toEnd ? video.clip.durationSeconds : secondsOf('toSeconds');
	const film = await cutClip(video.clip, secondsOf('fromSeconds'), to);
	if (!film.ok) return failAt(itemIndex, film.error);
	const { fromSeconds, toSeconds } = film.value;
	return await putOut(run, film.value, [itemIndex], [video], { fromSeconds, toSeconds });
}

function getInfo(run: FilmRun, itemIndex: number, { clip }: Video): Output {
	const { pictures, sound, durationSeconds } = clip;
	const chapters = [{ startSeconds: 0, durationSeconds }];
	const row = rowOf(run, infoOf(clip), chapters, [itemIndex]);
	const codecs = { videoCodec: pictures.config.codec, soundCodec: sound?.config.codec };
	const binary = run.items()[itemIndex]?.binary;
	const json = toJson({ ...row, ...withoutUndefined(codecs) });
	return binary === undefined ? { json } : { json, binary };
}

/** A clip and the file of n8n's that it stands in. */
interface Video {
	clip: Clip;
	stored: StoredFile;
}

async function readVideo(run: FilmRun, itemIndex: number, name: string): Work<Video> {
	const file = await readGiven(run, fileInput.video, itemIndex);
	if (!file.ok) return file;
	const clip = await readClip(file.value);
	if (!clip.ok) return failAt(itemIndex, flawOf(name, clip.error));
	return ok({ clip: clip.value, stored: file.value.stored });
}

async function readGiven(run: FilmRun, input: FileInput, itemIndex: number): Work<GivenFile> {
	const file = await readingItem(async () => await readFile(run, input, itemIndex));
	return file.ok ? file : fail({ itemIndex, problem: file.error });
}

const flawOf = (name: string, flaw: string): FilmProblem => ({
	message: `${name} ${flaw}`,
	fix: 'Check the file that goes into the node; nothing was put out.',
});

const failAt = (itemIndex: number, { message, fix }: FilmProblem) =>
	fail({ itemIndex, problem: problemOfInput(message, fix) });

const isOn = (input: NodeInput, option: string, itemIndex: number): boolean =>
	input.parameter(`options.${option}`, itemIndex, false) === true;

/** Writes a film and makes its row. */
async function putOut(
	run: FilmRun,
	film: Film,
	items: readonly number[],
	inputs: ReadonlyArray<{ stored: StoredFile }>,
	more: object = {},
): Work<Output> {
	const [itemIndex = 0] = items;
	const name = safeFileName(readText(run, 'options.fileName', itemIndex)) || 'film';
	const fileName = `${name}.${mp4.extension}`;
	const files = inputs.map(({ stored }) => stored);
	const stored = await storeFilm(run, film, files, fileName);
	if (!stored.ok) return fail({ itemIndex, problem: stored.error });
	for (const message of film.hints) run.hint(message);
	const property = readText(run, 'binaryPropertyName', itemIndex, 'data') || 'data';
	const row = rowOf(run, film.facts, film.chapters, items);
	return ok({
		json: toJson({ ...row, ...withoutUndefined(more) }),
		binary: { [property]: stored.value },
	});
}

/** The row of the contract: what the film is, and where which clip stands in it. */
function rowOf(
	input: NodeInput,
	facts: VideoFacts,
	chapters: readonly Chapter[],
	items: readonly number[],
) {
	const clips = chapters.map(({ startSeconds, durationSeconds }, index) => {
		const item = items[index] ?? 0;
		const taskId = input.items()[item]?.json.taskId;
		return {
			item,
			startSeconds: toMs(startSeconds),
			durationSeconds: toMs(durationSeconds),
			...(typeof taskId === 'string' ? { taskId } : {}),
		};
	});
	return { ...facts, clips };
}
