import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { FILE } from '../domain/limits';

const { defaultMaxMegabytes } = FILE;

/** How much of a file that a vendor names is taken. */
export const maxFileSizeOption = (show?: IDisplayOptions['show']): INodeProperties => ({
	displayName: 'Max File Size (MB)',
	name: 'maxFileSize',
	type: 'number',
	typeOptions: { minValue: 1 },
	...(show && { displayOptions: { show } }),
	default: defaultMaxMegabytes,
	description: 'A larger video is not downloaded',
});

/** What the files are called; those of several items may be called the same. */
export const fileNameOption = (show: IDisplayOptions['show']): INodeProperties => ({
	displayName: 'File Name',
	name: 'fileName',
	type: 'string',
	displayOptions: { show: { ...show, '/downloadVideo': [true] } },
	default: '',
	placeholder: 'e.g. {{ $json.title }}',
	description: "Of the video, without an extension. Left empty, it is the task's ID.",
});

export const includeInputFieldsOption = (show?: IDisplayOptions['show']): INodeProperties => ({
	displayName: 'Include Input Fields',
	name: 'includeInputFields',
	type: 'boolean',
	...(show && { displayOptions: { show } }),
	default: false,
	description: "Whether to keep the item's own fields beside the video's, which win",
});

/** What a node puts out for a finished video. */
export function outputProperties({
	show,
}: Required<Pick<IDisplayOptions, 'show'>>): INodeProperties[] {
	return [
		{
			displayName: 'Download Video',
			name: 'downloadVideo',
			type: 'boolean',
			displayOptions: { show },
			default: true,
			description:
				'Whether to put the video file into the output. Vendors delete their copy, some of them after an hour.',
		},
		{
			displayName: 'Put Output File in Field',
			name: 'binaryPropertyName',
			type: 'string',
			required: true,
			displayOptions: { show: { ...show, downloadVideo: [true] } },
			default: 'data',
			placeholder: 'e.g. data',
			hint: 'The name of the output binary field to put the video in',
		},
		{
			displayName: 'Simplify',
			name: 'simplify',
			type: 'boolean',
			displayOptions: { show },
			default: true,
			description: 'Whether to return a simplified version of the response instead of the raw data',
		},
	];
}
