import type { INodeProperties } from 'n8n-workflow';
import type { Catalogue } from '../domain/provider';
import { taskParameter, videoParameter } from '../domain/ownParameters';
import { CREDENTIAL_ABOVE, markerProperties, MAX_OTHERS } from './credentials';
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
			values: fieldsOf(catalogue),
		},
	],
});

function fieldsOf(catalogue: Catalogue): INodeProperties[] {
	const ids = Object.keys(catalogue);
	const [firstId = ''] = ids;
	return [
		{
			displayName: 'Provider',
			name: 'provider',
			type: 'options',
			noDataExpression: true,
			options: ids.map((value) => ({ name: catalogue[value]?.label ?? value, value })),
			default: firstId,
			description: 'A vendor whose rows come in as well',
			hint: CREDENTIAL_ABOVE,
		},
		{
			...shownAs(videoParameter.callbackUrl),
			type: 'string',
			displayOptions: { show: { '/operation': ['wait'], '/completion': ['notify'] } },
			placeholder: 'e.g. https://n8n.example.com/webhook/…',
			description: 'The Production URL of a Seedance Trigger with this provider',
		},
		...markerProperties(catalogue),
	];
}
