import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { DEFAULT_MAX_FILE_MEGABYTES } from '../tasks/session';

/** How much of a file that a vendor names is taken. */
export const maxFileSizeOption = (show?: IDisplayOptions['show']): INodeProperties => ({
	displayName: 'Max File Size (MB)',
	name: 'maxFileSize',
	type: 'number',
	typeOptions: { minValue: 1 },
	...(show && { displayOptions: { show } }),
	default: DEFAULT_MAX_FILE_MEGABYTES,
	description: 'A larger video is not downloaded',
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
