import type {
	GenerationKind,
	ImageSlot,
	ModelEntry,
} from '../../../../nodes/shared/domain/model.ts';
import * as parameter from '../../../../nodes/shared/models/parameters.ts';

// Any image by its address; the vendor's own storage takes files.
const imageUrl: ImageSlot = {
	wireName: 'image_url',
	acceptsDataUri: false,
	mimeTypes: ['image/jpeg', 'image/png', 'image/webp'],
	maxBytes: 1024 * 1024,
};

const lastImageUrl: ImageSlot = { ...imageUrl, wireName: 'end_image_url' };

const pathOf = (id: string) => `/${id}`;

const textToVideo: ModelEntry = {
	id: 'made-up/seedance-9/text-to-video',
	label: 'Seedance 9',
	kind: 'textToVideo',
	createPath: pathOf('made-up/seedance-9/text-to-video'),
	typicalSeconds: 60,
	input: {
		prompt: parameter.prompt(),
		aspectRatio: parameter.aspectRatio(['16:9', '9:16'], { default: '16:9' }),
		duration: parameter.durationBetween(2, 12, { default: 5, wireAsString: true }),
	},
};

const imageToVideo: ModelEntry = {
	id: 'made-up/seedance-9/image-to-video',
	label: 'Seedance 9',
	kind: 'imageToVideo',
	createPath: pathOf('made-up/seedance-9/image-to-video'),
	typicalSeconds: 60,
	firstImage: imageUrl,
	lastImage: lastImageUrl,
	input: { prompt: parameter.prompt() },
};

export const models: readonly ModelEntry[] = [textToVideo, imageToVideo];

export const customModel = (id: string, kind: GenerationKind): ModelEntry => ({
	id,
	label: id,
	kind,
	createPath: pathOf(id),
	typicalSeconds: 60,
	firstImage: kind === 'imageToVideo' ? imageUrl : undefined,
	input: { prompt: parameter.prompt() },
});
