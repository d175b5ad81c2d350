import { isObject } from '../../../nodes/shared/domain/json';
import type { FileStore, NodeInput } from '../../../nodes/shared/host/readers';
import type { Output, StoredFile } from '../../../nodes/shared/host/rows';

export type Values = Record<string, unknown>;

export interface GivenInput {
	/** By name or, as a nested value, by path; a function gives one of its own for each item. */
	parameters?: Values | ((itemIndex: number) => Values);
	items?: Output[];
	isTool?: boolean;
	nodeVersion?: number;
}

function valueAt(parameters: Values, name: string): unknown {
	if (name in parameters) return parameters[name];
	return name
		.split('.')
		.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), parameters);
}

/** What a node is given, in memory. */
export function nodeInput({
	parameters = {},
	items = [{ json: {} }],
	isTool = false,
	nodeVersion = 1,
}: GivenInput = {}): NodeInput {
	const parametersOf = (itemIndex: number) =>
		typeof parameters === 'function' ? parameters(itemIndex) : parameters;
	return {
		items: () => items,
		parameter(name, itemIndex, fallback) {
			const value = valueAt(parametersOf(itemIndex), name) ?? fallback;
			if (value === undefined) throw new Error(`Could not get parameter "${name}"`);
			return value;
		},
		written: () => parametersOf(0),
		nodeVersion: () => nodeVersion,
		runsAsTool: () => isTool,
	};
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
	const half = Math.ceil(bytes.length / 2);
	yield await Promise.resolve(bytes.subarray(0, half));
	yield bytes.subarray(half);
}

/** A store for files, in memory: whatever is asked for in a field lies there. */
export function fileStore(
	{ stored, bytes }: { stored: StoredFile; bytes: Buffer | ((field: string) => Buffer) },
	{ link = 'https://n8n.example.com/rest/binary-data/signed?token=a.b.c', size = 0 } = {},
): FileStore & { linked: StoredFile[]; opened: () => number } {
	const bytesIn = (field: string) => (typeof bytes === 'function' ? bytes(field) : bytes);
	const linked: StoredFile[] = [];
	let opened = 0;
	return {
		linked,
		opened: () => opened,
		fileIn: () => stored,
		bytesIn: async (_, field) => await Promise.resolve(bytesIn(field)),
		async toOpen() {
			const whole = bytesIn('data');
			const open = async () => {
				opened += 1;
				return await Promise.resolve(inPieces(whole));
			};
			return await Promise.resolve({ size: size || whole.length, open, rest: async () => {} });
		},
		store: async (kept, fileName, mimeType) =>
			await Promise.resolve({ id: 'store:9', data: '', fileName, mimeType, bytes: kept.length }),
		linkTo(file) {
			linked.push(file);
			return link;
		},
	};
}
