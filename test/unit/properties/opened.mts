import { NodeHelpers, type INode, type INodeParameters, type INodeProperties } from 'n8n-workflow';
import { parametersOf } from '../../../nodes/shared/models/schema';
import { providers } from '../../../nodes/shared/providers';
import { entriesOf, nodeNamed } from '../ux/descriptions.mts';

/** What n8n fills into a node of a version, and what its editor shows of it, in the node and under Options. */
export function opened(name: string, typeVersion: number, parameters: INodeParameters) {
	const description = nodeNamed(name);
	const { properties } = description;
	const node: INode = { id: '', name: '', type: '', typeVersion, position: [0, 0], parameters };
	// As n8n does first: what is not shown is dropped, so that nothing is shown because of it.
	const values =
		NodeHelpers.getNodeParameters(properties, parameters, true, false, node, description) ??
		parameters;
	const isShown = (property: INodeProperties, own: INodeParameters) =>
		NodeHelpers.displayParameter(own, property, node, description, values);
	const inNode = properties.filter((property) => isShown(property, values));
	const options = inNode
		.filter(({ type }) => type === 'collection')
		.flatMap(entriesOf)
		.filter((entry) => isShown(entry, {}));
	return { values, inNode, options };
}

export const namesOf = (properties: readonly INodeProperties[]) =>
	properties.map(({ name }) => name);

/** Names of the parameters that a model has; all others are the nodes' own. */
export const ofModels: ReadonlySet<string> = new Set(
	Object.values(providers)
		.flatMap(({ models }) => models)
		.flatMap((model) => parametersOf(model).map(({ name }) => name)),
);
