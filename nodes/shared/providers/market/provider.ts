import type { Provider } from '../../domain/provider';

/** What the vendors of this family have in common besides how they speak. */
export const market: Pick<Provider, 'limits' | 'kinds'> = {
	// kie.ai takes 20 new tasks in 10 s (https://docs.kie.ai/1973359m0.md).
	limits: { maxParallelTasks: 20, creates: { count: 20, windowMs: 10_000 } },
	kinds: ['textToVideo', 'imageToVideo'],
};
