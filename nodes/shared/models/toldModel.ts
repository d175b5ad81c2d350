import type { GenerationKind, ImageSlot, ModelEntry, ReferenceSlot } from '../domain/model';
import type { ParameterSpec } from '../domain/parameter';
import type { Provider } from '../domain/provider';
import { fail, ok, type Result } from '../domain/result';
import type { ToldSchema } from '../domain/vendor';
import type { ReferenceKind } from './imageParameters';
import { readFields, type ToldField } from './toldSchema';

/** Whom to tell, which model, and whether to wait for the end: the node decides that. */
const decidedByNode =
	/^(model|web_?hook.*|call_?back.*|notify_?url|enable_sync_mode|sync_mode|enable_base64_output|stream)$/i;

/** How vendors call the field for the image that a video begins with, and the one it ends with. */
const firstNames = [
	'image_url',
	'image',
	'first_frame_image',
	'first_frame_url',
	'first_frame_image_url',
	'first_frame',
	'start_image_url',
	'start_image',
	'input_image',
];
const lastNames = [
	'end_image_url',
	'last_image',
	'last_image_url',
	'last_frame_image',
	'last_frame_url',
	'last_frame_image_url',
	'last_frame',
	'end_image',
	'tail_image_url',
];
const referenceNames: Record<ReferenceKind, readonly string[]> = {
	images: ['reference_images', 'reference_image_urls', 'image_urls', 'images'],
	videos: ['reference_videos', 'reference_video_urls', 'video_urls', 'videos'],
	audios: ['reference_audios', 'reference_audio_urls', 'audio_urls', 'audios'],
};

/** Of references, where a schema does not say how many it takes: the most that any model does. */
const MAX_REFERENCES = 50;

type Slots = Pick<ModelEntry, 'firstImage' | 'lastImage' | 'references'>;

/**
 * A model that the catalogue does not know, as its vendor's schema tells it; why it cannot be used, as
 * a whole sentence's end, where it does not fit the node.
 */
export function toldModel(
	{ customModel, vendor }: Provider,
	id: string,
	kind: GenerationKind,
	schema: ToldSchema,
): Result<ModelEntry, string> {
	const read = readFields(schema);
	if (!read.ok) return read;
	const base = customModel(id, kind);
	const { prompt: usual } = base.input;
	const prompt = read.value.find(({ wireName }) => wireName === usual?.wireName);
	if (prompt === undefined || usual === undefined) return fail('it names no field for the prompt');
	const fields = read.value.filter(
		({ wireName }) =>
			!decidedByNode.test(wireName) && !Object.hasOwn(vendor.decides ?? {}, wireName),
	);
	const slots = slotsOf(fields, customModel(id, 'imageToVideo'));
	const isOfImages = kind === 'imageToVideo';
	const files = new Set(wireNamesOf(slots));
	// From text alone, a file is a matter of the other node, unless the model cannot do without.
	const others = fields.filter(
		({ wireName, required }) =>
			wireName !== prompt.wireName && (!files.has(wireName) || (required && !isOfImages)),
	);
	return ok({
		...base,
		firstImage: undefined,
		lastImage: undefined,
		references: undefined,
		...(isOfImages && slots),
		input: {
			prompt: { ...usual, ...(prompt.maxLength && { maxLength: prompt.maxLength }) },
			...Object.fromEntries(
				others.map(({ name, ...spec }): [string, ParameterSpec] => [name, spec]),
			),
		},
	});
}

/** Into which fields the node's images go. */
function slotsOf(fields: readonly ToldField[], base: ModelEntry): Slots {
	const { firstImage: usualFirst, lastImage: usualLast } = base;
	const first = slotOf(fields, usualFirst, firstNames);
	const last = first && slotOf(fields, usualLast, lastNames);
	const references = {
		...referenceOf(fields, 'images', usualFirst),
		...referenceOf(fields, 'videos'),
		...referenceOf(fields, 'audios'),
	};
	const hasReferences = references.images !== undefined || references.videos !== undefined;
	return {
		...(first && { firstImage: first }),
		...(last && { lastImage: last }),
		...(hasReferences && { references }),
	};
}

function slotOf(
	fields: readonly ToldField[],
	usual: ImageSlot | undefined,
	names: readonly string[],
): ImageSlot | undefined {
	const known = [...(usual === undefined ? [] : [usual.wireName]), ...names];
	const field = known
		.map((name) => fields.find(({ wireName, type }) => wireName === name && type !== 'list'))
		.find((found) => found !== undefined);
	if (field === undefined) return undefined;
	const { wireName } = field;
	return usual?.wireName === wireName ? usual : { ...addressOnly(usual), wireName };
}

const addressOnly = (usual: ImageSlot | undefined) => ({
	acceptsDataUri: usual?.acceptsDataUri === true,
});

function referenceOf(
	fields: readonly ToldField[],
	kind: ReferenceKind,
	usual?: ImageSlot,
): Partial<Record<ReferenceKind, ReferenceSlot>> {
	const field = referenceNames[kind]
		.map((name) => fields.find(({ wireName, type }) => wireName === name && type === 'list'))
		.find((found) => found !== undefined);
	if (field === undefined) return {};
	const { wireName, maximum = MAX_REFERENCES } = field;
	return { [kind]: { ...addressOnly(usual), wireName, isList: true, maxCount: maximum } };
}

const wireNamesOf = ({ firstImage, lastImage, references = {} }: Slots): string[] =>
	[firstImage, lastImage, references.images, references.videos, references.audios].flatMap(
		(slot) => slot?.wireName ?? [],
	);
