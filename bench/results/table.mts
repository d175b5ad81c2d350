/** One of the tables of `bench/RESULTS.md`. */
export interface Figure {
	title: string;
	/** What has to hold, in words. */
	promise: string;
	/** Whether it did; absent where nothing was promised. */
	isKept?: boolean;
	columns: readonly string[];
	rows: ReadonlyArray<ReadonlyArray<string | number>>;
	notes?: readonly string[];
}

export interface FailedFigure {
	title: string;
	failure: string;
}

const lineOf = (cells: ReadonlyArray<string | number>) => `| ${cells.join(' | ')} |`;

export function inMarkdown(figure: Figure | FailedFigure): string {
	if ('failure' in figure) {
		return `## ${figure.title}\n\nNot measured: ${figure.failure}\n`;
	}
	const { title, promise, isKept, columns, rows, notes = [] } = figure;
	const verdict = isKept === undefined ? '' : isKept ? ' **Kept.**' : ' **Not kept.**';
	const table = [columns, columns.map(() => '---'), ...rows].map(lineOf).join('\n');
	return [`## ${title}`, `${promise}${verdict}`, table, ...notes].join('\n\n') + '\n';
}

const INTRODUCTION = `# Speed, measured beside what one would do instead

Made by \`npm run bench:results\`, never by hand. A machine with two cores, n8n 2.41.1 (regular mode and SQLite, but for figure 7), the package as npm packs it, vendors and media from the project's sandbox on the same machine.

*The ordinary way* is the workflow that people build without this package: an HTTP Request that orders, a Wait of five seconds, an HTTP Request that asks, and an IF that leads what is not finished back to the Wait. *The limit* is what nobody can better: the longest single task.
`;

/** The page with this figure in its place among the others, which stay as they are. */
export function withFigure(page: string, figure: Figure): string {
	const sections = page.split(/^(?=## )/m).filter((section) => section.startsWith('## '));
	const numberOf = (section: string) => Number(/^## (\d+)\./.exec(section)?.[1]);
	const own = inMarkdown(figure);
	const others = sections.filter((section) => numberOf(section) !== numberOf(own));
	const all = [...others.map((section) => `${section.trimEnd()}\n`), own];
	return [INTRODUCTION, ...all.toSorted((a, b) => numberOf(a) - numberOf(b))].join('\n');
}

export const seconds = (ms: number): string => (ms / 1000).toFixed(1);

export function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const half = sorted.length / 2;
	return ((sorted[Math.ceil(half) - 1] ?? NaN) + (sorted[Math.floor(half)] ?? NaN)) / 2;
}

export const say = (text: string) => void process.stdout.write(`${text}\n`);
