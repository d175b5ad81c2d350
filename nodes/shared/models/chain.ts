import { option } from '../domain/ownParameters';
import type { GivenMedia, ModelEntry, ParameterValues } from '../domain/model';
import { modelsOf, type Provider } from '../domain/provider';

const RETURN_LAST_FRAME = 'returnLastFrame';

const givesLastFrame = ({ input }: ModelEntry): boolean => input[RETURN_LAST_FRAME] !== undefined;

const mayGoOn = (model: ModelEntry): boolean =>
	model.firstImage !== undefined && givesLastFrame(model);

/**
 * As which model the clips behind the first one are made: the vendor's form of the same model that
 * begins with an image. Undefined where there is none, or where a clip has no last frame.
 */
export function modelOfNext(provider: Provider, model: ModelEntry): ModelEntry | undefined {
	const mayBegin = model.kind === 'textToVideo' || model.firstImage !== undefined;
	if (!mayBegin || !givesLastFrame(model)) return undefined;
	const forms = modelsOf(provider, 'imageToVideo').filter(mayGoOn);
	// Some vendors have two IDs for the two forms of a model.
	return (
		forms.find(({ id }) => id === model.id) ?? forms.find(({ label }) => label === model.label)
	);
}

/** What the clips of a chain have in common: as the first one was ordered. */
export interface FirstClip {
	resolution?: string;
	aspectRatio?: string;
}

/** The values with which a clip of a chain is ordered: it gives its last frame, and looks like the first. */
export function valuesInChain(
	model: ModelEntry,
	values: ParameterValues,
	first?: FirstClip,
): ParameterValues {
	const giving = { ...values, [RETURN_LAST_FRAME]: true };
	if (first === undefined) return giving;
	const { resolution, aspectRatio } = first;
	const alike = { ...giving, resolution, aspectRatio };
	return Object.fromEntries(
		Object.entries(
			takesRatio(model, alike) ? alike : { ...alike, aspectRatio: ratioOfFrame(model) },
		).filter(([, value]) => value !== undefined),
	);
}

const onlyFirstImage: GivenMedia = {
	firstImage: true,
	lastImage: false,
	images: 0,
	videos: 0,
	audios: 0,
};

/** Some models leave the ratio to the image, and take no other word for it. */
function takesRatio(model: ModelEntry, values: ParameterValues): boolean {
	const { aspectRatio } = values;
	const allowed: readonly unknown[] | undefined = model.input.aspectRatio?.values;
	if (aspectRatio === undefined || allowed?.includes(aspectRatio) === false) return false;
	return model.check?.(values, onlyFirstImage)?.label !== model.input.aspectRatio?.label;
}

/** The word for "as the image is"; where the model has none, it takes the image's ratio unasked. */
const ratioOfFrame = ({ input }: ModelEntry): string | undefined =>
	input.aspectRatio?.values?.map(String).find((value) => value === 'adaptive');

/** The option with which each clip begins where the one before ended. */
export const CHAIN_ITEMS = option.chainItems.name;
