import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { fileInput, fileOption, fileParameter } from '../domain/ownParameters';
import { optionsCollection, shownAs } from './shownAs';

const operations = {
	join: ['join'],
	setSound: ['setSound'],
	cut: ['cut'],
	/** Those that make a file. */
	making: ['join', 'setSound', 'cut'],
};

interface FileInput {
	/** First part of the parameters' names. */
	name: string;
	label: string;
	description: string;
	field: string;
	defaultInputType: string;
	urlPlaceholder: string;
	operation?: string[];
}

/** A file from the item or from the web. */
function fileProperties(given: FileInput): INodeProperties[] {
	const { name, label, description, field, defaultInputType, urlPlaceholder, operation } = given;
	const show = operation === undefined ? {} : { operation };
	const inputType = `${name}InputType`;
	return [
		{
			displayName: `${label} Input Type`,
			name: inputType,
			type: 'options',
			displayOptions: { show },
			options: [
				{ name: 'Binary File', value: 'binary', description: 'A file of the input item' },
				{ name: 'URL', value: 'url', description: 'A file on the web' },
			],
			default: defaultInputType,
			description,
		},
		{
			displayName: `${label} Field`,
			name: `${name}BinaryPropertyName`,
			type: 'string',
			typeOptions: { binaryDataProperty: true },
			required: true,
			displayOptions: { show: { ...show, [inputType]: ['binary'] } },
			default: field,
			placeholder: `e.g. ${field}`,
			hint: 'The name of the input binary field that holds the file',
		},
		{
			displayName: `${label} URL`,
			name: `${name}Url`,
			type: 'string',
			required: true,
			displayOptions: { show: { ...show, [inputType]: ['url'] } },
			default: '',
			placeholder: urlPlaceholder,
			description: 'Address of the file, which n8n downloads first',
		},
	];
}

const seconds = (
	parameter: Parameters<typeof shownAs>[0],
	description: string,
	show: IDisplayOptions['show'],
): INodeProperties => ({
	...shownAs(parameter),
	type: 'number',
	typeOptions: { minValue: 0, numberPrecision: 3 },
	displayOptions: { show },
	description,
});

const options: INodeProperties[] = [
	{
		...shownAs(fileOption.dropRepeatedFrame),
		type: 'boolean',
		displayOptions: { show: { '/operation': operations.join } },
		description:
			'Whether to leave out the last frame of every clip but the last one, for clips that each begin with the last frame of the one before. It acts only where no other frame is made from that one.',
	},
	{
		...shownAs(fileOption.fileName),
		type: 'string',
		displayOptions: { show: { '/operation': operations.making } },
		placeholder: 'e.g. film.mp4',
		description: 'Name of the file that is put out',
	},
	{
		...shownAs(fileOption.groupBy),
		type: 'string',
		displayOptions: { show: { '/operation': operations.join } },
		placeholder: 'e.g. {{ $json.story }}',
		description: 'Makes one film of all items that have the same value here, in one run',
	},
	{
		...shownAs(fileOption.joinAnyway),
		type: 'boolean',
		displayOptions: { show: { '/operation': operations.join } },
		description:
			'Whether to join clips of the same size that were encoded with other settings. Each clip brings its settings along, which browsers and ffmpeg play; QuickTime and some TV sets may show broken pictures.',
	},
	{
		...shownAs(fileOption.loop),
		type: 'boolean',
		displayOptions: { show: { '/operation': operations.setSound } },
		description: 'Whether the sound begins again until the video ends',
	},
	seconds(fileOption.startSeconds, 'Second of the video at which the sound begins', {
		'/operation': operations.setSound,
	}),
];

/** Every property of the node Seedance Video File. */
export const videoFileProperties: INodeProperties[] = [
	{
		...shownAs(fileParameter.operation),
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Cut',
				value: 'cut',
				description: 'Take a part out of a video, at the places where it needs no new encoding',
				action: 'Cut video',
			},
			{
				name: 'Get Info',
				value: 'getInfo',
				description: 'Get length, size, frame rate and codecs of a video',
				action: 'Get video info',
			},
			{
				name: 'Join Clips',
				value: 'join',
				description:
					"Make one film of all items' videos, in their order, frame by frame as they are",
				action: 'Join clips',
			},
			{
				name: 'Set Soundtrack',
				value: 'setSound',
				description: 'Give a video other sound, e.g. music or a voice',
				action: 'Set video soundtrack',
			},
		],
	},
	...fileProperties({
		...fileInput.video,
		description: 'Where the video comes from',
		urlPlaceholder: 'e.g. https://example.com/clip.mp4',
	}),
	...fileProperties({
		...fileInput.sound,
		description: 'Where the sound comes from. AAC, M4A and MP3 files go in as they are.',
		urlPlaceholder: 'e.g. https://example.com/music.mp3',
		operation: operations.setSound,
	}),
	seconds(
		fileParameter.fromSeconds,
		'Where the part begins. The cut lies at the last picture up to there that needs no other one.',
		{ operation: operations.cut },
	),
	seconds(fileParameter.toSeconds, 'Where the part ends; 0 for the end of the video', {
		operation: operations.cut,
	}),
	{
		...shownAs(fileParameter.binaryPropertyName),
		type: 'string',
		required: true,
		displayOptions: { show: { operation: operations.making } },
		placeholder: 'e.g. data',
		hint: 'The name of the output binary field to put the video in',
	},
	optionsCollection(options, { operation: operations.making }),
];
