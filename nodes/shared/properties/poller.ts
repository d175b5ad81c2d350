import type { INodeProperties } from 'n8n-workflow';
import { PLAN_PARAMETER } from '../models/nodeParameters';

/** What the hidden poller is told by the node that starts it; nobody sees or types it. */
export const pollerProperties: INodeProperties[] = [
	{ displayName: 'Plan', name: PLAN_PARAMETER, type: 'hidden', default: '' },
];
