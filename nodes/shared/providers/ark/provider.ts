import type { Provider } from '../../domain/provider';
import { api } from './api';
import { customModel } from './models';

/** What the clouds that run Ark have in common: all but their names, addresses and model IDs. */
export const ark: Pick<Provider, 'limits' | 'kinds' | 'customModel' | 'vendor'> = {
	// docs/modelark/model-list: 180 new tasks a minute for an individual's account, of which ten are
	// left for the user's other callers, and 20 looks a second. Three of an individual's tasks and ten
	// of a company's are worked on at once; the others wait in the vendor's own queue.
	limits: {
		maxParallelTasks: 10,
		creates: { count: 170, windowMs: 60_000 },
		requests: { count: 18, windowMs: 1000 },
		// Of a body of 64 MB (docs/modelark/create-video-generation-task-api), a few are left for its text.
		maxRequestBytes: 63 * 1024 * 1024,
	},
	kinds: ['textToVideo', 'imageToVideo', 'edit', 'extend', 'reference'],
	customModel,
	vendor: api,
};
