import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const MAX_LOG_CHARACTERS = 2_000_000;
const onWindows = process.platform === 'win32';

export interface ProcessSpec {
	name: string;
	program: string;
	args: string[];
	cwd: string;
	env: NodeJS.ProcessEnv;
}

/** A child process together with everything it starts, so that both can be ended as one. */
export class ManagedProcess {
	private readonly child: ChildProcess;

	private log = '';

	private readonly killWithParent = () => this.signalTree('SIGKILL');

	constructor(private readonly spec: ProcessSpec) {
		// A process group of its own: Ctrl-C reaches only us, and one signal reaches the whole group.
		this.child = spawn(spec.program, spec.args, {
			cwd: spec.cwd,
			env: spec.env,
			detached: !onWindows,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		this.child.stdout?.on('data', (chunk: Buffer) => this.append(chunk));
		this.child.stderr?.on('data', (chunk: Buffer) => this.append(chunk));
		this.child.on('error', (error) => this.append(`${error.message}\n`));
		process.on('exit', this.killWithParent);
		this.child.on('exit', () => process.off('exit', this.killWithParent));
	}

	get pid(): number {
		return this.child.pid ?? -1;
	}

	get hasExited(): boolean {
		return (
			this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null
		);
	}

	logs(): string {
		return this.log;
	}

	/** Asks the main process to end; what is still there after `timeoutMs` is killed. */
	async stop(timeoutMs: number): Promise<void> {
		if (!this.hasExited) {
			this.child.kill('SIGTERM');
			await Promise.race([once(this.child, 'exit'), sleep(timeoutMs, undefined, { ref: false })]);
		}
		await this.kill();
	}

	/** SIGKILL for the whole tree, as if the machine had lost its power. */
	async kill(): Promise<void> {
		this.signalTree('SIGKILL');
		if (!this.hasExited) await once(this.child, 'exit');
	}

	private append(chunk: Buffer | string) {
		this.log = (this.log + chunk.toString()).slice(-MAX_LOG_CHARACTERS);
	}

	private signalTree(signal: NodeJS.Signals) {
		const { pid } = this.child;
		if (pid === undefined) return;
		if (onWindows) {
			spawnSync('taskkill', ['/pid', String(pid), '/t', '/f']);
			return;
		}
		try {
			process.kill(-pid, signal);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
		}
	}
}

/** Polls `probe` until it is true; a process that exits meanwhile ends the wait with its log. */
export async function waitUntilReady(
	process: ManagedProcess,
	name: string,
	timeoutMs: number,
	probe: () => Promise<boolean>,
): Promise<void> {
	const pollMs = 150;
	const deadline = Date.now() + timeoutMs;
	while (!(await probe().catch(() => false))) {
		const problem = process.hasExited
			? 'exited before it was ready'
			: Date.now() > deadline && `was not ready after ${timeoutMs / 1000} s`;
		if (problem) {
			await process.kill();
			throw new Error(`${name} ${problem}. Its last output:\n${process.logs().slice(-4000)}`);
		}
		await sleep(pollMs);
	}
}
