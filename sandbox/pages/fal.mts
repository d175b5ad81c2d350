import type { ModelPage } from './types.mts';

export const fal: readonly ModelPage[] = [];
