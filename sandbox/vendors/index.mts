import { aimlapi } from './aimlapi.mts';
import { arkApi } from './ark.mts';
import { fal } from './fal.mts';
import { marketApi } from './market.mts';
import { modellix } from './modellix.mts';
import { openrouter } from './openrouter.mts';
import { replicate } from './replicate.mts';
import { wavespeed } from './wavespeed.mts';

/** Every vendor there is; its name is the first part of its paths. */
export const vendorApis = {
	apikley: marketApi('apikley', 'Apikley'),
	modellix,
	aimlapi,
	kie: marketApi('kie', 'kie.ai'),
	byteplus: arkApi('byteplus', 'BytePlus'),
	volcengine: arkApi('volcengine', 'Volcengine'),
	fal,
	replicate,
	wavespeed,
	openrouter,
};

export type VendorId = keyof typeof vendorApis;

export const isVendor = (name: string): name is VendorId => Object.hasOwn(vendorApis, name);

export const vendors: readonly VendorId[] = Object.keys(vendorApis).filter(isVendor);

export const forEachVendor = <T,>(valueOf: (vendor: VendorId) => T) =>
	Object.fromEntries(vendors.map((vendor) => [vendor, valueOf(vendor)])) as Record<VendorId, T>;
