import type { IDataObject, INode, IWorkflowBase, IWorkflowSettings } from 'n8n-workflow';

export interface Table extends IDataObject {
	id: string;
	name: string;
	columns: Array<{ name: string; type: string }>;
	rows: IDataObject[];
}

interface Condition {
	keyName: string;
	condition: string;
	keyValue: string;
}

/** A workflow that reads or writes the ledger may run a thousand times a day and is nobody's business. */
const leavesNothing: IWorkflowSettings = {
	executionOrder: 'v1',
	callerPolicy: 'workflowsFromSameOwner',
	executionTimeout: -1,
	saveDataSuccessExecution: 'none',
	saveDataErrorExecution: 'none',
	saveManualExecutions: false,
};

/** What n8n's Data Table node answers in the small workflows of the ledger, as read in 2.41.1. */
export function fakeDataTables(tables: Table[] = [], { keepsHistory = true } = {}) {
	const history: Table[][] = [];
	/** Operations in the order in which they were asked for. */
	const operations: string[] = [];
	let failure: ((operation: string) => string | undefined) | undefined;

	const tableOf = ({ dataTableId }: INode['parameters']): Table => {
		const id = (dataTableId as { value: string }).value;
		const found = tables.find((table) => table.id === id);
		if (found === undefined) throw new Error(`Data table with ID '${id}' could not be found`);
		return found;
	};

	const matches = (row: IDataObject, { filters, matchType }: INode['parameters']): boolean => {
		const { conditions } = filters as unknown as { conditions: Condition[] };
		const meets = ({ keyName, condition, keyValue }: Condition) => {
			if (condition === 'lt') return String(row[keyName]) < keyValue;
			if (condition === 'gte') return String(row[keyName]) >= keyValue;
			if (condition === 'eq') return row[keyName] === keyValue;
			throw new Error(`No condition ${condition}`);
		};
		return matchType === 'allConditions' ? conditions.every(meets) : conditions.some(meets);
	};

	/** Without an order n8n gives the oldest first. */
	const sorted = (rows: IDataObject[], parameters: INode['parameters']): IDataObject[] => {
		const { orderBy, orderByColumn, orderByDirection } = parameters;
		if (orderBy !== true) return rows;
		const sign = orderByDirection === 'DESC' ? -1 : 1;
		const cell = (row: IDataObject) => String(row[String(orderByColumn)]);
		return rows.toSorted((a, b) => sign * cell(a).localeCompare(cell(b)));
	};

	const steps: Record<string, (items: IDataObject[], node: INode) => IDataObject[]> = {
		list(_, { parameters }) {
			const { filterName = '' } = parameters.options as { filterName?: string };
			return tables
				.filter(({ name }) => name.toLowerCase().includes(filterName.toLowerCase()))
				.map(({ rows: _rows, ...table }) => structuredClone(table));
		},
		create(_, { parameters }) {
			const { column } = parameters.columns as unknown as { column: Table['columns'] };
			const { createIfNotExists } = parameters.options as { createIfNotExists?: boolean };
			const name = String(parameters.tableName);
			const known = tables.find((table) => table.name === name);
			if (known !== undefined) {
				if (!createIfNotExists) throw new Error(`Data table with name '${name}' already exists`);
				return [{ id: known.id, name, columns: structuredClone(known.columns) }];
			}
			const table = { id: `table-${tables.length + 1}`, name, columns: column, rows: [] };
			tables.push(table);
			return [{ id: table.id, name, columns: structuredClone(column) }];
		},
		get(_, { parameters }) {
			const found = tableOf(parameters).rows.filter((row) => matches(row, parameters));
			if (parameters.returnAll === true) return structuredClone(found);
			return structuredClone(sorted(found, parameters).slice(0, Number(parameters.limit)));
		},
		insert(items, { parameters }) {
			const { columns, rows } = tableOf(parameters);
			for (const item of items) {
				const unknown = Object.keys(item).find((key) => !columns.some(({ name }) => name === key));
				if (unknown !== undefined) throw new Error(`unknown column name '${unknown}'`);
				const cells = columns.map(({ name }) => [name, item[name] ?? null]);
				rows.push(Object.fromEntries(cells) as IDataObject);
			}
			return [{ count: items.length }];
		},
		deleteRows(_, { parameters }) {
			const table = tableOf(parameters);
			const gone = table.rows.filter((row) => matches(row, parameters));
			table.rows = table.rows.filter((row) => !gone.includes(row));
			return gone;
		},
	};

	return {
		tables,
		operations,
		/** The tables as they were after each workflow: what a killed n8n would find in its database. */
		history,
		/** Rows of a table; none while there is no such table. */
		rows: (name: string) => tables.find((table) => table.name === name)?.rows ?? [],
		/** Makes operations fail with the words that this gives for them. */
		failWith(reason: typeof failure) {
			failure = reason;
		},
		async run(code: IWorkflowBase, items: readonly IDataObject[]): Promise<IDataObject[]> {
			await Promise.resolve();
			expect(code.settings).toEqual(leavesNothing);
			let current = structuredClone([...items]);
			for (const node of code.nodes.slice(1)) {
				if (node.type !== 'n8n-nodes-base.dataTable') throw new Error(`No node ${node.type}`);
				const operation = String(node.parameters.operation);
				operations.push(operation);
				const reason = failure?.(operation);
				if (reason !== undefined) throw new Error(reason);
				const step = steps[operation];
				if (step === undefined) throw new Error(`No operation ${operation}`);
				current = step(current, node);
				if (current.length === 0) current = [{}];
				if (keepsHistory) history.push(structuredClone(tables));
			}
			return current;
		},
	};
}

export type FakeDataTables = ReturnType<typeof fakeDataTables>;
