import type { Vendor } from '../vendors/index.mts';

/** What a value is in the vendor's JSON. */
export type WireType = 'string' | 'integer' | 'number' | 'boolean' | 'url';

export interface PageField {
	/** This package's name. */
	name: string;
	/** The vendor's name. */
	field: string;
	required?: true;
	/** The vendor requires it; the nodes have a default for it, which they show and send. */
	mustBeSent?: true;
	/** As text, whatever the JSON type. */
	values?: readonly string[];
	range?: readonly [number, number];
	/** Of a range, only `from`, `from + step`, `from + 2 * step` … */
	grid?: { from: number; step: number };
	maxLength?: number;
	/** The nodes hold it as a rule of the model. */
	minLength?: number;
	default?: string | number | boolean;
	type: 'string' | 'integer' | 'boolean';
	/** The nodes send it, but not as a field of this body. */
	isElsewhere?: true;
	/** Where `type` does not say it: fractions too, a text that is a URL, a number written as text. */
	wireType?: WireType;
}

export interface PageImage {
	field: string;
	/** Takes the image itself as base64 or data URI, not only a URL. */
	byFile: boolean;
	/** Takes the ID of a file in the account's own library, `asset://…`. */
	byAsset?: true | undefined;
	/** A list, of which it is an entry. */
	isList?: true;
}

export interface PageUrlList extends Omit<PageImage, 'isList'> {
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
	/** The last image is taken beside a first one only. */
	lastNeedsFirst?: true;
	urlLists?: readonly PageUrlList[];
	/** In all lists together. */
	maxUrls?: number;
	/** Sounds need no image or video beside them. */
	takesSoundAlone?: true;
	fields: readonly PageField[];
}
