import { z } from 'zod/v4';
import { isWebAddress } from '../domain/address';
import { safeFileName } from '../domain/fileName';
import { parseJson } from '../domain/json';
import { image, video } from '../domain/mediaFile';
import { problemSchema } from '../domain/problem';
import { fail, ok } from '../domain/result';
import type { Task } from '../domain/task';
import { usageSchema } from '../domain/taskSchema';
import type { PauseCall } from '../host/call';
import type { Files } from '../host/rows';
import { readSigned, sign } from '../tasks/callbackToken';
import { LAST_FRAME_PROPERTY } from '../tasks/row';
import type { ParkedItem } from './parked';
import type { Progress, Settled } from './progress';

const webAddress = z.string().refine(isWebAddress);

const videoSchema = z.object({
	durationSeconds: z.number().optional(),
	width: z.number().optional(),
	height: z.number().optional(),
	frameRate: z.number().optional(),
	hasSound: z.boolean().optional(),
	bytes: z.number(),
});

const taskSchema: z.ZodType<Task> = z.object({
	taskId: z.string(),
	status: z.literal('succeeded'),
	unknownStatus: z.string().optional(),
	videoUrl: webAddress.optional(),
	videoNeedsKey: z.literal(true).optional(),
	lastFrameUrl: webAddress.optional(),
	seed: z.number().optional(),
	usage: usageSchema.optional(),
	createdAt: z.string().optional(),
	completedAt: z.string().optional(),
	expiresAt: z.string().optional(),
	video: videoSchema.optional(),
	lastFrameProblem: z.string().optional(),
	raw: z.unknown().optional(),
});

const mediaTypes = [...video.types, ...image.types];
const mimeTypes = mediaTypes.map(({ mimeType }) => mimeType);
const extensions = mediaTypes.map(({ extension }) => extension);

/** A name without any way to another folder, and with the end of a picture or a film. */
function isPlainName(fileName: string): boolean {
	const dot = fileName.lastIndexOf('.');
	const name = fileName.slice(0, dot);
	const isPlain = name !== '' && (/^[\w-][\w.-]*$/.test(name) || safeFileName(name) === name);
	return isPlain && extensions.includes(fileName.slice(dot + 1));
}

/** A file in n8n's store; in its memory mode files have no ID, and no note carries them. */
const fileSchema = z.object({
	id: z.string(),
	/** Where n8n keeps it, by n8n's name. */
	data: z.string().max(64),
	mimeType: z.enum(mimeTypes),
	fileName: z.string().max(255).refine(isPlainName),
	fileType: z.enum(['video', 'image']).optional(),
	fileExtension: z.enum([...extensions, 'jpeg']).optional(),
	fileSize: z.string().max(32).optional(),
	bytes: z.number().optional(),
});

const filesSchema = z.record(z.string(), fileSchema);

const entrySchema = z.union([
	z.object({ item: z.number(), task: taskSchema, files: filesSchema.optional() }),
	z.object({ item: z.number(), problem: problemSchema }),
]);

type NoteEntry = z.infer<typeof entrySchema>;

const carriedSchema = z.object({ nonce: z.string(), settled: z.array(z.unknown()) });

/** Whose note it is: the wait, and which files are its own. */
export interface Wait extends Pick<PauseCall, 'isStoredHere'> {
	items: readonly ParkedItem[];
}

/**
 * What a poller carries for the parked node, because n8n lets a webhook write nothing: which items
 * are settled and where their files lie. Signed, since it comes back from outside, with a key that
 * only the parked items hold.
 */
export function writeNote({ items }: Wait, { settled }: Progress): string | undefined {
	const [first] = items;
	if (first?.key === undefined) return undefined;
	const entries = [...settled].flatMap(([item, { result }]): NoteEntry[] => {
		if (!result.ok) return [{ item, problem: result.error }];
		const { task, files } = result.value;
		if (files === undefined) return [{ item, task }];
		const stored = filesSchema.safeParse(files);
		return stored.success ? [{ item, task, files: stored.data }] : [];
	});
	if (entries.length === 0) return undefined;
	const text = JSON.stringify({ nonce: first.nonce, settled: entries });
	return sign(text, Buffer.from(first.key), 'note');
}

/** Takes over what a note tells of this wait and this process does not know. */
export function readNote(note: unknown, wait: Wait, { settled }: Progress): void {
	const [first] = wait.items;
	if (first?.key === undefined) return;
	const signed = readSigned(note, Buffer.from(first.key), 'note');
	const read = carriedSchema.safeParse(parseJson(signed ?? '')).data;
	if (read?.nonce !== first.nonce) return;
	for (const told of read.settled) {
		const entry = entrySchema.safeParse(told).data;
		const item = wait.items.find(({ itemIndex }) => itemIndex === entry?.item);
		if (entry === undefined || item === undefined || settled.has(item.itemIndex)) continue;
		const known = settledBy(entry, item, wait);
		if (known !== undefined) settled.set(item.itemIndex, known);
	}
}

/**
 * What a note may say of an item: of its own task alone, with files of this execution alone. Where the
 * vendor looks after the task stands in the parked item.
 */
function settledBy(
	entry: NoteEntry,
	{ task: parked }: ParkedItem,
	wait: Wait,
): Settled | undefined {
	if (!parked.ok) return undefined;
	const { taskId, taskUrls, output } = parked.value;
	if ('problem' in entry) {
		const { problem } = entry;
		const isOwn = problem.taskId === undefined || problem.taskId === taskId;
		const isSafe = problem.videoUrl === undefined || isWebAddress(problem.videoUrl);
		const own = { ...problem, taskUrls: problem.taskUrls && taskUrls };
		return isOwn && isSafe ? { result: fail(own) } : undefined;
	}
	const { task, files } = entry;
	if (task.taskId !== taskId) return undefined;
	if (files !== undefined && !areOwn(files, output.binaryProperty, wait)) return undefined;
	const raw = output.raw ? task.raw : undefined;
	return { result: ok({ task: { ...task, taskUrls, raw }, files }) };
}

const areOwn = (
	files: Files,
	property: string | undefined,
	{ isStoredHere }: Pick<Wait, 'isStoredHere'>,
): boolean =>
	property !== undefined &&
	files[property] !== undefined &&
	Object.entries(files).every(
		([key, { id }]) => (key === property || key === LAST_FRAME_PROPERTY) && isStoredHere(id),
	);
