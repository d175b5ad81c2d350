import type { JsonObject } from '../../../nodes/shared/domain/json';
import { fail, ok } from '../../../nodes/shared/domain/result';
import type { Condition, DataTable, Tables } from '../../../nodes/shared/tasks/tables';

const meets = (row: JsonObject, { column, is, value }: Condition): boolean => {
	const cell = String(row[column]);
	if (is === 'eq') return cell === value;
	return is === 'lt' ? cell < value : cell >= value;
};

/** Tables in memory; `problem` is why none of them can be opened. */
export function memoryTables() {
	const rowsOf = new Map<string, JsonObject[]>();
	const state: { problem?: string } = {};
	const tableAt = (name: string, isNew: boolean): DataTable => ({
		name,
		isNew,
		async get({ conditions, match, newest }) {
			const rows = (rowsOf.get(name) ?? []).filter((row) =>
				match === 'all'
					? conditions.every((condition) => meets(row, condition))
					: conditions.some((condition) => meets(row, condition)),
			);
			if (newest === undefined) return await Promise.resolve(ok(rows));
			const sorted = rows.toSorted((a, b) =>
				String(b.orderedAt).localeCompare(String(a.orderedAt)),
			);
			return ok(sorted.slice(0, newest));
		},
		async replace(rows, obsolete) {
			const kept = (rowsOf.get(name) ?? []).filter(
				({ rowKey }) => !obsolete.includes(String(rowKey)),
			);
			rowsOf.set(name, [...kept, ...rows.map((row) => ({ ...row }))]);
			return await Promise.resolve(ok(undefined));
		},
	});
	const tables: Tables = {
		canMake: () => true,
		async open(name, ifMissing) {
			const { problem } = state;
			if (problem !== undefined) return await Promise.resolve(fail(problem));
			const isNew = !rowsOf.has(name);
			if (isNew && ifMissing === 'find') return fail(`There is no table '${name}'`);
			if (isNew) rowsOf.set(name, []);
			return ok(tableAt(name, isNew));
		},
	};
	return {
		tables,
		rows: (name: string) => rowsOf.get(name) ?? [],
		breakWith: (problem: string | undefined) => void (state.problem = problem),
	};
}
