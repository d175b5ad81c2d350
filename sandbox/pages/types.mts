import type { Vendor } from '../vendors/index.mts';

/** What a value is in the vendor's JSON. */
export type WireType = 'string' | 'integer' | 'number' | 'boolean' | 'url';

export interface PageField {
	/** This package's name. */
	name: string;
	/** The vendor's name. */
	field: string;
	required?: true;
	/** As text, whatever the JSON type. */
	values?: readonly string[];
	range?: readonly [number, number];
	/** Of a range, only `from`, `from + step`, `from + 2 * step` … */
	grid?: { from: number; step: number };
	maxLength?: number;
	default?: string | number | boolean;
	type: 'string' | 'integer' | 'boolean';
	/** Where `type` does not say it: fractions too, a text that is a URL, a number written as text. */
	wireType?: WireType;
}

export interface PageImage {
	field: string;
	/** Takes the image itself as base64 or data URI, not only a URL. */
	byFile: boolean;
}

export interface PageUrlList extends PageImage {
	required?: true;
	maxCount: number;
}

export interface PagePaths {
	createPath: string;
	/** Path and query, with `{taskId}` where the ID goes. */
	taskPath: string;
}

/** A model for text and for images has a page for each. */
export interface ModelPage extends PagePaths {
	provider: Vendor;
	model: string;
	kind: 'textToVideo' | 'imageToVideo';
	/** Still answered. */
	legacy?: PagePaths;
	/** Required on a page that has one. */
	image?: PageImage;
	lastImage?: PageImage;
	urlLists?: readonly PageUrlList[];
	/** In all lists together. */
	maxUrls?: number;
	/** Sounds need no image or video beside them. */
	takesSoundAlone?: true;
	fields: readonly PageField[];
}
