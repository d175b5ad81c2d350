import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

type Shown = Pick<INodeProperties, 'displayName' | 'name' | 'default'>;

interface Named {
	name: string;
	label: string;
	default?: Shown['default'];
}

/** Name, label and default of one of the nodes' own parameters, in n8n's words. */
export const shownAs = (
	{ name, label, default: own = '' }: Named,
	byDefault: Shown['default'] = own,
): Shown => ({ displayName: label, name, default: byDefault });

/** What a node offers beside its parameters, for whoever adds it. */
export const optionsCollection = (
	options: INodeProperties[],
	show?: IDisplayOptions['show'],
): INodeProperties => ({
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	...(show && { displayOptions: { show } }),
	options,
});
