import type { GenerationKind } from './model';
import type { Dialogue } from './vendor';

/** A model as its vendor's own list has it. */
export interface ListedModel {
	/** What an order names it by. */
	id: string;
	name?: string;
	/** What it makes videos from; absent where the list does not tell. */
	kinds?: readonly GenerationKind[];
}

/** What a model takes, as its vendor tells it. */
export interface ToldSchema {
	/** The JSON schema of its input. */
	schema: unknown;
	/** Where the schema's references lead; without, into itself. */
	document?: unknown;
}

/** What a vendor tells of its models at the moment; read when somebody looks, never relied on. */
export interface VendorModels {
	/** Its Seedance models, in its own order. */
	list(kind: GenerationKind): Dialogue<ListedModel[]>;
	/** Absent where the vendor tells no parameters. */
	schema?(id: string): Dialogue<ToldSchema>;
}
