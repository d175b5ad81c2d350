import type { ParameterMeta, ParameterRule, ParameterSpec } from '../domain/parameter';

type ParameterOptions = Partial<
	Pick<ParameterMeta, 'wireName' | 'default' | 'wireAsString' | 'valueLabels' | 'description'>
>;

const describe = (rule: ParameterRule, meta: ParameterMeta): ParameterSpec => ({
	...meta,
	...rule,
});

const wordOf = (values: readonly string[]): ParameterRule => ({
	type: 'string',
	required: false,
	values,
});

const wholeNumberBetween = (minimum?: number, maximum?: number): ParameterRule => ({
	type: 'integer',
	required: false,
	minimum,
	maximum,
});

/**
 * Prompt, at most `maxLength` characters where the vendor documents a limit; not required where it
 * documents that the files alone will do.
 */
export const prompt = (maxLength?: number, { required = true } = {}) =>
	describe(
		{ type: 'string', required, maxLength },
		{
			label: 'Prompt',
			description: 'What happens in the video: subject, action, camera, style',
			wireName: 'prompt',
		},
	);

export const aspectRatio = (values: readonly string[], options: ParameterOptions = {}) =>
	describe(wordOf(values), {
		label: 'Aspect Ratio',
		description: 'Width to height',
		wireName: 'aspect_ratio',
		valueLabels: { adaptive: 'Adaptive', auto: 'Auto' },
		...options,
	});

export const resolution = (values: readonly string[], options: ParameterOptions = {}) =>
	describe(wordOf(values), {
		label: 'Resolution',
		description: 'Short side in pixels; higher costs more',
		wireName: 'resolution',
		valueLabels: { '4k': '4K' },
		...options,
	});

const duration = (rule: ParameterRule, options: ParameterOptions) =>
	describe(rule, {
		label: 'Duration',
		description: 'Length of the video',
		wireName: 'duration',
		unit: 'seconds',
		...options,
	});

/** Duration in whole seconds between two bounds. */
export const durationBetween = (min: number, max: number, options: ParameterOptions = {}) =>
	duration(wholeNumberBetween(min, max), options);

/** Duration as one of a few lengths in seconds. */
export const durationOneOf = (values: readonly number[], options: ParameterOptions = {}) =>
	duration({ type: 'integer', required: false, values }, options);

/** Duration in whole seconds between two bounds, or the vendor's word for "as the model likes". */
export const durationOrAuto = (
	auto: -1 | 'auto',
	min: number,
	max: number,
	options: ParameterOptions = {},
) => {
	const lengths = Array.from({ length: max - min + 1 }, (_, index) => min + index);
	const type = auto === 'auto' ? 'string' : 'integer';
	return duration(
		{ type, required: false, values: [auto, ...lengths] },
		{ valueLabels: { [auto]: 'Chosen by the Model' }, ...options },
	);
};

export const seed = (options: ParameterOptions & { min?: number; max?: number } = {}) => {
	const { min, max, ...meta } = options;
	return describe(wholeNumberBetween(min, max), {
		label: 'Seed',
		description:
			'The same seed with the same parameters gives a similar video' +
			(meta.default === -1 ? '; -1 stands for a random one' : ''),
		wireName: 'seed',
		...meta,
	});
};

const flag =
	(label: string, description: string, wireName: string, byDefault: boolean) =>
	(options: ParameterOptions = {}) =>
		describe(
			{ type: 'boolean', required: false },
			{
				label,
				description,
				wireName,
				default: byDefault,
				...options,
			},
		);

export const cameraFixed = flag(
	'Camera Fixed',
	'Whether to keep the camera still. The model follows it as an instruction, without guarantee.',
	'camera_fixed',
	false,
);

export const enableSafetyChecker = flag(
	'Enable Safety Checker',
	'Whether the vendor checks prompt and video for unsafe content',
	'enable_safety_checker',
	true,
);

export const nsfwChecker = flag(
	'NSFW Checker',
	'Whether the vendor filters out sexual content as well',
	'nsfw_checker',
	false,
);

export const returnLastFrame = flag(
	'Return Last Frame',
	'Whether to return the last frame as a PNG too, e.g. as the first frame of the next clip',
	'return_last_frame',
	false,
);

export const watermark = flag(
	'Watermark',
	'Whether the video carries a watermark',
	'watermark',
	false,
);

export const generateAudio = flag(
	'Generate Audio',
	'Whether the video has voices, effects and music that fit the picture. May cost more.',
	'generate_audio',
	true,
);

export const webSearch = flag(
	'Web Search',
	'Whether the model may look things up on the web. May cost more.',
	'web_search',
	false,
);

export const draft = flag(
	'Draft',
	'Whether to make a cheap preview first, from which the final video can be made later',
	'draft',
	false,
);

/** Of the draft whose final video is to be made; nearly everything else comes from the draft then. */
export const draftId = (options: ParameterOptions) =>
	describe(
		{ type: 'string', required: false },
		{
			label: 'Draft ID',
			description: 'The draft whose final video is to be made',
			wireName: 'draft_id',
			...options,
		},
	);

export const outputFormat = (values: readonly string[], options: ParameterOptions = {}) =>
	describe(wordOf(values), {
		label: 'Output Format',
		description: 'Container of the video file',
		wireName: 'output_format',
		default: 'mp4',
		valueLabels: { mp4: 'MP4', mov: 'MOV' },
		...options,
	});

/** Which of several operators runs the model, for vendors that pass it on. */
export const upstream = (values: readonly string[], options: ParameterOptions = {}) =>
	describe(wordOf(values), {
		label: 'Who Runs the Model',
		description: 'The company whose computers make the video. Auto leaves it to the vendor.',
		wireName: 'provider',
		default: 'auto',
		...options,
	});

/** Place in the vendor's queue; the higher, the sooner. */
export const priority = (min: number, max: number, options: ParameterOptions = {}) =>
	describe(wholeNumberBetween(min, max), {
		label: 'Priority',
		description: "Place in the vendor's queue; the higher, the sooner",
		wireName: 'priority',
		...options,
	});

export const bitrateMode = (options: ParameterOptions = {}) =>
	describe(wordOf(['standard', 'high']), {
		label: 'Bitrate Mode',
		description: 'High keeps more detail in a larger file',
		wireName: 'bitrate_mode',
		default: 'standard',
		valueLabels: { standard: 'Standard', high: 'High' },
		...options,
	});

export const codec = (values: readonly string[], options: ParameterOptions = {}) =>
	describe(wordOf(values), {
		label: 'Codec',
		description: 'How the video is compressed. H.264 plays everywhere, H.265 makes smaller files.',
		wireName: 'codec',
		valueLabels: { auto: 'Auto', H264: 'H.264', H265: 'H.265' },
		...options,
	});

/** What the model makes of the references. */
export const taskType = (values: readonly string[], options: ParameterOptions = {}) =>
	describe(wordOf(values), {
		label: 'Task Type',
		description:
			'What becomes of the references: a new video after them, or a reference video edited or extended',
		wireName: 'task',
		...options,
	});

/** A vendor that is told which of the user's own customers a request is for, without who that is. */
export const safetyIdentifier = (maxLength: number, options: ParameterOptions = {}) =>
	describe(
		{ type: 'string', required: false, maxLength },
		{
			label: 'Safety Identifier',
			description:
				'Your own, anonymous ID of the person for whom the video is made, e.g. a hash. By it the vendor tells one offender from all others.',
			wireName: 'safety_identifier',
			...options,
		},
	);

/** Told to vendors that have to know which of the user's own customers a request is for. */
export const endUserId = (options: ParameterOptions = {}) =>
	describe(
		{ type: 'string', required: false },
		{
			label: 'End User ID',
			description: 'Your own ID of the person for whom the video is made',
			wireName: 'end_user_id',
			...options,
		},
	);

/** Number of frames between two bounds; beats the duration. */
export const framesBetween = (min: number, max: number, options: ParameterOptions = {}) =>
	describe(wholeNumberBetween(min, max), {
		label: 'Frames',
		description: 'Number of frames. Takes the place of Duration.',
		wireName: 'frames',
		replaces: 'duration',
		unit: 'frames',
		default: 121,
		...options,
	});

/** Number of frames of the form 25 + 4n; beats the duration. */
export const frames = (min: number, max: number, options: ParameterOptions = {}) =>
	describe(
		{ ...wholeNumberBetween(min, max), step: { offset: 25, multipleOf: 4 } },
		{
			label: 'Frames',
			description: 'Number of frames, 25 plus a multiple of 4. Takes the place of Duration.',
			wireName: 'frames',
			replaces: 'duration',
			unit: 'frames',
			default: 121,
			...options,
		},
	);

export const serviceTier = (options: ParameterOptions = {}) =>
	describe(wordOf(['default', 'flex']), {
		label: 'Service Tier',
		description: 'Flex is the offline tier: half the price, ready within hours',
		wireName: 'service_tier',
		default: 'default',
		valueLabels: { default: 'Default', flex: 'Flex (Offline)' },
		...options,
	});

export const executionExpiresAfter = (
	minSeconds: number,
	maxSeconds: number,
	options: ParameterOptions = {},
) =>
	describe(wholeNumberBetween(minSeconds, maxSeconds), {
		label: 'Execution Expires After',
		description: 'Seconds after which the vendor gives up on a task that has not finished',
		wireName: 'execution_expires_after',
		unit: 'seconds',
		...options,
	});
