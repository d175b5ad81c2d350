import { readFileSync } from 'node:fs';
import { requireFromN8n } from '../lab/n8nRuntime.mts';

/** Makes an n8n started with it say where its inspector listens, on any free port. */
export const INSPECTED = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

interface Socket {
	on(event: 'open' | 'error' | 'message', listener: (data: unknown) => void): void;
	send(text: string): void;
	close(): void;
}

interface Answer {
	id: number;
	result?: { result?: { value?: unknown } };
}

export interface Usage {
	rssMb: number;
	heapMb: number;
	/** Of buffers, which stand outside of the heap. */
	externalMb: number;
}

const USAGE = `(() => {
	const { rss, heapUsed, external } = process.memoryUsage();
	const [rssMb, heapMb, externalMb] = [rss, heapUsed, external].map((bytes) => bytes / 2 ** 20);
	return JSON.stringify({ rssMb, heapMb, externalMb });
})()`;

/** What n8n's main process uses; with garbage collected, so that only what is held counts. */
export async function usageOf(logs: string): Promise<Usage> {
	const [url] = /ws:\/\/127\.0\.0\.1:\d+\/[\w-]+/.exec(logs) ?? [];
	if (url === undefined) throw new Error('n8n was not started with an inspector');
	const Socket = requireFromN8n<new (url: string) => Socket>(process.cwd(), 'ws');
	const socket = new Socket(url);
	try {
		await new Promise<unknown>((resolve, reject) => {
			socket.on('open', resolve);
			socket.on('error', reject);
		});
		await ask(socket, 1, 'HeapProfiler.collectGarbage');
		const { result } = await ask(socket, 2, 'Runtime.evaluate', { expression: USAGE });
		return JSON.parse(String(result?.result?.value)) as Usage;
	} finally {
		socket.close();
	}
}

/** What all of the samples have in common, without what was about to be collected in some. */
export function leastOf(samples: readonly Usage[]): Usage {
	const least = (read: (usage: Usage) => number) => Math.min(...samples.map(read));
	return {
		rssMb: least(({ rssMb }) => rssMb),
		heapMb: least(({ heapMb }) => heapMb),
		externalMb: least(({ externalMb }) => externalMb),
	};
}

async function ask(socket: Socket, id: number, method: string, params = {}): Promise<Answer> {
	const answer = new Promise<Answer>((resolve) => {
		socket.on('message', (data) => {
			const read = JSON.parse(String(data)) as Answer;
			if (read.id === id) resolve(read);
		});
	});
	socket.send(JSON.stringify({ id, method, params }));
	return await answer;
}

const TICKS_PER_SECOND = 100;

/** CPU time that a process has taken so far, without that of its children (Linux). */
export function cpuSecondsOf(pid: number): number {
	const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
	// The name of the program comes before, in brackets, and may hold blanks.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
