import type {
	GivenMedia,
	ModelEntry,
	ParameterValues,
	PromptLead,
	References,
	RuleBroken,
	VideoOperation,
	VideoRules,
} from '../domain/model';
import { withoutUndefined } from '../domain/json';
import { MEGABYTE } from '../domain/limits';
import * as parameter from './parameters';

/** Names of the node parameters that say where the given video comes from. */
export const videoParameters = {
	label: 'Video',
	inputType: 'videoInputType',
	defaultInputType: 'url',
	url: 'videoUrl',
	binaryPropertyName: 'videoBinaryPropertyName',
} as const;

/** What becomes of a model's entry for references when one video is what the order is about. */
export interface VideoUse extends Pick<ModelEntry, 'forced' | 'check'> {
	operation: VideoOperation;
	rules?: VideoRules;
	/** Parameters that the operation decides, or that go with another one. */
	without?: readonly string[];
	/** Of the prompt, where it is not the entry's. */
	prompt?: ModelEntry['input'][string];
}

/**
 * The maker tells from the prompt what to do with a video, and where the vendor asks for it besides,
 * the prompt still has to say it: "extend forward", "continue" (its create page). The sentence for
 * edits is the one that a vendor puts in front by itself.
 */
const leads: Partial<Record<VideoOperation, PromptLead>> = {
	edit: { words: 'Edit the input video.', unless: /\bedit|编辑|修改/i },
	extend: {
		words: 'Extend forward: continue the input video.',
		unless: /\b(extend|continu)|延长|延伸|续/i,
	},
};

/** What the maker documents of the videos that its models take; vendors pass it on. */
export const videoRules = (
	[min, max]: readonly [number, number],
	maxMegabytes: number,
): VideoRules => ({
	mimeTypes: ['video/mp4', 'video/quicktime'],
	maxBytes: maxMegabytes * MEGABYTE,
	seconds: { min, max },
	frameRate: { min: 24, max: 60 },
	size: { minSidePx: 300, maxSidePx: 6000, minRatio: 0.4, maxRatio: 2.5 },
});

/**
 * The entry of an operation on a given video, made from the model's entry for references: the video
 * takes the first place among its reference videos.
 */
export function onGivenVideo(
	entry: ModelEntry,
	{ operation, rules, forced, without = [], check, prompt = entry.input.prompt }: VideoUse,
): ModelEntry[] {
	const { id, label, description, isRetired, createPath, taskPath, typicalSeconds, input } = entry;
	const { images, videos, audios, maxCount: ofAll } = entry.references ?? {};
	if (videos === undefined) return [];
	const { maxCount, ...slot } = videos;
	const kept = Object.entries({ ...input, ...(prompt && { prompt }) }).filter(
		([name]) => !without.includes(name),
	);
	const lead = leads[operation];
	return [
		{
			...withoutUndefined({ id, description, isRetired, createPath, taskPath, typicalSeconds }),
			kind: operation,
			label: label.replace(/ (Reference|Video to Video)$/, ''),
			video: { ...slot, ...rules },
			references: {
				...(images && { images }),
				...(operation === 'reference' && { videos: { ...videos, maxCount: maxCount - 1 } }),
				...(audios && { audios }),
				...(ofAll !== undefined && { maxCount: ofAll - 1 }),
			} satisfies References,
			...(forced && { forced }),
			...(lead && { lead }),
			input: Object.fromEntries(kept),
			...(check && { check }),
		},
	];
}

/** A model that is not listed, asked in the way of a listed one: prompt and video, the rest as JSON. */
export function customOnGivenVideo(
	listed: readonly ModelEntry[],
	custom: Pick<ModelEntry, 'id' | 'label' | 'kind' | 'createPath' | 'typicalSeconds'>,
): ModelEntry | undefined {
	const like = listed.find(({ kind, video }) => kind === custom.kind && video !== undefined);
	if (like?.video === undefined) return undefined;
	const { wireName, isList, acceptsDataUri, acceptsAssets } = like.video;
	const { forced, lead } = like;
	return {
		...custom,
		video: {
			wireName,
			acceptsDataUri,
			...(isList && { isList }),
			...(acceptsAssets && { acceptsAssets }),
		},
		...(forced && { forced }),
		...(lead && { lead }),
		input: { prompt: parameter.prompt() },
	};
}

const asksForIt =
	/^\W*(?:please\s+)?(?:edit|extend|continue|modify|retouch|recolou?r|replace|remove|erase|delete|swap|change)\b/i;
const ofTheVideo = /\b(?:video|clip|footage)\b|@video/i;

/** What the vendor lets the model choose: then it takes an editing prompt for what it is. */
const free: readonly unknown[] = [-1, 'auto', 'adaptive'];
const isFree = ({ duration, aspectRatio }: ParameterValues): boolean =>
	free.includes(duration) && free.includes(aspectRatio);

/**
 * A prompt that asks to edit a reference video, where the model tells by the prompt what becomes of
 * it: the vendor takes the order, and the task fails after minutes.
 */
export function checkUnaskedEdit(
	values: ParameterValues,
	{ videos }: GivenMedia,
): RuleBroken | undefined {
	const prompt = String(values.prompt ?? '');
	if (videos === 0 || isFree(values) || !(asksForIt.test(prompt) && ofTheVideo.test(prompt))) {
		return undefined;
	}
	return {
		label: 'Prompt',
		rule: 'must not ask to edit or extend the video (that is what the operations Edit and Extend of Seedance Video to Video are for; here say what the new video shows), because it is refused after minutes',
	};
}
