import type { INodeProperties } from 'n8n-workflow';
import { FILE_FIELD } from '../domain/ownParameters';

/** Names of the node parameters that say where a file comes from. */
interface SourceParameters {
	label: string;
	inputType: string;
	url: string;
	binaryPropertyName: string;
}

type FileKind = 'image' | 'video';

/**
 * Asked for where the input type is: of a parameter that stands in the node more than once, n8n drops
 * those that are not shown before it looks at what depends on it.
 */
export const sourceProperties = (
	{ label, inputType, url, binaryPropertyName }: SourceParameters,
	kind: FileKind,
	{
		default: byDefault,
		...words
	}: Pick<INodeProperties, 'default' | 'placeholder' | 'description'>,
): INodeProperties[] => [
	{
		displayName: `${label} URL`,
		name: url,
		type: 'string',
		required: true,
		displayOptions: { show: { [inputType]: ['url'] } },
		default: byDefault,
		...words,
	},
	fileField(`${label} `, binaryPropertyName, inputType, kind, { required: true }),
];

/** The field of the input item that holds the file. */
export const fileField = (
	label: string,
	name: string,
	inputType: string,
	kind: FileKind,
	rules: Pick<INodeProperties, 'required'> = {},
): INodeProperties => ({
	displayName: `${label}Input Data Field Name`,
	name,
	type: 'string',
	typeOptions: { binaryDataProperty: true },
	...rules,
	displayOptions: { show: { [inputType]: ['binary'] } },
	default: FILE_FIELD,
	placeholder: `e.g. ${FILE_FIELD}`,
	description: `The name of the input field with the ${kind}'s binary data`,
});
