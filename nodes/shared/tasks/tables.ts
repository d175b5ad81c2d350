import type { JsonObject } from '../domain/json';
import type { Result } from '../domain/result';
import type { OrderTable } from './tableLedger';

/** A condition that a row has to meet. */
export interface Condition {
	column: string;
	/** Equal, before, or not before. */
	is: 'eq' | 'lt' | 'gte';
	value: string;
}

export interface RowQuery {
	conditions: readonly Condition[];
	match: 'all' | 'any';
	/** Without: all of them. */
	newest?: number;
}

/** A table with the columns of a ledger. */
export interface DataTable extends OrderTable {
	/** Nobody has ordered anything with it before. */
	isNew: boolean;
	get(query: RowQuery): Promise<Result<JsonObject[], string>>;
}

/** Where the host keeps tables. */
export interface Tables {
	/** Whether this host can make any. */
	canMake(): boolean;
	/** Opens a ledger's table; whoever orders makes it at first use, who reads does not. */
	open(name: string, ifMissing: 'make' | 'find'): Promise<Result<DataTable, string>>;
}

/** What a user can do where a table cannot be opened; `usual` where this host is not the reason. */
export const remedyOfTable = ({ canMake }: Tables, usual: string): string =>
	canMake() ? usual : 'Update n8n to use the Task Ledger.';

/** A list in parts, because a table is told only so much at once. */
export const chunked = <T>(list: readonly T[], size: number): T[][] =>
	Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
		list.slice(index * size, (index + 1) * size),
	);
