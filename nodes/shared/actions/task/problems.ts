import { taskParameter } from '../../domain/ownParameters';
import type { Provider } from '../../domain/provider';
import { problemOfInput } from '../../tasks/problems';
import { remedyOfTable, type Tables } from '../../tasks/tables';

/** An operation that the chosen vendor does not have: the node offers it for others only. */
export const problemOfUnsupported = ({ label }: Provider, what: string) =>
	problemOfInput(
		`${label} has no way to ${what}`,
		"Choose another operation, or look at the account in the vendor's own pages.",
	);

/** A task ledger that the user names, and that cannot be read. */
export const problemOfTable = (tables: Tables, table: string, reason: string) =>
	problemOfInput(
		`The task ledger '${table}' could not be read: ${reason}`,
		remedyOfTable(
			tables,
			`Check the name under '${taskParameter.ledgerTable.label}', and that Data Tables are switched on in this n8n.`,
		),
	);
