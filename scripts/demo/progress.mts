import { readFileSync, writeFileSync } from 'node:fs';

/** How often somebody is told, who looks at no terminal that could count on one line. */
const LINE_EVERY_S = 10;

export interface Step {
	title: string;
	startedAt: number;
	endedAt?: number;
	/** What it took on this machine the last time. */
	lastSeconds?: number;
}

/** What the demo is doing: told in the terminal, and kept for the page. */
export class Progress {
	readonly steps: Step[] = [];

	private readonly lastTimes: Record<string, number>;

	constructor(
		private readonly timesFile: string,
		private readonly now: () => number = Date.now,
	) {
		this.lastTimes = readTimes(timesFile);
	}

	async during<T>(title: string, work: () => Promise<T>): Promise<T> {
		const step: Step = { title, startedAt: this.now(), lastSeconds: this.lastTimes[title] };
		this.steps.push(step);
		say(`${title}${inWords(step)} …`);
		const stopCounting = countSeconds(() => this.secondsOf(step));
		try {
			return await work();
		} finally {
			stopCounting();
			step.endedAt = this.now();
			this.lastTimes[title] = this.secondsOf(step);
			writeFileSync(this.timesFile, JSON.stringify(this.lastTimes));
		}
	}

	secondsOf({ startedAt, endedAt = this.now() }: Step): number {
		return Math.round((endedAt - startedAt) / 1000);
	}
}

export function say(text: string): void {
	process.stdout.write(`${text}\n`);
}

const inWords = ({ lastSeconds }: Step): string =>
	lastSeconds === undefined ? '' : ` (${lastSeconds} s the last time)`;

/** On one line in a terminal, else on a line now and then. */
function countSeconds(readSeconds: () => number): () => void {
	const { isTTY } = process.stdout;
	const show = () => {
		const seconds = readSeconds();
		if (isTTY) process.stdout.write(`\r${seconds} s `);
		else if (seconds > 0 && seconds % LINE_EVERY_S === 0) say(`  ${seconds} s`);
	};
	const timer = setInterval(show, 1000);
	return () => {
		clearInterval(timer);
		if (isTTY) process.stdout.write('\r');
	};
}

function readTimes(file: string): Record<string, number> {
	try {
		return JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
	} catch {
		return {};
	}
}
