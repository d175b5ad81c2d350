import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findN8n } from '../lab/n8nRuntime.mts';
import type { Stage } from '../test/e2e/stage.mts';

/** An execution as n8n's SQLite database holds it, also one that its API leaves out. */
export interface StoredExecution {
	id: string;
	workflowId: string;
	/** `integrated` for the hidden executions of this package. */
	mode: string;
	status: string;
	/** Length of what n8n keeps of the run. */
	dataBytes: number;
	/** For a hidden execution, the paused one at which it rings. */
	ringsAt?: string;
	/** For a hidden execution. */
	rhythm?: string;
}

const SELECT = `
	SELECT CAST(e.id AS TEXT) AS id, e.workflowId, e.mode, e.status, LENGTH(d.data) AS dataBytes, d.workflowData
	FROM execution_entity e JOIN execution_data d ON d.executionId = e.id
	WHERE e.deletedAt IS NULL ORDER BY e.id`;

/** Answers each line of its input with a line of rows. */
const READER = `
	const { DatabaseSync } = require('node:sqlite');
	const [path, sql] = process.argv.slice(1);
	require('node:readline').createInterface({ input: process.stdin }).on('line', () => {
		let answer = null;
		try {
			const database = new DatabaseSync(path, { readOnly: true });
			try { answer = database.prepare(sql).all(); } finally { database.close(); }
		} catch {}
		console.log(JSON.stringify(answer));
	});`;

type StoredRow = Omit<StoredExecution, 'ringsAt' | 'rhythm'> & { workflowData: string };

function toStored({ workflowData, ...row }: StoredRow): StoredExecution {
	if (!isHidden(row)) return row;
	const [, ringsAt] = /\/webhook-waiting\/(\w+)\//.exec(workflowData) ?? [];
	const [, rhythm] = /poller for .* \((close|wide)\)/.exec(workflowData) ?? [];
	return { ...row, ringsAt, rhythm };
}

interface Reader {
	child: ChildProcess;
	answers: AsyncIterator<string>;
	/** The question before; one at a time. */
	last: Promise<unknown>;
}

const readers = new WeakMap<Stage, Reader>();

/** n8n's own Node.js reads SQLite by itself; the one that runs the tests may not. */
function readerOf(stage: Stage): Reader {
	const known = readers.get(stage);
	if (known !== undefined) return known;
	const path = join(stage.n8n.userFolder, '.n8n', 'database.sqlite');
	const child = spawn(findN8n(process.cwd()).node, ['-e', READER, path, SELECT], {
		stdio: ['pipe', 'pipe', 'ignore'],
	});
	child.unref();
	const lines = createInterface({ input: child.stdout });
	const reader = { child, answers: lines[Symbol.asyncIterator](), last: Promise.resolve() };
	readers.set(stage, reader);
	return reader;
}

/** All executions in the database, read without asking n8n, so also while it is down. */
export async function storedExecutions(stage: Stage): Promise<StoredExecution[]> {
	const reader = readerOf(stage);
	const asked = reader.last.then(async () => {
		// n8n may be writing just now.
		for (;;) {
			reader.child.stdin?.write('\n');
			const { value } = await reader.answers.next();
			const rows = JSON.parse(String(value)) as StoredRow[] | null;
			if (rows !== null) return rows.map(toStored);
		}
	});
	reader.last = asked.catch(() => undefined);
	return await asked;
}

/** Call it before the stage is closed. */
export function closeDatabase(stage: Stage): void {
	readers.get(stage)?.child.kill();
	readers.delete(stage);
}

const UNFINISHED = ['new', 'running', 'waiting'];

export const isUnfinished = ({ status }: Pick<StoredExecution, 'status'>) =>
	UNFINISHED.includes(status);

export const isHidden = ({ mode }: Pick<StoredExecution, 'mode'>) => mode === 'integrated';

/** The hidden executions that have not ended. */
export const hiddenExecutions = async (stage: Stage) =>
	(await storedExecutions(stage)).filter((stored) => isHidden(stored) && isUnfinished(stored));
