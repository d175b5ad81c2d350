import { option } from '../../../nodes/shared/domain/ownParameters';
import { videoParameters } from '../../../nodes/shared/models/givenVideo';
import {
	firstImageParameters,
	imageMode,
	lastImageParameters,
	referenceParameters,
} from '../../../nodes/shared/models/imageParameters';
import {
	RUN_OPTIONS,
	RUN_PARAMETERS,
	versionInNode,
} from '../../../nodes/shared/models/nodeParameters';
import { entriesOf, nodeNamed } from '../ux/descriptions.mts';
import { ofModels } from './opened.mts';

/**
 * Editing one of the first kind makes a new order, editing one of the second does not: every
 * parameter and option of a generation node has to be of one kind, on purpose.
 */
const ofTheImages = [firstImageParameters, lastImageParameters].flatMap(
	({ inputType, url, binaryPropertyName }) => [inputType, url, binaryPropertyName],
);
const { inputType, url, binaryPropertyName } = videoParameters;
const ofTheVideo = ['operation', inputType, url, binaryPropertyName];
const ofTheReferences = Object.values(referenceParameters).map(({ name }) => name);
const orders = {
	parameters: new Set([
		'provider',
		'model',
		'customModel',
		'listModel',
		'modelParameters',
		imageMode.name,
		...ofTheImages,
		...ofTheVideo,
		...ofTheReferences,
		...[...ofModels].filter((name) => versionInNode(name) !== undefined),
	]),
	options: new Set([
		'additionalParameters',
		option.chainItems.name,
		...[...ofModels].filter((name) => versionInNode(name) !== 1),
	]),
};
const runs = { parameters: RUN_PARAMETERS, options: RUN_OPTIONS };

const nodes = ['seedanceTextToVideo', 'seedanceImageToVideo', 'seedanceVideoToVideo'].map(
	(name) => {
		const { properties } = nodeNamed(name);
		const options = properties.filter((property) => property.name === 'options').flatMap(entriesOf);
		return { name, parameters: properties, options };
	},
);

describe.each(nodes)('$name', (node) => {
	describe.each(['parameters', 'options'] as const)('%s', (kind) => {
		const names = [...new Set(node[kind].map(({ name }) => name))];

		test.each(names)('%s either makes an order or says how the node runs', (name) => {
			expect([orders[kind].has(name), runs[kind].has(name)].filter(Boolean)).toHaveLength(1);
		});
	});
});

test('nothing is said to be of the run that no node has', () => {
	const known = nodes.flatMap(({ parameters, options }) =>
		[...parameters, ...options].map(({ name }) => name),
	);
	expect([...RUN_PARAMETERS, ...RUN_OPTIONS].filter((name) => !known.includes(name))).toEqual([]);
});
