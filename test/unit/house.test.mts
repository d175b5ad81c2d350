import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findProvider, providers } from '../../nodes/shared/providers';
import { namesOf, ownValues, wordsOf } from '../../scripts/editions/vendorNames.mts';
import { root } from './ux/descriptions.mts';

/** Who may import whom, from the ground up: a room knows only rooms above it in this list. */
const rooms: Record<string, readonly string[]> = {
	domain: [],
	models: ['domain'],
	providers: ['domain', 'models'],
	tasks: ['domain'],
	host: ['domain', 'tasks'],
	orders: ['domain', 'models', 'providers', 'tasks', 'host'],
	film: ['domain'],
	n8n: ['domain', 'models', 'providers', 'tasks', 'host'],
	callbacks: ['domain', 'tasks', 'host'],
	parking: ['domain', 'tasks', 'host', 'callbacks'],
	properties: ['domain', 'models', 'providers', 'tasks'],
	actions: [
		'domain',
		'models',
		'providers',
		'tasks',
		'host',
		'orders',
		'film',
		'n8n',
		'callbacks',
		'parking',
	],
};

/** Rooms that do not know that there is an n8n. */
const withoutN8n = [
	'domain',
	'models',
	'providers',
	'tasks',
	'host',
	'orders',
	'callbacks',
	'parking',
];

/** The files of actions that know it all the same: doors, and what answers n8n's editor in its own types. */
const knowingN8n = ['actions/calls.ts', 'actions/models.ts'];

interface Import {
	from: string;
	/** Below the package's root without its extension, or a package. */
	to: string;
}

const shared = 'nodes/shared';
const sources = ['nodes', 'credentials'].flatMap((folder) =>
	readdirSync(path.join(root, folder), { recursive: true })
		.map((file) => path.posix.join(folder, ...String(file).split(path.sep)))
		// In the folder's own order they come as the file system likes.
		.filter((file) => file.endsWith('.ts'))
		.toSorted(),
);
const textOf = (file: string) => readFileSync(path.join(root, file), 'utf8');
const saying = (pattern: RegExp) => sources.filter((file) => pattern.test(textOf(file))).toSorted();

function resolve(from: string, specifier: string): string {
	if (!specifier.startsWith('.')) return specifier;
	const target = path.posix.join(path.posix.dirname(from), specifier);
	return sources.includes(`${target}/index.ts`) ? `${target}/index` : target;
}

const importsBy = (pattern: RegExp): Import[] =>
	sources.flatMap((from) =>
		[...textOf(from).matchAll(pattern)].map(([, specifier = '']) => ({
			from,
			to: resolve(from, specifier),
		})),
	);

const atFirstRun = importsBy(/= await import\('([^']+)'\);$/gm);
const imports = [...importsBy(/^(?:import|export|\}).* from '([^']+)';$/gm), ...atFirstRun];

const isPackage = (to: string) => !sources.includes(`${to}.ts`);
const roomOf = (file: string): string | undefined =>
	file.startsWith(`${shared}/`) ? file.split('/')[2] : undefined;
const inOneLine = (found: Import[]) => found.map(({ from, to }) => `${from} → ${to}`);

test('the imports were found', () => {
	expect(imports.length).toBeGreaterThan(200);
	expect(inOneLine(imports)).toContain('nodes/shared/tasks/wait.ts → nodes/shared/tasks/schedule');
	expect(inOneLine(imports)).toContain(
		'nodes/shared/n8n/session.ts → nodes/shared/providers/index',
	);
});

test('nothing is imported in another way', () => {
	const others = /^import '|(?<!= await )\bimport\(|\brequire\(/m;
	expect(sources.filter((file) => others.test(textOf(file)))).toEqual([
		// For the age of the process.
		'nodes/SeedancePoller/SeedancePoller.node.ts',
	]);
});

test('what runs is loaded by the nodes when it first runs, and by nobody else later', () => {
	expect(inOneLine(atFirstRun.filter(({ from }) => !from.endsWith('.node.ts')))).toEqual([]);
	const doors = [...new Set(atFirstRun.map(({ to }) => to.slice(`${shared}/`.length)))];
	expect(doors.toSorted()).toEqual([
		'actions/calls',
		'actions/generate',
		'actions/models',
		'actions/task/runTask',
		'actions/videoFile',
		'actions/videoToVideo',
		'n8n/filmRun',
		'n8n/nodeRun',
	]);
	const behindDoors = ['actions', 'callbacks', 'parking'];
	const early = imports
		.filter((entry) => !atFirstRun.includes(entry))
		.filter(({ from, to }) => from.endsWith('.node.ts') && behindDoors.includes(roomOf(to) ?? ''));
	expect(inOneLine(early)).toEqual([]);
});

test('the age of the process counts from when n8n loads the nodes', async () => {
	await jest.isolateModulesAsync(async () => {
		const clock = jest.spyOn(Date, 'now').mockReturnValue(1000);
		await import('../../nodes/SeedancePoller/SeedancePoller.node');
		clock.mockReturnValue(2000);
		const { thisProcess } = await import('../../nodes/shared/n8n/process');
		expect(thisProcess.startedAt).toBe(1000);
		clock.mockRestore();
	});
});

test('no schema is built while n8n loads the nodes, which waits for them', async () => {
	await jest.isolateModulesAsync(async () => {
		const ofN8n = await import('n8n-workflow');
		jest.doMock('n8n-workflow', () => ofN8n);
		jest.doMock('zod/v4', () => ({ z: undefined }));
		for (const file of sources.filter((name) => /\.(node|credentials)\.ts$/.test(name))) {
			const loaded: Record<string, new () => object> = await import(path.join(root, file));
			for (const Class of Object.values(loaded)) expect(new Class()).toBeInstanceOf(Class);
		}
		jest.dontMock('zod/v4').dontMock('n8n-workflow');
	});
});

test('every room is in the list, which goes one way', () => {
	expect([...new Set(sources.map(roomOf))].filter(Boolean).toSorted()).toEqual(
		Object.keys(rooms).toSorted(),
	);
	const order = Object.keys(rooms);
	const placeOf = (file: string) => order.indexOf(roomOf(file) ?? '');
	const upwards = imports.filter(
		({ from, to }) => placeOf(from) >= 0 && placeOf(to) > placeOf(from),
	);
	expect(inOneLine(upwards)).toEqual([]);
});

test.each(Object.entries(rooms))('%s imports only %j', (room, known) => {
	const strange = imports.filter(({ from, to }) => {
		if (roomOf(from) !== room || isPackage(to)) return false;
		const other = roomOf(to) ?? 'outside';
		return other !== room && !known.some((name) => `${to}/`.startsWith(`${shared}/${name}/`));
	});
	expect(inOneLine(strange)).toEqual([]);
});

test('only the nodes import actions', () => {
	const importers = imports.filter(({ to }) => roomOf(to) === 'actions');
	const others = importers.filter(
		({ from }) => roomOf(from) !== 'actions' && !from.endsWith('.node.ts'),
	);
	expect(inOneLine(others)).toEqual([]);
	expect(importers.length).toBeGreaterThan(0);
});

const vendorOf = (file: string) => /^nodes\/shared\/providers\/(\w+)\//.exec(file)?.[1];

const vendorFolders = [...new Set(sources.map(vendorOf))].filter((name) => name !== undefined);

/** Folders that are no vendor's, and the vendors that share each of them: they run the same API. */
const families: Record<string, readonly string[]> = Object.fromEntries(
	vendorFolders
		.filter((folder) => !Object.hasOwn(providers, folder))
		.map((folder) => {
			const members = imports
				.filter(({ from, to }) => vendorOf(to) === folder && vendorOf(from) !== folder)
				.flatMap(({ from }) => vendorOf(from) ?? []);
			return [folder, [...new Set(members)]];
		}),
);

/** What all of them share. */
const ofAllVendors = ['estimate', 'listing', 'reading', 'signature'].map(
	(name) => `${shared}/providers/${name}`,
);

test('a vendor’s folder is its own affair', () => {
	const credentialOf = (vendor: string) => {
		const type = findProvider(vendor)?.credentialType ?? '';
		return `credentials/${type.charAt(0).toUpperCase()}${type.slice(1)}.credentials.ts`;
	};
	expect(vendorFolders).toEqual(expect.arrayContaining(Object.keys(providers)));
	expect(Object.values(families).filter(({ length }) => length < 2)).toEqual([]);
	for (const vendor of vendorFolders) {
		const members = families[vendor];
		const outsiders = imports
			.filter(({ from, to }) => vendorOf(to) === vendor && vendorOf(from) !== vendor)
			.map(({ from }) => from);
		// A family is for its members alone, whichever of their files.
		const importers = members === undefined ? outsiders : outsiders.map(vendorOf);
		const allowed = members ?? [credentialOf(vendor), `${shared}/providers/catalogue.ts`];
		expect([...new Set(importers)].toSorted()).toEqual(allowed.toSorted());
		const itsOwn = imports.filter(
			({ from, to }) => vendorOf(from) === vendor && roomOf(to) === 'providers',
		);
		const strange = itsOwn.filter(({ to }) => {
			const other = vendorOf(to);
			const isRelated = other !== undefined && families[other]?.includes(vendor) === true;
			return other !== vendor && !isRelated && !ofAllVendors.includes(to);
		});
		expect(inOneLine(strange)).toEqual([]);
	}
});

/** Where a vendor is named outside of its own folder all the same. */
const namedElsewhere: Record<string, readonly string[]> = {
	// The registry.
	[`${shared}/providers/catalogue.ts`]: Object.keys(providers),
	...Object.fromEntries(
		Object.entries(ownValues).map(([id, names]) => [`${shared}/providers/${id}/models.ts`, names]),
	),
};

// Not in the codex files: by the words there n8n finds a node, so rules.test.mts wants all vendors.
test('no vendor is named in nodes/ but in its own folder: one is as good as another', () => {
	const names = [
		...Object.entries(providers).map(([id, provider]) => ({ id, words: namesOf(id, provider) })),
		...Object.keys(families).map((id) => ({ id, words: [id] })),
	];
	const isAtHome = (id: string, folder = '') =>
		folder === id || families[folder]?.includes(id) || families[id]?.includes(folder);
	const namedIn = (file: string) => {
		const text = wordsOf(textOf(file));
		return names
			.filter(({ id }) => !isAtHome(id, vendorOf(file)))
			.filter(({ words }) => words.some((word) => text.includes(wordsOf(word))))
			.map(({ id }) => id);
	};
	const found = sources
		.filter((file) => file.startsWith('nodes/'))
		.map((file) => [file, namedIn(file)] as const)
		.filter(([, named]) => named.length > 0);
	expect(Object.fromEntries(found)).toEqual(namedElsewhere);
});

test('a name is found in whichever way it is written', () => {
	expect(wordsOf('readFalAnswer FAL_HOST "fal"')).toBe(' read fal answer fal host fal ');
	expect(wordsOf('false fallback AI/ML API')).toBe(' false fallback ai ml api ');
});

test('what knows no n8n needs no package but zod, and no module but for hashes', () => {
	const packages = imports
		.filter(({ from, to }) => withoutN8n.includes(roomOf(from) ?? '') && isPackage(to))
		.map(({ to }) => to);
	expect([...new Set(packages)].toSorted()).toEqual(['node:crypto', 'zod/v4']);
});

test('the story of a run knows no n8n, but for its doors', () => {
	const knowing = imports
		.filter(({ from }) => roomOf(from) === 'actions')
		.filter(({ to }) => roomOf(to) === 'n8n' || to.startsWith('n8n-workflow'))
		.map(({ from }) => from);
	expect([...new Set(knowing)].toSorted()).toEqual(knowingN8n.map((file) => `${shared}/${file}`));
});

test('the package needs nothing but what n8n brings along', () => {
	const packages = [...new Set(imports.filter(({ to }) => isPackage(to)).map(({ to }) => to))];
	expect(packages.toSorted()).toEqual([
		// Which the build puts into the package itself.
		'mediabunny',
		'n8n-workflow',
		'n8n-workflow/package.json',
		'node:crypto',
		'zod/v4',
	]);
});

test('nothing remembers but a process', () => {
	// What follows from the catalogue alone, or belongs to a run's own objects.
	const known = [
		'models/schema.ts',
		'orders/callbackUrl.ts',
		'properties/conditions.ts',
		'tasks/balance.ts',
	];
	// Begun at the top of a file: by its own, or by a function that keeps it.
	const memory =
		/^(?:export )?(?:let |const \w+(?:: [^=]+)? = (?:new (?:Map|Set|WeakMap)|[a-z]\w*)(?:<[^(]*>)?\(\))/m;
	const found = sources.filter((file) => memory.test(textOf(file)));
	expect(found.toSorted()).toEqual(known.map((file) => `${shared}/${file}`));
});

test('no file imports itself, by whatever way', () => {
	const next = new Map<string, string[]>();
	for (const { from, to } of imports) {
		if (isPackage(to)) continue;
		next.set(from, [...(next.get(from) ?? []), `${to}.ts`]);
	}
	const reach = (from: string, seen: Set<string>): Set<string> => {
		for (const file of next.get(from) ?? []) {
			if (seen.has(file)) continue;
			seen.add(file);
			reach(file, seen);
		}
		return seen;
	};
	expect(sources.filter((file) => reach(file, new Set()).has(file))).toEqual([]);
});

test('only the clock knows the time', () => {
	const asks =
		/\bDate\.now\b|\bnew Date\(\)|\bset(?:Timeout|Interval|Immediate)\b|\bAbortSignal\.timeout\b|\bperformance\./;
	expect(sources.filter((file) => asks.test(textOf(file)))).toEqual([`${shared}/n8n/clock.ts`]);
});

test('only the clock throws dice', () => {
	expect(saying(/\bMath\.random\b/)).toEqual([`${shared}/n8n/clock.ts`]);
});

test('times and limits stand on one page', () => {
	// Lengths of what this package writes itself, and an HTTP status.
	const formats = ['HASH_LENGTH', 'MAC_LENGTH', 'TOO_YOUNG'];
	const running = ['tasks', 'orders', 'host', 'n8n', 'callbacks', 'parking', 'actions'];
	const named = /^(?:export )?const (?!\w+ = new)([A-Z][A-Z\d_]*)(?:: [^=]+)? = [[(\d-]/gm;
	// Seconds are told in thousands of milliseconds, and the vendor's rate is one.
	const written = /(?<![*/] |[\w.$'"`/-])\d{4,}\b|\b\d+_\d{3}\b|\* ?60\b|\b1024\b/g;
	const found = sources
		.filter((file) => running.includes(roomOf(file) ?? ''))
		.flatMap((file) => {
			const code = textOf(file).replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '');
			const names = [...code.matchAll(named)].map(([, name = '']) => name);
			return [...names, ...(code.match(written) ?? [])].map((what) => `${file}: ${what}`);
		})
		.filter((line) => !formats.some((format) => line.endsWith(` ${format}`)));
	expect(found).toEqual([]);
});

test('nobody counts tries: what is tried again has a policy', () => {
	const counts = /\b(?:attempts?|tries|retries)\s*(?:\+\+|\+= 1|[<>=]==? )/;
	expect(saying(counts)).toEqual([]);
});

test('the states of a task, its addresses and its reference have one schema', () => {
	const records = /z\.record\(z\.string\(\), z\.string\(\)\)/;
	expect(saying(records)).toEqual([
		`${shared}/domain/taskSchema.ts`,
		// What a poller says, headers of an upload, and hashes.
		`${shared}/host/pollerPlan.ts`,
		`${shared}/providers/wavespeed/api.ts`,
		`${shared}/tasks/sought.ts`,
	]);
	const listed = /'queued',\s+'running'|'failed',\s+'cancelled'/;
	expect(saying(listed)).toEqual([`${shared}/domain/status.ts`]);
	const pairs = /taskId: z\.string\(\),\s+(?:\/\*\*.*\*\/\s+)?modelId: z\.string\(\)/;
	expect(saying(pairs)).toEqual([`${shared}/domain/taskSchema.ts`]);
});

test('n8n’s own answers are read in one place', () => {
	const words = /is running already|has finished|does not exist\b.*execution|[Ii]nvalid token/;
	expect(saying(words)).toEqual([`${shared}/parking/n8nAnswer.ts`]);
});

test('all requests go through the transport, the download, and the post to n8n itself', () => {
	const asks = /\bhttpRequest(?:WithAuthentication)?\b|\bfetch\(/;
	expect(sources.filter((file) => asks.test(textOf(file))).toSorted()).toEqual(
		['download', 'post', 'transport'].map((name) => `${shared}/n8n/${name}.ts`),
	);
});

test('all lines of the log go through one place, which keeps them lines', () => {
	const logs = sources.filter((file) => /\blogger[.[]/.test(textOf(file)));
	expect(logs).toEqual([`${shared}/n8n/log.ts`]);
});

test('one place makes workflows, in which no parameter is evaluated', () => {
	const makes = /inlineNode\(0|\bnodes: \[/;
	expect(sources.filter((file) => makes.test(textOf(file)))).toEqual([
		`${shared}/n8n/executions.ts`,
	]);
	const started = sources.filter((file) => /\bexecuteWorkflow\(/.test(textOf(file)));
	expect(started).toEqual([`${shared}/n8n/executions.ts`]);
});

test('only constants of the package are evaluated', () => {
	const evaluated = sources.flatMap((file) =>
		[...textOf(file).matchAll(/evaluateExpression\(([^)]*)/g)].map(([, text = '']) => text),
	);
	expect(evaluated.length).toBeGreaterThan(0);
	expect(evaluated.filter((text) => !/^'\{\{ \$[\w.]+/.test(text))).toEqual([]);
});

test('what an item says of its task is read in one place', () => {
	expect(saying(/\breadTold\(/)).toEqual([
		`${shared}/actions/task/asked.ts`,
		`${shared}/tasks/reference.ts`,
	]);
	expect(textOf(`${shared}/actions/task/asked.ts`).match(/\browIn\(/g)).toHaveLength(2);
});

test('only the node for video files loads the library that the build puts into the package', () => {
	const importersOf = (files: ReadonlySet<string>) =>
		imports.filter(({ to }) => files.has(`${to}.ts`)).map(({ from }) => from);
	let reached = new Set([`${shared}/film/mediabunny.ts`]);
	for (;;) {
		const more = new Set([...reached, ...importersOf(reached)]);
		if (more.size === reached.size) break;
		reached = more;
	}
	const nodes = [...reached].filter((file) => file.endsWith('.node.ts'));
	expect(nodes).toEqual(['nodes/SeedanceVideoFile/SeedanceVideoFile.node.ts']);
	const bundled = imports.filter(({ to }) => to === 'mediabunny').map(({ from }) => from);
	expect([...new Set(bundled)]).toEqual([`${shared}/film/mediabunny.ts`]);
});

/** What stands beside the package, and which of the other folders it may know. */
const wings: Record<string, readonly string[]> = {
	// Written from the vendors' pages: what it knew of the nodes, it could not tell wrong.
	sandbox: [],
	lab: ['nodes', 'sandbox'],
	scripts: ['nodes', 'credentials', 'sandbox', 'lab', 'tools'],
	bench: ['nodes', 'sandbox', 'lab', 'test'],
};

const foldersKnownTo = (wing: string): string[] => {
	const files = readdirSync(path.join(root, wing), { recursive: true, encoding: 'utf8' })
		.filter((file) => /\.m[jt]s$/.test(file))
		.map((file) => path.posix.join(wing, ...file.split(path.sep)));
	return files.flatMap((from) =>
		[...textOf(from).matchAll(/(?:from |import\()['"`](\.[^'"`]*)['"`]/g)]
			.map(([, specifier = '']) => path.posix.join(path.posix.dirname(from), specifier))
			.map((to) => to.split('/')[0] ?? ''),
	);
};

test.each(Object.entries(wings))('%s knows of the other folders only %j', (wing, known) => {
	const found = new Set(foldersKnownTo(wing));
	// Of its own files it surely knows some.
	expect(found.delete(wing)).toBe(true);
	expect([...found].filter((folder) => !known.includes(folder) && !folder.startsWith('$'))).toEqual(
		[],
	);
});
