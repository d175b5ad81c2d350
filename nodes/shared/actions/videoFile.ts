import type {
	IBinaryData,
	IExecuteFunctions,
	INodeExecutionData,
	NodeExecutionHint,
} from 'n8n-workflow';
import { safeFileName } from '../domain/fileName';
import { withoutUndefined, toJson } from '../domain/json';
import { mp4 } from '../domain/mediaFile';
import { fileOption, fileParameter } from '../domain/ownParameters';
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
import { onProblemOf, readOwn, readText, readingItem } from '../n8n/parameters';
import type { Output } from '../host/rows';
import { settleFilms, type FilmResult, type ItemProblem } from '../n8n/settleFilms';
import { stoppable } from '../n8n/stoppable';
import { readFile, soundInput, storeFilm, videoInput, type FileInput } from '../n8n/videoFiles';
import { problemOfInput } from '../tasks/problems';

/** Joins, cuts and measures video files; nothing leaves n8n. */
export async function runVideoFile(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await stoppable(context, async (stopSignal) => {
		const { name, default: usual } = fileParameter.operation;
		const operation = readText(context, name, 0, usual);
		const groups = operation === 'join' ? groupsOf(context) : singleItems(context);
		const results: FilmResult[] = [];
		for (const group of groups) {
			results.push({ items: group.items, result: await runOn(context, operation, group) });
			stopSignal?.throwIfAborted();
		}
		return [settleFilms(context.getNode(), results, onProblemOf(context.getNode()))];
	});
}

interface Group {
	items: number[];
	/** The value of Group By, where the user set it. */
	name?: string;
}

const itemsOf = (context: IExecuteFunctions) => [...context.getInputData().keys()];

const singleItems = (context: IExecuteFunctions): Group[] =>
	itemsOf(context).map((itemIndex) => ({ items: [itemIndex] }));

/** One group for each value of Group By, in the order in which they first come. */
function groupsOf(context: IExecuteFunctions): Group[] {
	const groups = new Map<string, number[]>();
	for (const itemIndex of itemsOf(context)) {
		const name = readText(context, `options.${fileOption.groupBy.name}`, itemIndex);
		groups.set(name, [...(groups.get(name) ?? []), itemIndex]);
	}
	return [...groups].map(([name, items]) => (name === '' ? { items } : { items, name }));
}

/** Work on the items of one row. */
type Work<T> = Promise<Result<T, ItemProblem>>;

type GivenFile = Clip['file'] & { stored: IBinaryData };

async function runOn(context: IExecuteFunctions, operation: string, group: Group): Work<Output> {
	const [itemIndex = 0] = group.items;
	if (operation === 'join') return await join(context, group);
	const clip = await readVideo(context, itemIndex, 'The video');
	if (!clip.ok) return clip;
	if (operation === 'setSound') return await setSound(context, itemIndex, clip.value);
	if (operation === 'cut') return await cut(context, itemIndex, clip.value);
	return ok(getInfo(context, itemIndex, clip.value));
}

async function join(context: IExecuteFunctions, { items, name }: Group): Work<Output> {
	const [first = 0] = items;
	const given: Video[] = [];
	for (const [index, itemIndex] of items.entries()) {
		const clip = await readVideo(context, itemIndex, `Clip ${index + 1}`);
		if (!clip.ok) return clip;
		given.push(clip.value);
	}
	const film = await joinClips(
		given.map(({ clip }) => clip),
		{
			joinAnyway: isOn(context, 'joinAnyway', first),
			dropRepeatedFrame: isOn(context, 'dropRepeatedFrame', first),
		},
	);
	if (!film.ok) return failAt(items[film.error.clip ?? 0] ?? first, film.error);
	return await putOut(context, film.value, items, given, { group: name });
}

async function setSound(context: IExecuteFunctions, itemIndex: number, video: Video): Work<Output> {
	const file = await readGiven(context, soundInput, itemIndex);
	if (!file.ok) return file;
	const sound = await readSoundFile(file.value);
	if (!sound.ok) return failAt(itemIndex, flawOf('The sound', sound.error));
	const { name, default: usual } = fileOption.startSeconds;
	const startSeconds = Number(context.getNodeParameter(`options.${name}`, itemIndex, usual)) || 0;
	const film = await setSoundtrack(video.clip, {
		file: file.value,
		sound: sound.value,
		startSeconds,
		loop: isOn(context, 'loop', itemIndex),
	});
	if (!film.ok) return failAt(itemIndex, film.error);
	return await putOut(context, film.value, [itemIndex], [video, file.value]);
}

async function cut(context: IExecuteFunctions, itemIndex: number, video: Video): Work<Output> {
	const secondsOf = (one: 'fromSeconds' | 'toSeconds') =>
		Number(readOwn(context, fileParameter[one], itemIndex)) || 0;
	const to = secondsOf('toSeconds') || video.clip.durationSeconds;
	const film = await cutClip(video.clip, secondsOf('fromSeconds'), to);
	if (!film.ok) return failAt(itemIndex, film.error);
	const { fromSeconds, toSeconds } = film.value;
	return await putOut(context, film.value, [itemIndex], [video], { fromSeconds, toSeconds });
}

function getInfo(context: IExecuteFunctions, itemIndex: number, { clip }: Video): Output {
	const { pictures, sound, durationSeconds } = clip;
	const chapters = [{ startSeconds: 0, durationSeconds }];
	const row = rowOf(context, infoOf(clip), chapters, [itemIndex]);
	const codecs = { videoCodec: pictures.config.codec, soundCodec: sound?.config.codec };
	const binary = context.getInputData()[itemIndex]?.binary;
	const json = toJson({ ...row, ...withoutUndefined(codecs) });
	return binary === undefined ? { json } : { json, binary };
}

/** A clip and the file of n8n's that it stands in. */
interface Video {
	clip: Clip;
	stored: IBinaryData;
}

async function readVideo(context: IExecuteFunctions, itemIndex: number, name: string): Work<Video> {
	const file = await readGiven(context, videoInput, itemIndex);
	if (!file.ok) return file;
	const clip = await readClip(file.value);
	if (!clip.ok) return failAt(itemIndex, flawOf(name, clip.error));
	return ok({ clip: clip.value, stored: file.value.stored });
}

async function readGiven(
	context: IExecuteFunctions,
	input: FileInput,
	itemIndex: number,
): Work<GivenFile> {
	const file = await readingItem(async () => await readFile(context, input, itemIndex));
	return file.ok ? file : fail({ itemIndex, problem: file.error });
}

const flawOf = (name: string, flaw: string): FilmProblem => ({
	message: `${name} ${flaw}`,
	fix: 'Check the file that goes into the node; nothing was put out.',
});

const failAt = (itemIndex: number, { message, fix }: FilmProblem) =>
	fail({ itemIndex, problem: problemOfInput(message, fix) });

type Switch = 'dropRepeatedFrame' | 'joinAnyway' | 'loop';

function isOn(context: IExecuteFunctions, option: Switch, itemIndex: number): boolean {
	const { name, default: usual } = fileOption[option];
	return context.getNodeParameter(`options.${name}`, itemIndex, usual) === true;
}

/** Writes a film and makes its row. */
async function putOut(
	context: IExecuteFunctions,
	film: Film,
	items: readonly number[],
	inputs: ReadonlyArray<{ stored: IBinaryData }>,
	more: object = {},
): Work<Output> {
	const [itemIndex = 0] = items;
	const name =
		safeFileName(readText(context, `options.${fileOption.fileName.name}`, itemIndex)) || 'film';
	const fileName = `${name}.${mp4.extension}`;
	const files = inputs.map(({ stored }) => stored);
	const stored = await storeFilm(context, film, files, fileName);
	if (!stored.ok) return fail({ itemIndex, problem: stored.error });
	for (const message of film.hints) hint(context, message);
	const { name: field, default: usual } = fileParameter.binaryPropertyName;
	const property = readText(context, field, itemIndex) || usual;
	const row = rowOf(context, film.facts, film.chapters, items);
	return ok({
		json: toJson({ ...row, ...withoutUndefined(more) }),
		binary: { [property]: stored.value },
	});
}

function hint(context: IExecuteFunctions, message: string): void {
	const type: NodeExecutionHint['type'] = 'info';
	context.addExecutionHints({ message, type, location: 'outputPane' });
}

/** The row of the contract: what the film is, and where which clip stands in it. */
function rowOf(
	context: IExecuteFunctions,
	facts: VideoFacts,
	chapters: readonly Chapter[],
	items: readonly number[],
) {
	const clips = chapters.map(({ startSeconds, durationSeconds }, index) => {
		const item = items[index] ?? 0;
		const taskId = context.getInputData()[item]?.json.taskId;
		return {
			item,
			startSeconds: toMs(startSeconds),
			durationSeconds: toMs(durationSeconds),
			...(typeof taskId === 'string' ? { taskId } : {}),
		};
	});
	return { ...facts, clips };
}
