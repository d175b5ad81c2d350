import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { ModelEntry } from '../domain/model';
import { modelsOf, type Catalogue } from '../domain/provider';
import {
	firstImageParameters,
	IMAGE_MODE,
	lastImageParameters,
	referenceKinds,
	referenceParameters,
	type ImageMode,
	type ImageParameters,
	type ReferenceKind,
} from '../models/images';
import { CUSTOM_MODEL } from '../models/schema';
import { inFewConditions, offeredIn, type IsOffered } from './conditions';

type Show = NonNullable<IDisplayOptions['show']>;

interface Offer {
	provider: string;
	model: ModelEntry;
}

const showsImageMode = ({ firstImage, references }: ModelEntry): boolean =>
	firstImage !== undefined && references !== undefined;

/** Images that begin and end a video, and the references of models that take them. */
export function imageProperties(catalogue: Catalogue): INodeProperties[] {
	const isOffered = offeredIn(catalogue, 'imageToVideo');
	const showsOf = (some: readonly Offer[]) => showsFor(some, isOffered);
	const offers = Object.entries(catalogue).flatMap(([provider, entry]) =>
		modelsOf(entry, 'imageToVideo').map((model): Offer => ({ provider, model })),
	);
	const withMode = offers.filter(({ model }) => showsImageMode(model));
	const withReferences = offers.filter(({ model }) => model.references !== undefined);
	const none = { name: 'None', value: 'none', description: 'The video ends as it likes' };
	const customs = Object.entries(catalogue).map(
		([provider, entry]): Offer => ({
			provider,
			model: entry.customModel(CUSTOM_MODEL, 'imageToVideo'),
		}),
	);
	const withLastImage = [...offers, ...customs].filter(({ model }) => model.lastImage);
	return [
		...showsOf(withMode).map((show) => imageModeProperty(show)),
		// Every model but those that take references takes a first image, also one not known yet.
		...imageProperty(
			firstImageParameters,
			withReferences.length === 0 ? {} : { hide: { model: idsOf(withReferences) } },
			[],
		),
		...showsOf(withMode).flatMap((show) =>
			imageProperty(firstImageParameters, { show: inMode(show, 'frames') }, []),
		),
		...showsOf(withLastImage.filter(({ model }) => !showsImageMode(model))).flatMap((show) =>
			imageProperty(lastImageParameters, { show }, [none]),
		),
		...showsOf(withLastImage.filter(({ model }) => showsImageMode(model))).flatMap((show) =>
			imageProperty(lastImageParameters, { show: inMode(show, 'frames') }, [none]),
		),
		...referenceKinds.flatMap((kind) => referenceProperties(kind, withReferences, showsOf)),
	];
}

const idsOf = (offers: readonly Offer[]) => [...new Set(offers.map(({ model }) => model.id))];

const inMode = (show: Show, mode: ImageMode): Show => ({ ...show, [IMAGE_MODE]: [mode] });

/** The conditions that show something for these models and for no other. */
function showsFor(offers: readonly Offer[], isOffered: IsOffered): Show[] {
	const providers = [...new Set(offers.map(({ provider }) => provider))];
	const places = providers.map((provider) => ({
		provider,
		modelIds: idsOf(offers.filter((offer) => offer.provider === provider)),
	}));
	return inFewConditions(places, isOffered).map((condition) => ({
		provider: condition.providers,
		model: condition.modelIds,
	}));
}

const imageModeProperty = (show: Show): INodeProperties => ({
	displayName: 'Images Are',
	name: IMAGE_MODE,
	type: 'options',
	displayOptions: { show },
	options: [
		{
			name: 'First and Last Frame',
			value: 'frames',
			description: 'The video begins with the image, and may end with another one',
		},
		{
			name: 'References',
			value: 'references',
			description: 'The video takes over people, things or style from them',
		},
	],
	default: 'frames',
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

function imageProperty(
	{ label, inputType, defaultInputType, url, binaryPropertyName }: ImageParameters,
	{ show = {}, ...display }: IDisplayOptions,
	furtherTypes: INodePropertyOptions[],
): INodeProperties[] {
	const isOptional = furtherTypes.length > 0;
	return [
		{
			displayName: `${label} Input Type`,
			name: inputType,
			type: 'options',
			displayOptions: { ...display, show },
			options: [...furtherTypes, urlOption, binaryOption],
			default: defaultInputType,
			description: 'Where the image comes from',
		},
		{
			displayName: `${label} URL`,
			name: url,
			type: 'string',
			required: true,
			displayOptions: { ...display, show: { ...show, [inputType]: ['url'] } },
			default: '',
			placeholder: 'e.g. https://example.com/first-frame.png',
			description: `The address of the image that the video ${isOptional ? 'ends' : 'starts'} with`,
		},
		{
			displayName: `${label} Input Data Field Name`,
			name: binaryPropertyName,
			type: 'string',
			typeOptions: { binaryDataProperty: true },
			required: true,
			displayOptions: { ...display, show: { ...show, [inputType]: ['binary'] } },
			default: 'data',
			placeholder: 'e.g. data',
			description: "The name of the input field with the image's binary data",
		},
	];
}

/** One property per number of files that a model takes, so that the node can say it. */
function referenceProperties(
	kind: ReferenceKind,
	offers: readonly Offer[],
	showsOf: (sharing: readonly Offer[]) => Show[],
): INodeProperties[] {
	const groups = new Map<string, { maxCount: number; isMode: boolean; offers: Offer[] }>();
	for (const offer of offers) {
		const maxCount = offer.model.references?.[kind]?.maxCount;
		if (maxCount === undefined) continue;
		const isMode = showsImageMode(offer.model);
		const key = `${maxCount} ${isMode}`;
		const group = groups.get(key) ?? { maxCount, isMode, offers: [] };
		group.offers.push(offer);
		groups.set(key, group);
	}
	return [...groups.values()].flatMap(({ maxCount, isMode, offers: sharing }) =>
		showsOf(sharing).map((show) =>
			referenceProperty(kind, maxCount, isMode ? inMode(show, 'references') : show),
		),
	);
}

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

function referenceProperty(kind: ReferenceKind, maxCount: number, show: Show): INodeProperties {
	const { name, label, entry } = referenceParameters[kind];
	const { one, url: placeholder, purpose } = referenceWords[kind];
	const takesFiles = kind === 'images';
	return {
		displayName: label,
		name,
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		displayOptions: { show },
		placeholder: `Add ${one}`,
		default: {},
		description: `${purpose}. Up to ${maxCount}.`,
		options: [
			{
				displayName: one,
				name: entry,
				values: [
					...(takesFiles
						? [
								{
									displayName: 'Input Type',
									name: 'inputType',
									type: 'options' as const,
									options: [urlOption, binaryOption],
									default: 'url',
									description: 'Where the image comes from',
								},
							]
						: []),
					{
						displayName: 'URL',
						name: 'url',
						type: 'string',
						...(takesFiles && { displayOptions: { show: { inputType: ['url'] } } }),
						default: '',
						placeholder,
						description: `The address of the ${one.toLowerCase()} on the web`,
					},
					...(takesFiles
						? [
								{
									displayName: 'Input Data Field Name',
									name: 'binaryPropertyName',
									type: 'string' as const,
									displayOptions: { show: { inputType: ['binary'] } },
									default: 'data',
									placeholder: 'e.g. data',
									description: "The name of the input field with the image's binary data",
								},
							]
						: []),
				],
			},
		],
	};
}
