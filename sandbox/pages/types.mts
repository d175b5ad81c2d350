import type { VendorId } from '../vendors/index.mts';

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

/** What can be done with a given video. */
export type VideoOperation = 'edit' | 'extend' | 'reference';

/** A model for text and for images has a page for each. */
export interface ModelPage extends PagePaths {
	provider: VendorId;
	model: string;
	kind: 'textToVideo' | 'imageToVideo' | VideoOperation;
	/**
	 * What the page of another kind says of one operation: the same request, so it is that page by which
	 * the sandbox judges.
	 */
	isPartOfPage?: true;
	/** The video that the operation is about: a field, or the first entry of a list. */
	video?: PageImage;
	/** What the operation forces, as it has to be sent. */
	forced?: Readonly<Record<string, string | number>>;
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
