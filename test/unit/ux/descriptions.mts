import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type {
	ICredentialType,
	INodeProperties,
	INodePropertyOptions,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';

export const root = path.join(__dirname, '..', '..', '..');

interface Manifest {
	name: string;
	n8n: { nodes: string[]; credentials: string[] };
}

export const manifest: Manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** Source file, without extension, of a built file that package.json names. */
const sourceOf = (built: string) => built.replace(/^dist\//, '').replace(/\.js$/, '');

function instanceOf<T>(built: string): T {
	const source = sourceOf(built);
	const className = path.basename(source).split('.')[0] ?? '';
	// eslint-disable-next-line @typescript-eslint/no-require-imports
	const classes: Record<string, new () => T> = require(path.join(root, `${source}.ts`));
	const Class = classes[className];
	if (Class === undefined) throw new Error(`${source} has no class ${className}`);
	return new Class();
}

export interface LoadedNode {
	/** Directory of its source, from which its icons are named. */
	directory: string;
	description: INodeTypeDescription;
	node: INodeType;
}

/** Every node of the package that people see. */
export const nodes: LoadedNode[] = manifest.n8n.nodes
	.map((built) => {
		const node = instanceOf<INodeType>(built);
		const directory = path.join(root, path.dirname(sourceOf(built)));
		return { directory, node, description: node.description };
	})
	.filter(({ description }) => description.hidden !== true);

export const credentials = manifest.n8n.credentials.map((built) =>
	instanceOf<ICredentialType>(built),
);

export const codexFiles = readdirSync(path.join(root, 'nodes'), { recursive: true })
	.map(String)
	.filter((file) => file.endsWith('.node.json'))
	.map((file) => path.join(root, 'nodes', file));

export function nodeNamed(name: string): INodeTypeDescription {
	const found = nodes.find(({ description }) => description.name === name);
	if (found === undefined) throw new Error(`The package has no node ${name}`);
	return found.description;
}

export interface PlacedProperty {
	node: string;
	property: INodeProperties;
	/** The collection that it is an entry of. */
	collection?: INodeProperties;
}

export const isProperty = (entry: object): entry is INodeProperties => 'type' in entry;

export const choicesOf = ({ options = [] }: INodeProperties): INodePropertyOptions[] =>
	options.filter((entry): entry is INodePropertyOptions => 'value' in entry && !('type' in entry));

export const entriesOf = ({ options = [] }: INodeProperties): INodeProperties[] =>
	options.filter(isProperty);

/** Every property of every node, entries of collections too. */
export const placed: PlacedProperty[] = nodes.flatMap(({ description }) =>
	description.properties.flatMap((property) => [
		{ node: description.name, property },
		...(property.type === 'collection' ? entriesOf(property) : []).map((entry) => ({
			node: description.name,
			property: entry,
			collection: property,
		})),
	]),
);

export const nameOf = ({ node, property, collection }: PlacedProperty): string =>
	[node, collection?.name, property.name].filter((part) => part !== undefined).join('.');
