import type { INodeProperties } from 'n8n-workflow';
import { videoParameter } from '../domain/ownParameters';
import { providers } from '../providers';
import { providerProperty } from './generation';
import { maxFileSizeOption } from './output';
import { optionsCollection, shownAs } from './shownAs';

export const triggerProperties: INodeProperties[] = [
	{
		displayName: `Publish this workflow: the Production URL works only then. Paste that URL (above, under 'Webhook URLs') into '${videoParameter.callbackUrl.label}' of a Seedance node with '${videoParameter.completion.label}' on 'Notify a Trigger'. Use the same vendor and credential in both.`,
		name: 'notice',
		type: 'notice',
		default: '',
	},
	providerProperty(providers),
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		required: true,
		options: [
			{
				name: 'Video Failed',
				value: 'failed',
				description: 'The task ended without a video: failed, cancelled or expired',
			},
			{
				name: 'Video Succeeded',
				value: 'succeeded',
				description: 'The video is finished',
			},
		],
		default: ['succeeded', 'failed'],
		description: 'The ends of a task that start the workflow',
	},
	optionsCollection([
		{
			displayName: 'Accept Unsigned',
			name: 'acceptUnsigned',
			type: 'boolean',
			default: false,
			description:
				'Whether to take callbacks for tasks that were not submitted by a Seedance node. The task is still read from the vendor with the credential.',
		},
		{
			...shownAs(videoParameter.downloadVideo),
			type: 'boolean',
			description: 'Whether to put the video file into the output, in the field data',
		},
		maxFileSizeOption(),
		{
			...shownAs(videoParameter.simplify),
			type: 'boolean',
			description: 'Whether to return a simplified version of the response instead of the raw data',
		},
	]),
];
