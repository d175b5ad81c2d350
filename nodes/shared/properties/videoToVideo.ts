import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { operationNames, type VideoOperation } from '../domain/model';
import { videoParameters } from '../models/givenVideo';
import { operationsOf } from './conditions';
import { sourceProperties } from './fileSource';

const operations: Record<VideoOperation, INodePropertyOptions> = {
	edit: {
		name: operationNames.edit,
		value: 'edit',
		description: 'Change what is in a video: it keeps its length and its ratio',
		action: 'Edit video',
	},
	extend: {
		name: operationNames.extend,
		value: 'extend',
		description: 'Go on where a video ends. Most vendors give the new part alone.',
		action: 'Extend video',
	},
	reference: {
		name: operationNames.reference,
		value: 'reference',
		description: 'Make a new video that takes over motion, camera or style of a video',
		action: 'Make video from reference',
	},
};

/** What the node does with the given video: what the vendors that it knows can. */
export function operationProperty(offered: readonly VideoOperation[]): INodeProperties {
	const [first = 'edit'] = offered;
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: offered.map((operation) => operations[operation]),
		default: first,
	};
}

const { label, inputType, defaultInputType } = videoParameters;

/** Where the given video comes from: by itself from the row of the node before. */
export const videoProperties: INodeProperties[] = [
	{
		displayName: `${label} Input Type`,
		name: inputType,
		type: 'options',
		options: [
			{ name: 'Video URL', value: 'url', description: 'The address of a video on the web' },
			{ name: 'Binary File', value: 'binary', description: 'A video from the previous node' },
		],
		default: defaultInputType,
		description: 'Where the video comes from',
	},
	...sourceProperties(videoParameters, 'video', {
		default: '={{ $json.videoUrl }}',
		placeholder: 'e.g. https://example.com/clip.mp4',
		description: 'The address of the video. Left as it is, the video of the Seedance node before.',
	}),
];

/**
 * The properties of each operation, shown for it alone; what several of them have alike is one
 * property, because n8n sends all of them to every browser.
 */
export function inOperations(
	offered: readonly VideoOperation[],
	make: (operation: VideoOperation) => INodeProperties[],
): INodeProperties[] {
	const known = new Map<string, { property: INodeProperties; operations: VideoOperation[] }>();
	for (const operation of offered) {
		for (const property of make(operation)) {
			const key = JSON.stringify(property);
			const before = known.get(key);
			if (before === undefined) known.set(key, { property, operations: [operation] });
			else before.operations.push(operation);
		}
	}
	return [...known.values()].map(({ property, operations: shown }) => {
		const { displayOptions = {} } = property;
		const show = { ...operationsOf(shown), ...displayOptions.show };
		return { ...property, displayOptions: { ...displayOptions, show } };
	});
}
