import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { option, orderParameter, videoParameter } from '../domain/ownParameters';
import { LOOK, PATIENCE } from '../domain/limits';
import { shownAs } from './shownAs';

type Show = NonNullable<IDisplayOptions['show']>;

/**
 * How a node gets from the task to the video. `show` limits it to some operations; a node that only
 * waits, for what is paid already, offers no *Submit Only*. The editor cuts off what a list says in
 * more than two lines, some 120 characters.
 */
export function completionProperty(show: Show, canSubmitOnly = true): INodeProperties {
	return {
		...shownAs(videoParameter.completion),
		type: 'options',
		noDataExpression: true,
		displayOptions: { show },
		// In the order in which people come to them, so that what most need stands first.
		options: [
			{
				name: 'Wait in the Node',
				value: 'wait',
				description: canSubmitOnly
					? `The workflow waits here for the video. If n8n is killed meanwhile, a retry pays again unless '${orderParameter.taskLedger.label}' is on.`
					: 'The workflow waits here for the video',
			},
			{
				name: 'Pause the Execution',
				value: 'pause',
				description:
					'The workflow sleeps until the video is there, even for days or while n8n restarts. Needs n8n 2.30.',
			},
			{
				name: 'Notify a Trigger',
				value: 'notify',
				description:
					'The workflow goes on at once; another one, which begins with a Seedance Trigger, gets the video',
			},
			...(canSubmitOnly
				? [
						{
							name: 'Submit Only',
							value: 'submit',
							description:
								'The workflow goes on at once; get the video later with the node Seedance Task',
						},
					]
				: []),
		],
		description: canSubmitOnly
			? 'What the workflow does until then: a video takes from half a minute to two days. Branches run one after the other in n8n: have nodes in several branches submit only, and one Seedance Task behind a Merge wait for all of them.'
			: 'What the workflow does until then: a video takes from half a minute to two days. All tasks are waited for side by side.',
	};
}

export function callbackUrlProperty(show: Show): INodeProperties {
	return {
		...shownAs(videoParameter.callbackUrl),
		type: 'string',
		required: true,
		displayOptions: { show: { ...show, completion: ['notify'] } },
		placeholder: 'e.g. https://n8n.example.com/webhook/…',
		description:
			'The Production URL of a Seedance Trigger with the same provider and credential, or any URL that takes a POST',
	};
}

/** The same in an entry that names a vendor. */
export const callbackUrlOfEntry = (show: Show): INodeProperties => ({
	...shownAs(videoParameter.callbackUrl),
	type: 'string',
	displayOptions: { show: { ...show, '/completion': ['notify'] } },
	placeholder: 'e.g. https://n8n.example.com/webhook/…',
	description: 'The Production URL of a Seedance Trigger with this provider',
});

/** Options that speak of waiting; the node that uses them has a parameter Completion. */
export const waitingOptions: INodeProperties[] = [
	{
		...shownAs(option.pollInterval, LOOK.defaultMaxGapMs / 1000),
		type: 'number',
		typeOptions: { minValue: 1 },
		displayOptions: { show: { '/completion': ['wait', 'pause'] } },
		description:
			'Longest time between two looks at a task. After a restart of n8n, a paused execution is looked after about once a minute to begin with.',
	},
	{
		...shownAs(option.timeout, PATIENCE.defaultTimeoutMinutes),
		type: 'number',
		typeOptions: { minValue: 0 },
		displayOptions: { show: { '/completion': ['wait', 'pause'] } },
		description:
			'How long to wait for each video. The task goes on at the vendor after that. Default: 30, or the lifetime of a task on the offline tier.',
	},
];

export const pauseInSubWorkflowsOption: INodeProperties = {
	...shownAs(option.pauseInSubWorkflows),
	type: 'boolean',
	noDataExpression: true,
	displayOptions: { show: { '/completion': ['pause'] } },
	description:
		'Whether to pause also where another workflow calls this one with a single item and waits. Only for workflows that are called once: called for each item, all videos but the first are refused.',
};

/** For vendors that report the end of a task by themselves. */
export const sendCallbackUrlOption = (providers: readonly string[]): INodeProperties => ({
	...shownAs(option.sendCallbackUrl),
	type: 'boolean',
	displayOptions: { show: { '/completion': ['pause'], '/provider': [...providers] } },
	description:
		'Whether the vendor is given an address at which it can report the end of the video, so that the execution goes on within seconds. Off: n8n asks by itself, first every few seconds, later every few minutes.',
});

export const contextOption: INodeProperties = {
	...shownAs(option.context),
	type: 'json',
	displayOptions: { show: { '/completion': ['notify'] } },
	description: 'JSON that the Seedance Trigger puts out with the video, e.g. a row number',
};
