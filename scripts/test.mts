/**
 * `npm test`: every check but the end-to-end tests. The tests take as long as all others together,
 * so they run beside them. What a step says is printed whole when it ends, so that the steps do not
 * talk all at once.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';

interface Ended {
	name: string;
	seconds: number;
	state: 'passed' | 'failed' | 'not run';
}

/** Steps that run one after the other, beside those of the other lists. */
const lists = [['unit'], ['lint', 'typecheck', 'build', 'scan']];

/** Reads what another step makes. */
const needs: Readonly<Record<string, string>> = { scan: 'build' };

const root = path.join(import.meta.dirname, '..');
const secondsSince = (startMs: number) => (Date.now() - startMs) / 1000;
const npm = process.env.npm_execpath;
const [program, ...firstArguments] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];

function run(name: string): Promise<Ended> {
	const startMs = Date.now();
	const step = spawn(program ?? 'npm', [...firstArguments, 'run', '--silent', name], {
		cwd: root,
		stdio: ['ignore', 'pipe', 'pipe'],
		shell: process.platform === 'win32' && program === 'npm',
	});
	const output: Buffer[] = [];
	step.stdout.on('data', (chunk: Buffer) => output.push(chunk));
	step.stderr.on('data', (chunk: Buffer) => output.push(chunk));
	return new Promise((resolve, reject) => {
		step.once('error', reject);
		step.once('close', (code) => {
			const state = code === 0 ? 'passed' : 'failed';
			const ended: Ended = { name, seconds: secondsSince(startMs), state };
			console.log(`\n== npm run ${name}`);
			process.stdout.write(Buffer.concat(output));
			console.log(inWords(ended));
			resolve(ended);
		});
	});
}

const inWords = ({ name, seconds, state }: Ended) =>
	`${state === 'passed' ? '✔' : '✖'} ${name}: ${state} in ${seconds.toFixed(1)} s`;

/** One after the other; a step that fails stops only those that need it. */
async function runList(names: readonly string[]): Promise<Ended[]> {
	const ended: Ended[] = [];
	for (const name of names) {
		const isSpoilt = ended.some((other) => other.name === needs[name] && other.state !== 'passed');
		ended.push(isSpoilt ? { name, seconds: 0, state: 'not run' } : await run(name));
	}
	return ended;
}

const startMs = Date.now();
const ended = (await Promise.all(lists.map(runList))).flat();
console.log(`\n${ended.map(inWords).join('\n')}\nall: ${secondsSince(startMs).toFixed(1)} s`);
process.exitCode = ended.every(({ state }) => state === 'passed') ? 0 : 1;
