import type { INodeProperties } from 'n8n-workflow';

const hidden = (displayName: string, name: string, initial: string | boolean): INodeProperties => ({
	displayName,
	name,
	type: 'hidden',
	default: initial,
});

/** What the hidden poller is told by the node that starts it; nobody sees or types these. */
export const pollerProperties: INodeProperties[] = [
	hidden('Role', 'role', 'keeper'),
	hidden('Provider', 'provider', ''),
	hidden('Duty', 'duty', 'return'),
	hidden('On Problem', 'onProblem', 'throw'),
	hidden('Download Video', 'downloadVideo', true),
	hidden('Put Output File in Field', 'binaryPropertyName', 'data'),
	hidden('Simplify', 'simplify', true),
	hidden('Keeper URL', 'keeperUrl', ''),
	hidden('Waiter ID', 'waiterId', ''),
	hidden('Waiter URL', 'waiterUrl', ''),
];
