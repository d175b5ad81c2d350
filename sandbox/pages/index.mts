import type { VendorId } from '../vendors/index.mts';
import { aimlapi } from './aimlapi.mts';
import { apikley } from './apikley.mts';
import { arkPages } from './ark.mts';
import { fal } from './fal.mts';
import { kie } from './kie.mts';
import { modellix } from './modellix.mts';
import { openrouter } from './openrouter.mts';
import { replicate } from './replicate.mts';
import { wavespeed } from './wavespeed.mts';
import type { ModelPage } from './types.mts';

export type {
	ModelPage,
	PageField,
	PageImage,
	PagePaths,
	PageUrlList,
	VideoOperation,
	WireType,
} from './types.mts';

const pages: Record<VendorId, readonly ModelPage[]> = {
	apikley,
	modellix,
	aimlapi,
	kie,
	byteplus: arkPages('byteplus'),
	volcengine: arkPages('volcengine'),
	fal,
	replicate,
	wavespeed,
	openrouter,
};

/**
 * What the vendors' own pages say about their models, copied by hand: what the sandbox holds
 * requests against, and the tests the catalogue. So nothing here is derived from the nodes.
 */
export const vendorPages: readonly ModelPage[] = Object.values(pages).flat();

/** A vendor's pages; those of one model, if it is named. */
export const pagesOf = (provider: VendorId, model?: string): readonly ModelPage[] =>
	pages[provider].filter((page) => model === undefined || page.model === model);
