/** n8n's verification scan, before publishing instead of after. `scan.mts [package directory]` */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { packPackage, withTempDir } from '../tools/scan/packed.mts';
import { loadScanner } from '../tools/scan/scanner.mts';

const PACKAGE_PATTERNS = ['**/*.js', 'package.json'];
const root = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, '..'));

const counts = await withTempDir(async (temp) => {
	// The scanner makes a temporary directory on import and leaves it behind.
	process.env.TMPDIR = temp;
	const scanner = await loadScanner();
	// A package of one vendor is made of the repository's source, which is scanned there.
	const hasSource = existsSync(path.join(root, 'nodes'));
	const source = hasSource ? await scanner.scan(root, scanner.sourcePatterns) : [];
	const packed = await scanner.scan(packPackage(root, temp).dir, PACKAGE_PATTERNS);
	for (const finding of source) console.log(`source  ${finding}`);
	for (const finding of packed) console.log(`package ${finding}`);
	return { source: source.length, packed: packed.length };
});

console.log(`scan: source ${counts.source} findings, package ${counts.packed} findings`);
process.exitCode = counts.source + counts.packed > 0 ? 1 : 0;
