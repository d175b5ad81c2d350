import type { ParameterSpec } from '../domain/parameter';

/** What a parameter's field in the node begins with. */
export function shownDefault(parameter: ParameterSpec): string | number | boolean {
	const { type, values, minimum } = parameter;
	if (type === 'boolean') return parameter.default === true;
	if (values !== undefined) return parameter.default ?? values[0] ?? '';
	return parameter.default ?? (type === 'string' ? '' : (minimum ?? 0));
}
