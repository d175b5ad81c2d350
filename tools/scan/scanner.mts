import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from './packed.mts';

interface LintMessage {
	ruleId: string | null;
	severity: number;
	message: string;
	line?: number;
	column?: number;
}

interface Linter {
	lintFiles(patterns: string[]): Promise<Array<{ filePath: string; messages: LintMessage[] }>>;
}

interface OfficialScanner {
	SOURCE_FILE_PATTERNS: string[];
	buildScanConfig(): Promise<unknown>;
	analyzePackage(
		dir: string,
		patterns: string[],
	): Promise<{ passed: boolean; message?: string; details?: string }>;
}

type LinterClass = new (options: object) => Linter;

export interface Scanner {
	sourcePatterns: string[];
	/** One line per finding; none means clean. */
	scan(dir: string, patterns: string[]): Promise<string[]>;
}

const home = import.meta.dirname;

const importFrom = async (file: string): Promise<unknown> => await import(pathToFileURL(file).href);

/**
 * The official verdict passes a package that has only warnings, and one where the patterns match
 * nothing. So the same rules are run a second time here, for the messages themselves.
 */
export async function loadScanner(): Promise<Scanner> {
	if (!existsSync(path.join(home, 'node_modules'))) run('npm', ['ci'], home);
	const require = createRequire(path.join(home, 'package.json'));
	const file = require.resolve('@n8n/scan-community-package/scanner/scanner.mjs');
	const official = (await importFrom(file)) as OfficialScanner;
	const { ESLint } = createRequire(file)('eslint') as { ESLint: LinterClass };

	const lint = async (dir: string, patterns: string[]): Promise<string[]> => {
		const linter = new ESLint({
			cwd: dir,
			allowInlineConfig: false,
			overrideConfigFile: true,
			overrideConfig: await official.buildScanConfig(),
			errorOnUnmatchedPattern: false,
		});
		const results = await linter.lintFiles(patterns);
		const code = results.filter(({ filePath }) => !filePath.endsWith('.json'));
		const findings = results.flatMap(({ filePath, messages }) =>
			messages.map(({ line = 0, column = 0, severity, message, ruleId }) => {
				const place = `${path.relative(dir, filePath)}:${line}:${column}`;
				return `${place} ${severity === 2 ? 'error' : 'warning'} ${message} (${ruleId ?? 'parser'})`;
			}),
		);
		return code.length > 0 ? findings : [...findings, `no code in ${patterns.join(' ')}`];
	};

	return {
		sourcePatterns: official.SOURCE_FILE_PATTERNS,
		async scan(dir, patterns) {
			const verdict = await official.analyzePackage(dir, patterns);
			const findings = await lint(dir, patterns);
			if (verdict.passed || findings.length > 0) return findings;
			return [verdict.details ?? verdict.message ?? 'the official scanner refused the package'];
		},
	};
}
