/**
 * Writes docs/providers.md and docs/matrix.md, the providers' tables of README.md, docs/vendors.md,
 * docs/which-vendor.md and sandbox/README.md, the lists of vendors in pages, manifest and the nodes'
 * codex files, and manifest and README of each package of one vendor, from the catalogue.
 * `docs.mts [--check]`: with --check nothing is written and a file that is not up to date is an
 * error.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ICredentialType } from 'n8n-workflow';
import {
	videoOperations,
	type GenerationKind,
	type ImageSlot,
	type ModelEntry,
} from '../nodes/shared/domain/model.ts';
import { modelsOf, type Provider, type Rate } from '../nodes/shared/domain/provider.ts';
import {
	nameInPrompt,
	referenceKinds,
	referenceParameters,
	type ReferenceKind,
} from '../nodes/shared/models/imageParameters.ts';
import { parametersOf, type ModelParameter } from '../nodes/shared/models/schema.ts';
import {
	currentModels,
	hasParameter,
	versionsOf,
} from '../nodes/shared/properties/providerOptions.ts';
import { providers } from '../nodes/shared/providers/index.ts';
import { loadNode, renderEditions } from './editions/pages.mts';
import { kindLabels, kinds, shortName } from './pages/catalogue.mts';
import { anchorOf, code, table } from './pages/markdown.mts';
import { renderMatrix } from './pages/matrix.mts';
import { aliasVendors, describeVendors, nameVendors } from './pages/vendorLists.mts';

export interface Page {
	file: string;
	text: string;
}

const PROVIDERS_FILE = 'docs/providers.md';
const MATRIX_FILE = 'docs/matrix.md';
const VENDORS_FILE = 'docs/vendors.md';
const CHOICE_FILE = 'docs/which-vendor.md';
const README_FILE = 'README.md';
const SANDBOX_FILE = 'sandbox/README.md';
const MANIFEST_FILE = 'package.json';
const TABLE_START = '<!-- providers:start -->';
const TABLE_END = '<!-- providers:end -->';

/** The table of the vendors in each page that has one. */
const tables: Readonly<Record<string, () => string>> = {
	[README_FILE]: modelsTable,
	[VENDORS_FILE]: abilitiesTable,
	[CHOICE_FILE]: choiceTable,
	[SANDBOX_FILE]: accountsTable,
};

const pagesWithVendors = [
	...Object.keys(tables),
	'docs/agents.md',
	'docs/never-paid-twice.md',
	'docs/options.md',
	'docs/reliability.md',
	'examples/README.md',
];

type Credentials = ReadonlyMap<string, ICredentialType>;

/** Every generated text as it should stand in the file; a table only where its file has the markers. */
export async function renderPages(root: string): Promise<Page[]> {
	const credentials = await loadCredentials(root);
	const textOf = (file: string) => readFileSync(path.join(root, file), 'utf8');
	const manifest = textOf(MANIFEST_FILE);
	return [
		{ file: PROVIDERS_FILE, text: renderProviders(credentials) },
		{ file: MATRIX_FILE, text: renderMatrix() },
		...pagesWithVendors.map((file) => ({ file, text: withVendors(file, textOf(file)) })),
		{ file: MANIFEST_FILE, text: describeVendors(manifest, providers) },
		...(await codexFiles(manifest, textOf)),
		...(await renderEditions(root, credentials, editionModels(credentials))),
	];
}

/** A page with what it says of the vendors: its table, and their names in its sentences. */
function withVendors(file: string, page: string): string {
	const makeTable = tables[file];
	const whole = makeTable === undefined ? page : insertTable(page, makeTable());
	if (whole === undefined) throw new Error(`${file} has no place for its table`);
	return nameVendors(whole, providers);
}

/** The codex file of each node that asks vendors. */
async function codexFiles(manifest: string, textOf: (file: string) => string): Promise<Page[]> {
	const { n8n } = JSON.parse(manifest) as { n8n: { nodes: string[] } };
	const nodes = await Promise.all(
		n8n.nodes.map(async (file) => [file, await loadNode(file)] as const),
	);
	return nodes.flatMap(([built, { description }]) => {
		const types = (description.credentials ?? []).map(({ name }) => name);
		const asked = Object.entries(providers).filter(([, one]) => types.includes(one.credentialType));
		if (asked.length === 0 || description.hidden === true) return [];
		const file = built.replace(/^dist\//, '').replace(/\.js$/, '.json');
		return [{ file, text: aliasVendors(textOf(file), Object.fromEntries(asked), providers) }];
	});
}

/** The pages that are not in their files. */
export function findOutdated(root: string, pages: Page[]): Page[] {
	return pages.filter(({ file, text }) => {
		const absolute = path.join(root, file);
		return !existsSync(absolute) || readFileSync(absolute, 'utf8') !== text;
	});
}

/** The page with a fresh table between its markers; undefined when it has none. */
export function insertTable(page: string, fresh: string): string | undefined {
	const start = page.indexOf(TABLE_START);
	const end = page.indexOf(TABLE_END);
	if (start === -1 || end < start) return undefined;
	const before = page.slice(0, start + TABLE_START.length);
	return `${before}\n${fresh}\n${page.slice(end)}`;
}

async function loadCredentials(root: string): Promise<Credentials> {
	const suffix = '.credentials.ts';
	const names = readdirSync(path.join(root, 'credentials'))
		.filter((file) => file.endsWith(suffix))
		.map((file) => file.slice(0, -suffix.length));
	const loaded = await Promise.all(
		names.map(async (name) => {
			const classes: Record<string, new () => ICredentialType> = await import(
				`../credentials/${name}.credentials.ts`
			);
			const Credential = classes[name];
			if (Credential === undefined) throw new Error(`No class ${name} in its credential file`);
			return new Credential();
		}),
	);
	return new Map(loaded.map((credential) => [credential.name, credential]));
}

function renderProviders(credentials: Credentials): string {
	const sections = Object.entries(providers).map(([id, provider]) =>
		providerSection(id, provider, credentialOf(credentials, provider)),
	);
	return [
		'# Providers and models',
		'<!-- Generated from nodes/shared/providers by scripts/docs.mts; edit there. -->',
		'What each provider offers, as the nodes know it. *Default* is what the node shows: the vendor’s' +
			' own default where it documents one. *Field* is the name in the vendor’s request body, which' +
			' the option **Additional Parameters** takes. All models side by side: [matrix.md](matrix.md).',
		providersTable(credentials),
		...sections,
	]
		.join('\n\n')
		.concat('\n');
}

function providersTable(credentials: Credentials): string {
	const rows = Object.values(providers).map((provider) => [
		provider.label,
		...kinds.map((kind) => modelLabels(provider, kind)),
		credentialOf(credentials, provider).displayName,
		link(provider.apiKeysUrl),
	]);
	const headings = kinds.map((kind) => kindLabels[kind]);
	return table(['Provider', ...headings, 'Credential', 'API keys'], rows);
}

/** Who sells what, in as few words as can be; the families of a model count as one. */
function modelsTable(): string {
	const rows = Object.values(providers).map((provider) => {
		const names = provider.models.map((model) =>
			shortName(model).replace(/ (Reference|Video to Video)\b/, ''),
		);
		return [linkToVendor(provider, ''), [...new Set(names)].join(', ')];
	});
	return table(['Provider', 'Seedance'], rows);
}

/** What to enter to try a vendor with the sandbox. */
function accountsTable(): string {
	const rows = Object.entries(providers).map(([id, { label }]) => [
		label,
		code(`http://127.0.0.1:4010/${id}`),
		code(`sandbox-${id}-key`),
	]);
	return table(['Vendor', 'Base URL', 'API key'], rows);
}

/** What each vendor's API has besides making videos. */
function abilitiesTable(): string {
	const rows = Object.values(providers).map((provider) => {
		const { callbacks, upload, balance, price, cancel, list, findLost, models } = provider.vendor;
		const { delete: remove } = provider.vendor;
		const abilities = [callbacks, balance, price, cancel, remove, list, findLost];
		const has = abilities.map((ability) => (ability ? 'yes' : '–'));
		const file = upload === undefined ? wayOfImageFiles(provider) : 'by its upload';
		const ofVideos = kinds.filter((kind) => isOfVideo(kind) && provider.kinds.includes(kind));
		const operations = ofVideos.map((kind) => kindLabels[kind]).join(', ') || '–';
		const lists =
			models === undefined ? '–' : models.schema ? 'yes, with what they take' : 'yes, by name';
		return [linkToVendor(provider, '#'), ...has, lists, file, operations];
	});
	return table(
		[
			'Vendor',
			'Calls back',
			'Tells the balance',
			'Tells a price before',
			'Cancels tasks',
			'Deletes tasks',
			'Lists tasks',
			'Finds a lost order',
			'Lists its models',
			'Takes an image file',
			'With a given video',
		],
		rows,
	);
}

const isOfVideo = (kind: GenerationKind) => videoOperations.some((one) => one === kind);

/** What people choose a vendor by. */
function choiceTable(): string {
	const yes = (has: unknown) => (has ? 'yes' : '–');
	const rows = Object.values(providers).map((provider) => {
		const { vendor, pricesUrl } = provider;
		const current = currentModels(provider);
		return [
			linkToVendor(provider, '', 'vendors.md'),
			versionsOf(provider).join(', '),
			longestOf(current),
			highestOf(current),
			yes(hasParameter(provider, 'generateAudio')),
			yes(current.some(({ references }) => references !== undefined)),
			yes(hasParameter(provider, 'serviceTier')),
			yes(vendor.callbacks),
			yes(vendor.cancel),
			pricesUrl === undefined ? 'in the account' : link(pricesUrl),
		];
	});
	const headings = [
		'Vendor',
		'Seedance',
		'Longest video',
		'Highest resolution',
		'Sound',
		'References',
		'Half price offline',
		'Calls back',
		'Cancels',
		'Prices',
	];
	return table(headings, rows);
}

/** The numbers that a parameter of these models takes at most. */
function longestOf(models: readonly ModelEntry[]): string {
	const lengths = models.flatMap((model) =>
		parametersOf(model)
			.filter(({ name }) => name === 'duration')
			.flatMap(({ values = [], maximum }) => [...values.map(Number), maximum ?? 0]),
	);
	return `${Math.max(...lengths.filter(Number.isFinite))} seconds`;
}

function highestOf(models: readonly ModelEntry[]): string {
	const values = models.flatMap((model) =>
		parametersOf(model)
			.filter(({ name }) => name === 'resolution')
			.flatMap(({ values: known = [] }) => known.map(String)),
	);
	const lines = (value: string) => (/k$/i.test(value) ? 540 : 1) * Number.parseInt(value, 10);
	return values.toSorted((a, b) => lines(b) - lines(a))[0] ?? '–';
}

/** How an image that comes as a file gets to a vendor without an upload. */
function wayOfImageFiles({ models }: Provider): string {
	const link = 'by a signed link to this n8n';
	if (!models.some(({ firstImage }) => firstImage?.acceptsDataUri)) return link;
	const isLinked = models.some(({ references }) => references?.images?.acceptsDataUri === false);
	return isLinked ? `in the request; references ${link}` : 'in the request';
}

/** A link to the vendor's own section, from the page itself (`#`) or from the README. */
const linkToVendor = ({ label }: Provider, page: '' | '#', file = VENDORS_FILE): string =>
	`[${label}](${page === '#' ? '' : file}#${anchorOf(label)})`;

function providerSection(id: string, provider: Provider, credential: ICredentialType): string {
	const customKinds = provider.kinds.map((kind) => kindLabels[kind]).join(', ');
	const facts = [
		`- Value of \`provider\`: ${code(id)}`,
		`- Credential: **${credential.displayName}** (${code(credential.name)}), base URL ${code(baseUrlOf(credential))}`,
		`- API keys: ${link(provider.apiKeysUrl)}`,
		`- Limits: ${limitsOf(provider)}`,
		`- Custom model: ${customKinds}`,
		...referencesOf(provider),
		...lifetimeOf(provider),
	];
	const models = provider.models.map((model) => modelSection(provider, model));
	return [`## ${provider.label}`, facts.join('\n'), ...models].join('\n\n');
}

/** A vendor's models for a page of their own. */
const editionModels = (credentials: Credentials) => (id: string, provider: Provider) => {
	const [, ...section] = providerSection(id, provider, credentialOf(credentials, provider)).split(
		'\n\n',
	);
	return section.join('\n\n');
};

function modelSection(provider: Provider, model: ModelEntry): string {
	const parameters = table(
		['Parameter', 'Name', 'Values', 'Default', 'Field'],
		parametersOf(model).map((parameter) => [
			parameter.label,
			code(parameter.name),
			valuesOf(parameter),
			defaultOf(parameter),
			code(parameter.wireName) + (parameter.wireAsString ? ' (as text)' : ''),
		]),
	);
	const images = [
		videoFact(provider, model),
		imageFact(provider, 'Image', model.firstImage),
		imageFact(provider, 'Last image', model.lastImage),
		...referenceKinds.map((kind) => referenceFact(provider, kind, model)),
	].filter((fact) => fact !== undefined);
	const facts = [
		`- Model ID: ${code(model.id)}`,
		...(model.description === undefined ? [] : [`- ${model.description}`]),
		...(model.isRetired ? ['- Switched off by its maker, may not run any more'] : []),
		`- Usual time: about ${model.typicalSeconds} seconds`,
		...images,
	];
	return [`### ${model.label}, ${kindLabels[model.kind]}`, facts.join('\n'), parameters].join(
		'\n\n',
	);
}

/** How an image gets from n8n to the vendor. */
function wayOfFiles({ vendor }: Provider, slot: ImageSlot): string {
	if (vendor.upload !== undefined) return 'as a file, which is uploaded';
	return slot.acceptsDataUri ? 'as a file' : 'as a file, by a signed link to this n8n';
}

function imageFact(
	provider: Provider,
	label: string,
	slot: ImageSlot | undefined,
): string | undefined {
	return slot && fileFact(label, slot, [wayOfFiles(provider, slot)]);
}

/** The video that an operation is about, and what the operation forces. */
function videoFact(provider: Provider, { video, forced, lead }: ModelEntry): string | undefined {
	if (video === undefined) return undefined;
	const { seconds, frameRate, mimeTypes, ...slot } = video;
	const way =
		provider.vendor.upload === undefined
			? 'as a file, by a signed link to this n8n'
			: 'as a file of at most 100 MB, which is uploaded';
	const types = mimeTypes?.map((type) => (type === 'video/mp4' ? 'MP4' : 'MOV')).join(', ');
	const rules = [
		fileFact('Video', slot, [way]),
		types,
		seconds && `${seconds.min} to ${seconds.max} seconds`,
		frameRate && `${frameRate.min} to ${frameRate.max} pictures a second`,
		forced && `always sent with it: ${code(JSON.stringify(forced))}`,
		lead && `put before a prompt that does not say it: ${code(lead.words)}`,
	];
	return rules.filter((rule) => rule !== undefined).join('; ');
}

function fileFact(label: string, slot: ImageSlot, ways: readonly string[]): string {
	const { mimeTypes, maxBytes, size, acceptsAssets, wireName } = slot;
	const rules = [
		['by URL', ...ways].join(' or '),
		acceptsAssets && `or ${code('asset://ID')} of the account's library`,
		mimeTypes?.map((type) => type.replace('image/', '').toUpperCase()).join(', '),
		maxBytes && `at most ${maxBytes / 1024 / 1024} MB`,
		size && `sides of ${size.minSidePx} to ${size.maxSidePx} pixels`,
		size && `width divided by height from ${size.minRatio} to ${size.maxRatio}`,
		`field ${code(wireName)}`,
	];
	return `- ${label}: ${rules.filter((rule) => rule !== undefined).join('; ')}`;
}

function referenceFact(
	provider: Provider,
	kind: ReferenceKind,
	{ references = {}, video }: ModelEntry,
): string | undefined {
	const isInsteadOfFrames = video === undefined;
	const slot = references[kind];
	if (slot === undefined) return undefined;
	const { label } = referenceParameters[kind];
	const ways = slot.acceptsDataUri ? ['as a base64 data URI'] : [];
	const fact = kind === 'images' ? imageFact(provider, label, slot) : fileFact(label, slot, ways);
	return `${fact}; up to ${slot.maxCount}${isInsteadOfFrames ? ', instead of first and last image' : ''}`;
}

function valuesOf(parameter: ModelParameter): string {
	const { type, values, minimum, maximum, maxLength, required, replaces } = parameter;
	const unit = parameter.unit === undefined ? '' : ` ${parameter.unit}`;
	const notes = [
		required ? 'required' : undefined,
		replaces === undefined ? undefined : `takes the place of ${code(replaces)}`,
	];
	const range = () => {
		if (values !== undefined) return `${values.map((value) => code(value)).join(' ')}${unit}`;
		if (type === 'boolean') return `${code(true)} ${code(false)}`;
		if (type !== 'string') {
			return minimum === undefined || maximum === undefined
				? 'whole number'
				: `${minimum} to ${maximum}${unit}`;
		}
		return maxLength === undefined ? 'text' : `text of at most ${maxLength} characters`;
	};
	return [range(), ...notes].filter((part) => part !== undefined).join(', ');
}

function defaultOf({ default: value, replaces }: ModelParameter): string {
	// Not sent, such a parameter has no effect: the one that it would replace counts.
	if (value === undefined || replaces !== undefined) return '–';
	return code(value);
}

function limitsOf({ limits: { maxParallelTasks, creates, requests } }: Provider): string {
	return [
		`${maxParallelTasks} tasks at once unless the option **Max Parallel Tasks** says otherwise`,
		creates && `${creates.count} new ones ${within(creates)}`,
		requests && `${requests.count} requests of any kind ${within(requests)}`,
	]
		.filter((limit) => limit !== undefined)
		.join(', ');
}

const within = ({ windowMs }: Rate): string =>
	windowMs === 1000 ? 'a second' : `in ${windowMs / 1000} seconds`;

/** How the vendor's pages call references in a prompt. */
const referencesOf = ({ referenceTag: tag }: Provider): string[] =>
	tag === undefined
		? []
		: [
				`- References in the prompt: ${referenceKinds.map((kind) => code(nameInPrompt(tag, kind, 1))).join(', ')}, counted by kind`,
			];

const lifetimeOf = ({ resultLifetimeMinutes: minutes }: Provider): string[] =>
	minutes === undefined
		? []
		: [`- Videos: the provider deletes them ${minutes} minutes after they are finished`];

function modelLabels(provider: Provider, kind: GenerationKind): string {
	const labels = modelsOf(provider, kind).map(({ label }) => label);
	return labels.join(', ') || '–';
}

function credentialOf(credentials: Credentials, { credentialType }: Provider) {
	const credential = credentials.get(credentialType);
	if (credential === undefined) throw new Error(`No credential named ${credentialType}`);
	return credential;
}

function baseUrlOf({ properties }: ICredentialType): string {
	return String(properties.find(({ name }) => name === 'baseUrl')?.default ?? '');
}

const link = (url: string): string => `[${new URL(url).host}](${url})`;

async function main(): Promise<void> {
	const root = process.cwd();
	const outdated = findOutdated(root, await renderPages(root));
	if (!process.argv.includes('--check')) {
		for (const { file, text } of outdated) {
			mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
			writeFileSync(path.join(root, file), text);
		}
		console.log(`Written: ${outdated.map(({ file }) => file).join(', ') || 'nothing'}`);
		return;
	}
	if (outdated.length === 0) return;
	const files = outdated.map(({ file }) => file).join(', ');
	console.error(`Not up to date: ${files}. Run "npx tsx scripts/docs.mts".`);
	process.exitCode = 1;
}

if (path.basename(process.argv[1] ?? '') === 'docs.mts') void main();
