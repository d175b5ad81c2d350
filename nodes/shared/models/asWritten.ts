import { isObject } from '../domain/json';

/**
 * What the user wrote into a parameter, without what n8n's editor keeps beside it and renews whenever
 * the node is opened: the name that a list showed, the schema of fields and those left empty.
 */
export function asWritten(value: unknown): unknown {
	if (!isObject(value)) return value;
	if (value.__rl === true) return { mode: value.mode, value: value.value };
	if (!('mappingMode' in value)) return value;
	const entries = Object.entries(isObject(value.value) ? value.value : {});
	return Object.fromEntries(entries.filter(([, one]) => one !== null && one !== ''));
}
