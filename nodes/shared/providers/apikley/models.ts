import { z } from 'zod/v4';
import type { GenerationKind, ModelEntry } from '../../domain/model';
import * as parameter from '../../models/parameters';
import {
	CREATE_PATH,
	imageUrl,
	liteTextToVideo,
	proFastImageToVideo,
	proTextToVideo,
} from '../market/models';

export const models: readonly ModelEntry[] = [
	proTextToVideo(),
	proFastImageToVideo(),
	liteTextToVideo(),
];

/** A model that is not listed: prompt and image, the rest as JSON. */
export const customModel = (id: string, kind: GenerationKind): ModelEntry => ({
	id,
	label: id,
	kind,
	createPath: CREATE_PATH,
	typicalSeconds: 60,
	firstImage: kind === 'imageToVideo' ? imageUrl : undefined,
	input: z.object({ prompt: parameter.prompt() }),
});
