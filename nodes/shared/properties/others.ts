import type { INodeProperties } from 'n8n-workflow';
import type { Catalogue } from '../domain/provider';
import { taskParameter } from '../domain/ownParameters';
import { callbackUrlOfEntry } from './completion';
import { markerProperties, MAX_OTHERS, vendorOfEntry } from './credentials';
import { shownAs } from './shownAs';

/** The further vendors whose tasks Seedance Task takes beside its own vendor's. */
export const othersProperty = (catalogue: Catalogue): INodeProperties => ({
	...shownAs(taskParameter.otherProviders, {}),
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, maxAllowedFields: MAX_OTHERS },
	placeholder: 'Add Provider',
	// A tool is given no rows, and asks the node's own vendor.
	displayOptions: {
		show: { resource: ['task'], operation: ['get', 'wait'] },
		hide: { '@tool': [true] },
	},
	description:
		"Vendors whose rows come in beside those of Provider: each row is asked for at the vendor that its field 'provider' names, all side by side",
	options: [
		{
			displayName: 'Provider',
			name: taskParameter.otherProviders.entry,
			values: [
				vendorOfEntry(catalogue, 'A vendor whose rows come in as well'),
				callbackUrlOfEntry({ '/operation': ['wait'] }),
				...markerProperties(catalogue),
			],
		},
	],
});
