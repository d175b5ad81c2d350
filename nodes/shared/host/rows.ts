import type { Json } from '../domain/json';
import type { Problem } from '../domain/problem';
import type { Result } from '../domain/result';
import type { RowOrigin } from '../tasks/row';

/** A file as the host keeps it. A type and no interface, so that it passes for n8n's own. */
export type StoredFile = {
	data: string;
	mimeType: string;
	/** Absent where the host keeps the file in the item itself. */
	id?: string;
	fileName?: string;
	fileExtension?: string;
	fileSize?: string;
	bytes?: number;
};

/** By the item's field. */
export type Files = Record<string, StoredFile>;

/** What the node puts out for an item. A type for the same reason. */
export type Output = {
	json: Json;
	binary?: Files;
};

/** A row that says which item it was made from. */
export type PairedOutput = Output & { pairedItem: { item: number } };

/** What became of one item. */
export interface ItemResult {
	itemIndex: number;
	origin: RowOrigin;
	result: Result<Output, Problem>;
}

/** What the user wants of an item that has a problem. */
export type OnProblem = 'throw' | 'row' | 'errorOutput';

/** What is wrong, and at which item. */
export interface ItemProblem {
	itemIndex: number;
	problem: Problem;
}

/** What became of the items that make one row. */
export interface FilmResult {
	items: readonly number[];
	result: Result<Output, ItemProblem>;
}

/** A row that was made from several items. */
export type FilmOutput = Output & { pairedItem: Array<{ item: number }> };
