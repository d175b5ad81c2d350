/** What is in the tarball, and what must not be. `check-package.mts [package directory]` */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { type PackedPackage, packPackage, withTempDir } from '../tools/scan/packed.mts';
import { middleOf, roomFor } from '../tools/scan/room.mts';

interface Manifest {
	[field: string]: unknown;
	main?: string;
	n8n?: { nodes?: string[]; credentials?: string[] };
}

interface Loaded {
	descriptionBytes: number;
	nodes: Array<{ file: string; hidden: boolean; icons: string[] }>;
	credentials: Array<{ file: string; icons: string[] }>;
}

interface VendorCost {
	id: string;
	descriptionBytes: number;
	packedBytes: number;
}

const MAX_PACKED_BYTES = 400_000;
/** n8n hands the descriptions of all nodes to every browser: so much for the nodes, and for each vendor. */
const MAX_DESCRIPTION_BYTES = { nodes: 100_000, vendor: 15_000 };
const REPO_ONLY = /(^|\/)(test|sandbox|scripts|tools|bench)\//;
const SOURCE = /\.(map|[cm]?tsx?)$/;
const RUNTIME_DEPENDENCIES = [
	'dependencies',
	'optionalDependencies',
	'bundleDependencies',
	'bundledDependencies',
];
/** What n8n puts on NODE_PATH and n8n Cloud accepts; a devDependency passes lint but not this. */
const PROVIDED = new Set(['n8n-workflow', 'zod', 'crypto']);
/** `/home/node` is n8n's own home in its Docker image, so the README may name it. */
const MACHINE_PATHS = [
	/(?<![\w.:/~-])\/(?:home\/(?!node\/)|Users\/|root\/|tmp\/|private\/|var\/folders\/)[\w.-]+/,
	/file:\/\/\/\w/,
	/\b[A-Z]:\\+\w/,
];

const root = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, '..'));
const loader = path.join(import.meta.dirname, '../tools/scan/load-nodes.cjs');
const costsOfVendors = path.join(import.meta.dirname, '../tools/scan/vendor-costs.cjs');
const modules = path.join(import.meta.dirname, '../node_modules');

function checkManifest(manifest: Manifest, files: Set<string>): string[] {
	const { nodes = [], credentials = [] } = manifest.n8n ?? {};
	const declared = RUNTIME_DEPENDENCIES.filter((field) => field in manifest);
	const missing = [...nodes, ...credentials].filter((file) => !files.has(file));
	return [
		...declared.map((field) => `package.json has ${field}`),
		...missing.map((file) => `${file} is registered but not in the tarball`),
		...(nodes.length === 0 ? ['n8n.nodes is empty'] : []),
		...(manifest.main && !files.has(path.posix.normalize(manifest.main))
			? [`main ${manifest.main} is not in the tarball`]
			: []),
	];
}

function checkContents({ dir, files, packedBytes }: PackedPackage): string[] {
	const ownPlaces = [root, homedir()].filter((place) => place.length > 1);
	const problems = files.flatMap((file) => {
		const found: string[] = [];
		if (REPO_ONLY.test(file)) found.push('belongs to the repository, not to the package');
		if (SOURCE.test(file)) found.push('is a source or a source map');
		const text = readFileSync(path.join(dir, file), 'utf8');
		const machinePath =
			MACHINE_PATHS.map((pattern) => pattern.exec(text)?.[0]).find(Boolean) ??
			ownPlaces.find((place) => text.includes(`${place}/`));
		if (machinePath) found.push(`contains the machine path ${machinePath}`);
		if (file.endsWith('.js')) found.push(...foreignModules(text));
		return found.map((problem) => `${file} ${problem}`);
	});
	if (packedBytes >= MAX_PACKED_BYTES) {
		problems.push(`the tarball has ${packedBytes} bytes, the limit is ${MAX_PACKED_BYTES}`);
	}
	return problems;
}

function foreignModules(code: string): string[] {
	const required = [...code.matchAll(/\brequire\((['"])([^'"]+)\1\)/g)].map((m) => m[2] ?? '');
	return required
		.filter((id) => !id.startsWith('.'))
		.filter((id) => !PROVIDED.has(id.replace(/^node:/, '').replace(/\/.*$/, '')))
		.map((id) => {
			const builtin = builtinModules.includes(id.replace(/^node:/, ''));
			return `requires ${id}, which ${builtin ? 'n8n Cloud refuses' : 'n8n does not provide'}`;
		});
}

function run(script: string, ...parameters: string[]): unknown {
	const env = { ...process.env, NODE_PATH: modules };
	const result = spawnSync(process.execPath, [script, ...parameters], { env, encoding: 'utf8' });
	if (result.status !== 0) throw new Error(`the package does not load\n${result.stderr}`);
	return JSON.parse(result.stdout);
}

const load = (dir: string): Loaded => run(loader, dir, 'n8n-workflow') as Loaded;

/** For whoever adds a vendor: what one costs, and how many more there is room for. */
function tellRoom({ dir, packedBytes }: PackedPackage): void {
	const costs = run(costsOfVendors, dir) as VendorCost[];
	if (costs.length < 2) return;
	const packed = costs.map((cost) => cost.packedBytes);
	const room = roomFor(packed, { used: packedBytes, limit: MAX_PACKED_BYTES });
	console.log(
		`a vendor of the middle size: ${middleOf(costs.map((cost) => cost.descriptionBytes))} bytes of ` +
			`descriptions (${MAX_DESCRIPTION_BYTES.vendor} are allowed for one), ${middleOf(packed)} packed; ` +
			`the tarball has room for ${room} more`,
	);
}

function checkDescriptions({ descriptionBytes, credentials }: Loaded): string[] {
	const { nodes, vendor } = MAX_DESCRIPTION_BYTES;
	const limit = nodes + vendor * credentials.length;
	return descriptionBytes < limit
		? []
		: [`the descriptions have ${descriptionBytes} bytes, the limit is ${limit}`];
}

function checkCompanions(dir: string, { nodes, credentials }: Loaded): string[] {
	const codex = nodes
		.filter(({ hidden }) => !hidden)
		.map(({ file }) => file.replace(/\.js$/, '.json'))
		.filter((file) => !existsSync(path.join(dir, file)))
		.map((file) => `${file} (codex) is not in the tarball`);
	const icons = [...nodes, ...credentials].flatMap(({ file, icons }) => {
		if (icons.length === 0) return [`${file} has no icon`];
		return icons
			.filter((icon) => icon.startsWith('file:'))
			.map((icon) => path.posix.join(path.posix.dirname(file), icon.slice('file:'.length)))
			.filter((icon) => !existsSync(path.join(dir, icon)))
			.map((icon) => `${icon}, the icon of ${file}, is not in the tarball`);
	});
	return [...codex, ...icons];
}

const problems = await withTempDir((temp) => {
	const packed = packPackage(root, temp);
	const text = readFileSync(path.join(packed.dir, 'package.json'), 'utf8');
	const found = checkManifest(JSON.parse(text) as Manifest, new Set(packed.files));
	const loadable = found.length === 0;
	found.push(...checkContents(packed));
	console.log(`packed: ${packed.packedBytes} bytes, ${packed.files.length} files`);
	if (!loadable) return found;

	try {
		const loaded = load(packed.dir);
		console.log(`descriptions of all nodes: ${loaded.descriptionBytes} bytes of JSON`);
		tellRoom(packed);
		found.push(...checkDescriptions(loaded), ...checkCompanions(packed.dir, loaded));
	} catch (error) {
		found.push(error instanceof Error ? error.message : String(error));
	}
	return found;
});

for (const problem of problems) console.log(`✖ ${problem}`);
console.log(`check-package: ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
