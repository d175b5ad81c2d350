import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { videoOperations, type ModelEntry, type References } from '../domain/model';
import { modelsOf, type Catalogue, type Provider } from '../domain/provider';
import { idsByHand } from '../models/byId';
import {
	firstImageParameters,
	imageMode,
	lastImageParameters,
	nameInPrompt,
	referenceKinds,
	REFERENCE_NOTICE,
	referenceParameters,
	type ImageMode,
	type ImageParameters,
	type ReferenceKind,
} from '../models/imageParameters';
import { addPlace, displaysFor, offersOf, type Offer, type Place } from './conditions';
import { fileField, sourceProperties } from './fileSource';
import { shownAs } from './shownAs';

/** An image of such a model is a frame or a reference, as the node says. */
const hasImageMode = ({ model }: Offer): boolean =>
	model.firstImage !== undefined && model.references !== undefined;

const hasNoImageMode = (offer: Offer): boolean => !hasImageMode(offer);

/** Images that begin and end a video, and the references of models that take them. */
export function imageProperties(catalogue: Catalogue): INodeProperties[] {
	const kind = 'imageToVideo';
	const showsOf = (some: readonly Offer[]) => displaysOf(some, catalogue);
	const inFrames = (some: readonly Offer[]) => displaysInMode('frames', some, catalogue);
	const offers = offersOf(catalogue, [kind]);
	const customs = Object.entries(catalogue).flatMap(([provider, entry]): Offer[] =>
		idsByHand(entry, kind).map((id) => ({ kind, provider, model: byIdOf(entry, id) })),
	);
	const all = [...offers, ...customs];
	const withReferences = all.filter(({ model }) => model.references !== undefined);
	const hidden = idsOf(withReferences);
	const withoutReferences = customs.filter(
		({ model }) => model.references === undefined && hidden.includes(model.id),
	);
	const ofFirstImage = [
		// Every model but those that take references takes a first image, also one not known yet.
		hidden.length === 0 ? {} : { hide: { model: hidden } },
		...showsOf(withoutReferences),
		...inFrames(all),
	];
	const withLastImage = all.filter(({ model }) => model.lastImage);
	const ofLastImage = [
		...showsOf(withLastImage.filter(hasNoImageMode)),
		...inFrames(withLastImage),
	];
	const none = { name: 'None', value: 'none', description: 'The video ends as it likes' };
	return [
		...showsOf(all.filter(hasImageMode)).map((display) => imageModeProperty(display)),
		...ofFirstImage.map((display) => inputTypeProperty(firstImageParameters, display)),
		...frameSource(firstImageParameters, 'starts'),
		...ofLastImage.map((display) => inputTypeProperty(lastImageParameters, display, [none])),
		...frameSource(lastImageParameters, 'ends'),
		...referenceNotices(offers, catalogue),
		...referenceProperties(withReferences, catalogue),
	];
}

/** The files that go along with a given video. */
export const referencesBesideVideo = (catalogue: Catalogue): INodeProperties[] => [
	...noticesBesideVideo(catalogue),
	...referenceProperties(offersOf(catalogue, videoOperations), catalogue),
];

const mostOf = (counts: ReadonlyArray<number | undefined>) =>
	Math.max(0, ...counts.map((count) => count ?? 0));

/** A model by ID takes whatever any of the vendor's models takes, as far as the node knows. */
function byIdOf(entry: Provider, id: string): ModelEntry {
	const model = entry.customModel(id, 'imageToVideo');
	const known = modelsOf(entry, 'imageToVideo').flatMap(({ references }) => references ?? []);
	if (known.length === 0) return { ...model, id };
	const most = (kind: ReferenceKind) => {
		const maxCount = mostOf(known.map((one) => one[kind]?.maxCount));
		const slot = known.find((one) => one[kind]?.maxCount === maxCount)?.[kind];
		return slot && { [kind]: slot };
	};
	const references: References = Object.assign({}, ...referenceKinds.map(most));
	return { ...model, id, references };
}

const idsOf = (offers: readonly Offer[]) => [...new Set(offers.map(({ model }) => model.id))];

/**
 * The conditions that show something in this mode for those of the models that know both. They are
 * named again, because n8n's editor keeps the value of a mode that it shows no longer, until the node
 * is closed (2.41.1).
 */
const displaysInMode = (
	mode: ImageMode,
	offers: readonly Offer[],
	catalogue: Catalogue,
): IDisplayOptions[] =>
	displaysOf(offers.filter(hasImageMode), catalogue).map((display) => ({
		...display,
		show: { ...display.show, [imageMode.name]: [mode] },
	}));

/** The same for what belongs to references, which some models take in any case. */
const displaysOfReferences = (
	offers: readonly Offer[],
	catalogue: Catalogue,
): IDisplayOptions[] => [
	...displaysInMode('references', offers, catalogue),
	...displaysOf(offers.filter(hasNoImageMode), catalogue),
];

/** The conditions that show something for these models and for no other. */
function displaysOf(offers: readonly Offer[], catalogue: Catalogue): IDisplayOptions[] {
	const places: Place[] = [];
	for (const { kind, provider, model } of offers) {
		addPlace(places, { kind, provider, modelIds: [model.id] });
	}
	return displaysFor(places, catalogue);
}

const imageModeProperty = (displayOptions: IDisplayOptions): INodeProperties => ({
	...shownAs(imageMode),
	type: 'options',
	displayOptions,
	options: [
		{
			name: imageMode.labels.frames,
			value: 'frames',
			description: 'The video begins with the image, and may end with another one',
		},
		{
			name: imageMode.labels.references,
			value: 'references',
			description: 'The video takes over people, things or style from them',
		},
	],
	description: 'What the model makes of the images; it takes one or the other',
});

const urlOption: INodePropertyOptions = {
	name: 'Image URL',
	value: 'url',
	description: 'The address of an image on the web',
};

const binaryOption: INodePropertyOptions = {
	name: 'Binary File',
	value: 'binary',
	description: 'An image from the previous node',
};

/** Asked for where the model takes such an image. */
const inputTypeProperty = (
	{ label, inputType, defaultInputType }: ImageParameters,
	displayOptions: IDisplayOptions,
	furtherTypes: INodePropertyOptions[] = [],
): INodeProperties => ({
	displayName: `${label} Input Type`,
	name: inputType,
	type: 'options',
	displayOptions,
	options: [...furtherTypes, urlOption, binaryOption],
	default: defaultInputType,
	description: 'Where the image comes from',
});

const frameSource = (parameters: ImageParameters, place: 'starts' | 'ends'): INodeProperties[] =>
	sourceProperties(parameters, 'image', {
		default: '',
		placeholder: 'e.g. https://example.com/first-frame.png',
		description: `The address of the image that the video ${place} with`,
	});

/**
 * One property for all models that take such references, whatever their number, because n8n sends
 * each to every browser: the check knows the number, and the documentation tells it.
 */
const referenceProperties = (offers: readonly Offer[], catalogue: Catalogue): INodeProperties[] =>
	referenceKinds.flatMap((kind) => {
		const taking = offers.filter(({ model }) => model.references?.[kind] !== undefined);
		return displaysOfReferences(taking, catalogue).map((display) =>
			referenceProperty(kind, display),
		);
	});

/** Vendors by how a prompt calls the references there, where their pages say it. */
function vendorsByTag(catalogue: Catalogue): Map<string, string[]> {
	const vendors = new Map<string, string[]>();
	for (const [id, { referenceTag: tag }] of Object.entries(catalogue)) {
		if (tag !== undefined) vendors.set(tag, [...(vendors.get(tag) ?? []), id]);
	}
	return vendors;
}

const noticeProperty = (displayName: string, displayOptions: IDisplayOptions): INodeProperties => ({
	displayName,
	name: REFERENCE_NOTICE,
	type: 'notice',
	displayOptions,
	default: '',
});

/**
 * How a prompt calls the references, right above them: n8n numbers the entries of a list in no way
 * (2.41.1). The vendors' pages say it of models that take sounds, too.
 */
const referenceNotices = (offers: readonly Offer[], catalogue: Catalogue): INodeProperties[] =>
	[...vendorsByTag(catalogue)].flatMap(([tag, vendors]) => {
		const taking = offers.filter(
			({ provider, model }) => vendors.includes(provider) && model.references?.audios !== undefined,
		);
		const called = calledBy(tag);
		const text = `In the prompt, references are called ${called('images', 1)}, ${called('images', 2)} …, ${called('videos', 1)} …, ${called('audios', 1)} …: each kind counted from the top.`;
		return displaysOfReferences(taking, catalogue).map((display) => noticeProperty(text, display));
	});

/** The same beside the video that an order is about, which is the first of its kind. */
const noticesBesideVideo = (catalogue: Catalogue): INodeProperties[] =>
	[...vendorsByTag(catalogue)].map(([tag, provider]) => {
		const called = calledBy(tag);
		const text = `In the prompt, this video is called ${called('videos', 1)}, further ones ${called('videos', 2)} …, images ${called('images', 1)} …, sounds ${called('audios', 1)} …: counted from the top.`;
		return noticeProperty(text, { show: { provider } });
	});

const calledBy = (tag: string) => (kind: ReferenceKind, number: number) =>
	nameInPrompt(tag, kind, number);

const referenceWords: Record<ReferenceKind, { one: string; url: string; purpose: string }> = {
	images: {
		one: 'Image',
		url: 'e.g. https://example.com/person.png',
		purpose: 'Images of people, things or a style that the video takes over',
	},
	videos: {
		one: 'Video',
		url: 'e.g. https://example.com/dance.mp4',
		purpose: 'Videos whose motion, camera or effects the video takes over',
	},
	audios: {
		one: 'Audio',
		url: 'e.g. https://example.com/voice.mp3',
		purpose:
			'Voices, music or sounds that the video takes over; an image or a video goes with them',
	},
};

/** Where an image among several comes from. */
const entryInputType: INodeProperties = {
	displayName: 'Input Type',
	name: 'inputType',
	type: 'options',
	options: [urlOption, binaryOption].map(({ name, value }) => ({ name, value })),
	default: 'url',
};

function referenceProperty(kind: ReferenceKind, displayOptions: IDisplayOptions): INodeProperties {
	const { name, label, entry } = referenceParameters[kind];
	const { one, url: placeholder, purpose } = referenceWords[kind];
	const takesFiles = kind === 'images';
	const address: INodeProperties = {
		displayName: 'URL',
		name: 'url',
		type: 'string',
		...(takesFiles && { displayOptions: { show: { inputType: ['url'] } } }),
		default: '',
		placeholder,
	};
	const file = fileField('', 'binaryPropertyName', 'inputType', 'image');
	return {
		displayName: label,
		name,
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		displayOptions,
		placeholder: `Add ${one}`,
		default: {},
		description: `${purpose}. How many depends on the model.`,
		options: [
			{
				displayName: one,
				name: entry,
				values: takesFiles ? [entryInputType, address, file] : [address],
			},
		],
	};
}
