import type { IDataObject, INode } from 'n8n-workflow';
import { isObject, toJson } from '../domain/json';
import { TABLE } from '../domain/limits';
import { fail, ok, type Result } from '../domain/result';
import type { Clock } from '../domain/time';
import { ledgerColumns, neededColumns } from '../tasks/ledgerRow';
import { cellOf, toCells } from '../tasks/tableCell';
import {
	chunked,
	type Condition,
	type DataTable,
	type RowQuery,
	type Tables,
} from '../tasks/tables';
import { connectionTo, inlineNode, inlineWorkflow, type RunInline } from './executions';
import { canMakeTables } from './version';

/** Tables of n8n's own, in the project of the workflow. */
export const tablesOf = (run: RunInline, clock: Clock): Tables => ({
	canMake: canMakeTables,
	open: async (name, ifMissing) => await openDataTable(run, clock, name, ifMissing),
});

/**
 * Opens the ledger's table. Only n8n's own
 * Data Table node may touch tables (2.41.1), so each step is a small workflow of such nodes that leaves
 * no execution behind. Columns that somebody has removed are done without, but for those that say what
 * is paid.
 */
export async function openDataTable(
	run: RunInline,
	clock: Clock,
	name: string,
	ifMissing: 'make' | 'find',
): Promise<Result<DataTable, string>> {
	if (!canMakeTables()) return fail('This n8n is older than 2.3, whose workflows make no tables');
	const steps = runnerOf(run, clock);
	const listed = await steps([{}], tableNode('list', { options: { filterName: name } }));
	if (!listed.ok) return listed;
	// n8n also finds tables whose names only contain this one.
	const known = listed.value.find((table) => table.name === name);
	if (known === undefined && ifMissing === 'find') {
		return fail(`There is no table '${name}', the first order with Task Ledger makes it`);
	}
	const made = known === undefined ? await steps([{}], createNode(name)) : ok([known]);
	if (!made.ok) return made;
	const [table] = made.value;
	if (typeof table?.id !== 'string') return fail(`n8n gave no table of the name '${name}'`);
	const columns = knownColumns(table.columns);
	const missing = neededColumns.filter((column) => !columns.has(column));
	if (missing.length > 0) return fail(`The table lacks the columns ${missing.join(', ')}`);
	return ok(toDataTable(steps, { name, id: table.id, isNew: known === undefined, columns }));
}

/** Columns of the ledger that the table has, as the ledger made them. */
function knownColumns(given: unknown): ReadonlySet<string> {
	const columns = Array.isArray(given) ? given.filter(isObject) : [];
	const known = ledgerColumns.filter(({ name, type }) =>
		columns.some((one) => one.name === name && one.type === type),
	);
	return new Set(known.map(({ name }) => name));
}

interface OpenedTable {
	name: string;
	id: string;
	isNew: boolean;
	columns: ReadonlySet<string>;
}

type RunSteps = (items: readonly IDataObject[], ...nodes: INode[]) => ReturnType<RunInline>;

const runnerOf =
	(run: RunInline, clock: Clock): RunSteps =>
	async (items, ...nodes) => {
		const [first] = nodes;
		if (first === undefined) return ok([]);
		const connections = Object.fromEntries(
			nodes
				.slice(1)
				.map(({ name }, index) => [nodes[index]?.name, { main: [[connectionTo(name)]] }]),
		);
		const code = inlineWorkflow('Seedance: task ledger', first.name, nodes, connections, 'nothing');
		const answered = new AbortController();
		const lost = fail(`n8n did not answer within ${TABLE.deadlineMs / 1000} seconds`);
		const late = clock.sleep(TABLE.deadlineMs, answered.signal).then(
			() => lost,
			() => lost,
		);
		const answer = await Promise.race([run(code, items), late]);
		answered.abort();
		return answer;
	};

function toDataTable(steps: RunSteps, { name, id, isNew, columns }: OpenedTable): DataTable {
	const dataTableId = { __rl: true, mode: 'id', value: id };
	const rowNode = (index: number, operation: string, parameters: INode['parameters']) =>
		dataTableNode(index, operation, { resource: 'row', operation, dataTableId, ...parameters });
	return {
		name,
		isNew,
		async get({ conditions, match, newest }) {
			return await steps(
				[{}],
				rowNode(1, 'get', {
					...filtersOf(conditions, match),
					returnAll: newest === undefined,
					...(newest !== undefined && {
						limit: newest,
						orderBy: true,
						orderByColumn: 'orderedAt',
						orderByDirection: 'DESC',
					}),
				}),
			);
		},
		async replace(rows, obsolete) {
			const insert = rowNode(1, 'insert', {
				columns: { mappingMode: 'autoMapInputData', value: null },
				options: { optimizeBulk: true },
			});
			const removals = chunked(obsolete, TABLE.maxConditions).map((rowKeys, index) => ({
				...rowNode(2 + index, 'deleteRows', {
					...filtersOf(
						rowKeys.map((value) => ({ column: 'rowKey', is: 'eq', value })),
						'any',
					),
				}),
				name: `Remove ${index + 1}`,
				executeOnce: true,
			}));
			const nodes = rows.length > 0 ? [insert, ...removals] : removals;
			const written = await steps(
				rows.length > 0 ? rows.map((row) => only(columns, row)) : [{}],
				...nodes,
			);
			return written.ok ? ok(undefined) : written;
		},
	};
}

/** n8n takes no row with a column that the table does not have. */
const only = (columns: ReadonlySet<string>, row: object): IDataObject =>
	toJson(Object.fromEntries(Object.entries(toCells(row)).filter(([name]) => columns.has(name))));

const filtersOf = (
	conditions: readonly Condition[],
	match: RowQuery['match'],
): INode['parameters'] => ({
	matchType: match === 'all' ? 'allConditions' : 'anyCondition',
	filters: {
		conditions: conditions.map(({ column, is, value }) => ({
			keyName: column,
			// Words of n8n's Data Table node.
			condition: is,
			keyValue: cellOf(column, value),
		})),
	},
});

const createNode = (tableName: string) =>
	tableNode('create', {
		tableName,
		columns: { column: ledgerColumns.map((column) => ({ ...column })) },
		options: { createIfNotExists: true },
	});

const tableNode = (operation: string, parameters: INode['parameters']) =>
	dataTableNode(1, operation, { resource: 'table', operation, ...parameters });

/** An empty answer goes on to the next node too. */
const dataTableNode = (index: number, name: string, parameters: INode['parameters']): INode => ({
	...inlineNode(index, name, 'n8n-nodes-base.dataTable', { typeVersion: 1.1, parameters }),
	alwaysOutputData: true,
});
