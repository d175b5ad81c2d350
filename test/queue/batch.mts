import { createHash } from 'node:crypto';
import type { SandboxTask } from '../../sandbox/index.mts';
import { outputOf, type Execution, type WorkflowNode } from '../../lab/n8nClient.mts';
import type { Stage, VendorId } from '../e2e/stage.mts';
import { afterNode, rowsOf, startTextRun, type TextRun } from '../e2e/workflows.mts';

export interface Batch {
	/** Ends every prompt, so that the sandbox's tasks can be told apart. */
	label: string;
	vendor: VendorId;
	itemCount: number;
	executionId: string;
}

export async function startBatch(stage: Stage, label: string, run: TextRun): Promise<Batch> {
	const promptSuffix = `${run.promptSuffix ?? ''} (${label})`;
	const executionId = await startTextRun(stage, { ...run, promptSuffix });
	return { label, vendor: run.vendor, itemCount: run.itemCount, executionId };
}

export function tasksOf({ sandbox }: Stage, { label }: Pick<Batch, 'label'>): SandboxTask[] {
	return sandbox.tasks().filter(({ input }) => String(input.prompt).endsWith(`(${label})`));
}

const promptsOf = (count: number, label: string) =>
	Array.from({ length: count }, (_, item) => `clip ${item} (${label})`);

/** How often the vendor was asked for each prompt of the batch. */
export function createsOf({ sandbox }: Stage, { label, itemCount }: Batch): number[] {
	const bodies = sandbox.requests
		.filter(({ operation }) => operation === 'create')
		.map(({ rawBody }) => rawBody);
	return promptsOf(itemCount, label).map(
		(prompt) => bodies.filter((body) => body.includes(JSON.stringify(prompt))).length,
	);
}

/** Every item has its own finished video, at its own place, and was paid for once. */
export function expectRowsInOrder(stage: Stage, batch: Batch, execution: Execution): void {
	const { label, itemCount, vendor } = batch;
	expect(execution.data.resultData.error).toBeUndefined();
	expect(execution.status).toBe('success');
	const promptOfTask = new Map(
		tasksOf(stage, batch).map(({ taskId, input }) => [taskId, input.prompt]),
	);
	const rows = rowsOf(execution);
	expect(rows.map(({ taskId }) => promptOfTask.get(String(taskId)))).toEqual(
		promptsOf(itemCount, label),
	);
	expect(rows.map(({ status, provider }) => ({ status, provider }))).toEqual(
		rows.map(() => ({ status: 'succeeded', provider: vendor })),
	);
	expect(outputOf(execution, 'Seedance').map(({ pairedItem }) => pairedItem)).toEqual(
		rows.map((_, item) => ({ item })),
	);
	expect(createsOf(stage, batch)).toEqual(rows.map(() => 1));
}

const vendorsFile = async (row: Record<string, unknown>) =>
	Buffer.from(await (await fetch(String(row.videoUrl))).arrayBuffer());

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/**
 * Reads the file as any node of the workflow does: n8n 2.41.1 hands a file that a trigger stored
 * in the database to the workflow's nodes, but not to the editor.
 */
export const hashNode: WorkflowNode = {
	...afterNode,
	type: 'n8n-nodes-base.crypto',
	parameters: {
		action: 'hash',
		binaryData: true,
		binaryPropertyName: 'data',
		type: 'SHA256',
		dataPropertyName: 'sha256',
	},
};

/** The file that `hashNode` read is the vendor's file. */
export async function expectHashOfVideo(row: Record<string, unknown>): Promise<void> {
	expect(row.sha256).toBe(sha256(await vendorsFile(row)));
}

/** Each file, read as the editor reads it, is the vendor's file. */
export async function expectVideosReadable(
	stage: Stage,
	execution: Execution,
	idPrefix: RegExp,
): Promise<void> {
	for (const { json, binary } of outputOf(execution, 'After')) {
		const reference = binary?.data;
		expect(reference?.id).toMatch(idPrefix);
		expect(reference?.fileName).toBe(`${String(json.taskId)}.mp4`);
		const { bytes, contentType } = await stage.client.binary(reference?.id ?? '');
		expect(contentType).toContain('video/mp4');
		expect(bytes.equals(await vendorsFile(json))).toBe(true);
	}
}
