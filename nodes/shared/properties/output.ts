import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { option, videoParameter } from '../domain/ownParameters';
import { FILE } from '../domain/limits';
import { shownAs } from './shownAs';

/** How much of a file that a vendor names is taken. */
export const maxFileSizeOption = (show?: IDisplayOptions['show']): INodeProperties => ({
	...shownAs(option.maxFileSize, FILE.defaultMaxMegabytes),
	type: 'number',
	typeOptions: { minValue: 1 },
	...(show && { displayOptions: { show } }),
	description: 'A larger video is not downloaded',
});

/** What the files are called; those of several items may be called the same. */
export const fileNameOption = (show: IDisplayOptions['show']): INodeProperties => ({
	...shownAs(option.fileName),
	type: 'string',
	displayOptions: { show: { ...show, '/downloadVideo': [true] } },
	placeholder: 'e.g. {{ $json.title }}',
	description: "Of the video, without an extension. Left empty, it is the task's ID.",
});

export const includeInputFieldsOption = (show?: IDisplayOptions['show']): INodeProperties => ({
	...shownAs(option.includeInputFields),
	type: 'boolean',
	...(show && { displayOptions: { show } }),
	description: "Whether to keep the item's own fields beside the video's, which win",
});

/** What a node puts out for a finished video. */
export function outputProperties({
	show,
}: Required<Pick<IDisplayOptions, 'show'>>): INodeProperties[] {
	return [
		{
			...shownAs(videoParameter.downloadVideo),
			type: 'boolean',
			displayOptions: { show },
			description:
				'Whether to put the video file into the output. Vendors delete their copy, some of them after an hour.',
		},
		{
			...shownAs(videoParameter.binaryPropertyName),
			type: 'string',
			required: true,
			displayOptions: { show: { ...show, downloadVideo: [true] } },
			placeholder: 'e.g. data',
			hint: 'The name of the output binary field to put the video in',
		},
		{
			...shownAs(videoParameter.simplify),
			type: 'boolean',
			displayOptions: { show },
			description: 'Whether to return a simplified version of the response instead of the raw data',
		},
	];
}
