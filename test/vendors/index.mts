import type { VendorId } from '../../sandbox/types.mts';
import { aimlapi } from './aimlapi.mts';
import { apikley } from './apikley.mts';
import { byteplus } from './byteplus.mts';
import { fal } from './fal.mts';
import { kie } from './kie.mts';
import { modellix } from './modellix.mts';
import { openrouter } from './openrouter.mts';
import { replicate } from './replicate.mts';
import { volcengine } from './volcengine.mts';
import { wavespeed } from './wavespeed.mts';
import type { VendorKit } from './kit.mts';

export * from './kit.mts';

/** What is to be known of each vendor; the compiler names what lacks. */
export const kits: Record<VendorId, VendorKit> = {
	apikley,
	modellix,
	aimlapi,
	kie,
	byteplus,
	volcengine,
	fal,
	replicate,
	wavespeed,
	openrouter,
};

/** The header by which a vendor knows whose request it is. */
export const authorizationFor = (vendor: VendorId, apiKey: string): string =>
	`${kits[vendor].contract.scheme} ${apiKey}`;
