/** Manifest and README of each package of one vendor, from the registry, the nodes and the documentation. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type {
	ICredentialType,
	INodeProperties,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { packageOf } from '../../nodes/shared/domain/packages.ts';
import type { Provider } from '../../nodes/shared/domain/provider.ts';
import { completionProperty } from '../../nodes/shared/properties/completion.ts';
import { titled } from '../../nodes/shared/properties/title.ts';
import { providers } from '../../nodes/shared/providers/index.ts';
import { homeOf, REPOSITORY, vendorPageOf } from './codex.mts';
import { code, table } from '../pages/markdown.mts';

interface Page {
	file: string;
	text: string;
}

interface Manifest {
	name: string;
	version: string;
	keywords: string[];
	license: string;
	author: object;
	repository: { type: string; url: string };
	bugs: object;
	engines: object;
	n8n: { nodes: string[]; credentials: string[] };
	peerDependencies: object;
}

/** What a vendor's pages are made of. */
interface Sources {
	id: string;
	provider: Provider;
	credential: ICredentialType;
	/** Of the package of all vendors. */
	manifest: Manifest;
	/** Those of the edition, by their built files. */
	nodes: Array<readonly [file: string, node: INodeType]>;
	/** The vendor's models with their parameters, as docs/providers.md has them. */
	models: string;
	/** The vendor's section of docs/vendors.md. */
	notes: string;
}

/** Manifest and README of every vendor's own package; `modelsOf` is a vendor's section of the models. */
export async function renderEditions(
	root: string,
	credentials: ReadonlyMap<string, ICredentialType>,
	modelsOf: (id: string, provider: Provider) => string,
): Promise<Page[]> {
	const textOf = (file: string) => readFileSync(path.join(root, file), 'utf8');
	const manifest = JSON.parse(textOf('package.json')) as Manifest;
	const nodes = await Promise.all(
		manifest.n8n.nodes.map(async (file) => [file, await loadNode(file)] as const),
	);
	const vendorsPage = textOf('docs/vendors.md');
	return Object.entries(providers).flatMap(([id, provider]): Page[] => {
		const credential = credentials.get(provider.credentialType);
		if (credential === undefined) throw new Error(`No credential ${provider.credentialType}`);
		const sources = {
			id,
			provider,
			credential,
			manifest,
			nodes: nodes.filter(([, node]) => belongsTo(provider, node)),
			models: modelsOf(id, provider),
			notes: sectionOf(vendorsPage, provider.label),
		};
		return [
			{ file: `editions/${id}/package.json`, text: renderManifest(sources) },
			{ file: `editions/${id}/README.md`, text: renderReadme(sources) },
		];
	});
}

/** The node of a built file that the manifest names. */
export async function loadNode(built: string): Promise<INodeType> {
	const source = built.replace(/^dist\//, '').replace(/\.js$/, '.ts');
	const classes: Record<string, new () => INodeType> = await import(`../../${source}`);
	const [Class] = Object.values(classes);
	if (Class === undefined) throw new Error(`${source} has no class`);
	return new Class();
}

/**
 * Whether a node is part of a vendor's own package: n8n verifies packages of exactly one service, so a
 * node that asks no vendor is not, unless nobody sees it.
 */
const belongsTo = ({ credentialType }: Provider, { description }: INodeType): boolean =>
	description.hidden === true ||
	(description.credentials ?? []).some(({ name }) => name === credentialType);

function renderManifest({ id, provider, manifest, nodes, credential }: Sources): string {
	const { version, keywords, license, author, repository, bugs, engines, n8n } = manifest;
	const className = credential.constructor.name;
	const rendered = {
		name: nameOf(id),
		version,
		description: `n8n community nodes that generate ByteDance Seedance videos ${sourcesOf(provider)} through ${provider.label}`,
		keywords: [...keywords, id],
		license,
		homepage: homeOf(id),
		author,
		repository: { ...repository, directory: `editions/${id}` },
		bugs,
		engines,
		files: ['dist'],
		n8n: {
			...n8n,
			credentials: n8n.credentials.filter((file) => file.includes(`/${className}.`)),
			nodes: nodes.map(([file]) => file),
		},
		peerDependencies: manifest.peerDependencies,
	};
	return `${JSON.stringify(rendered, undefined, 2)}\n`;
}

const nameOf = (id: string): string => {
	const name = packageOf(id);
	if (name === undefined) throw new Error(`${id} cannot be part of a package's name`);
	return name;
};

/** What its videos are made from. */
function sourcesOf({ kinds }: Provider): string {
	const words = { textToVideo: 'text', imageToVideo: 'an image', videoToVideo: 'a video' };
	const [last = '', ...others] = Object.entries(words)
		.filter(([kind]) => kinds.some((known) => known === kind))
		.map(([, word]) => `from ${word}`)
		.toReversed();
	return others.length === 0 ? last : `${others.toReversed().join(', ')} or ${last}`;
}

/** What stands below a heading of the second level, with links that work from anywhere. */
function sectionOf(page: string, heading: string): string {
	const [, after] = page.split(`\n## ${heading}\n`);
	if (after === undefined) throw new Error(`docs/vendors.md has no section ${heading}`);
	const [section = ''] = after.split('\n## ');
	return section.trim().replaceAll(/\]\((?!https?:)([^)]+)\)/g, (_, to: string) => {
		const target = to.startsWith('#') ? `docs/vendors.md${to}` : path.posix.join('docs', to);
		return `](${REPOSITORY}/blob/main/${target})`;
	});
}

function renderReadme(sources: Sources): string {
	const { id, provider, models, notes } = sources;
	const { label } = provider;
	const name = nameOf(id);
	return `${[
		`# ${name}`,
		'<!-- Generated by scripts/docs.mts from the registry, the nodes and docs/vendors.md; edit there. -->',
		`ByteDance **Seedance** videos in n8n, ${sourcesOf(provider)}, through [${label}](${new URL(provider.apiKeysUrl).origin}). Made by volunteers; neither ${label} nor ByteDance has anything to do with it.`,
		`The same nodes for all vendors, with fallbacks between them, are the package [n8n-nodes-seedance](${REPOSITORY}#readme), for n8n that you run yourself.`,
		'## Installation',
		`In n8n open *Settings → Community nodes → Install* and enter ${code(name)}. Needs n8n 2.0 or newer; *Pause the Execution* needs 2.30.`,
		'## Credentials',
		credentialText(sources),
		'## Operations',
		nodesTable(sources),
		'**When the Video Is Ready** (*Completion* for short) says what your workflow does until then:',
		completionTable(),
		'## First video',
		exampleText(sources),
		'## Costs',
		'**One thing costs money: an order that the vendor takes.** The test of the credential, looking, waiting and downloading cost nothing. *Retry On Fail* and *Retry execution* go on with a task that is paid for and order nothing anew; where nobody can know whether an order was taken, the node refuses until you say otherwise. In detail: ' +
			`[Costs](${REPOSITORY}#costs).`,
		`## What to know of ${label}`,
		notes,
		'## Models and parameters',
		models,
		'## Moving from or to n8n-nodes-seedance',
		movingText(sources),
		'## Resources',
		[
			`- [Examples](${REPOSITORY}/tree/main/examples), written for n8n-nodes-seedance: change the types of the nodes as said above`,
			`- [Vendors and their credentials](${vendorPageOf(provider)})`,
			`- [Changes](${REPOSITORY}/blob/main/CHANGELOG.md), [security](${REPOSITORY}/blob/main/SECURITY.md), [questions and faults](${REPOSITORY}/issues)`,
			'- Licence: MIT',
		].join('\n'),
	].join('\n\n')}\n`;
}

function credentialText({ provider, credential }: Sources): string {
	const fields = credential.properties
		.filter(({ type }) => type !== 'hidden' && type !== 'notice')
		.map(({ displayName, description, hint = '', required }) => [
			`**${displayName}**`,
			required ? 'yes' : 'no',
			description ?? hint,
		]);
	return [
		`Make an API key at <${provider.apiKeysUrl}>. Put one of the nodes on the canvas; at its top click *Connect to …* (in an older n8n, or where you have other credentials for it, *Create new credential* in the list there) and enter the key. n8n calls this credential **${credential.displayName}**. Saving tests it, which costs nothing.`,
		table(['Field', 'Needed', 'What it is'], fields),
	].join('\n\n');
}

function nodesTable({ id, provider, nodes }: Sources): string {
	const rows = nodes
		.filter(([, { description }]) => description.hidden !== true)
		.map(([, { description }]) => [
			`**${titled(description.displayName, provider)}**`,
			description.description,
		]);
	const operations = nodes.flatMap(([, { description }]) => {
		const some = operationsOf(description, id);
		const heading = `Operation of ${String(description.defaults.name)}`;
		return some.length === 0 ? [] : table([heading, 'What it does'], some);
	});
	return [table(['Node', 'What it does'], rows), ...operations].join('\n\n');
}

/** What a node can do for a vendor: its operations, of those resources that it offers there. */
function operationsOf({ properties }: INodeTypeDescription, id: string): string[][] {
	const shown = properties.filter(({ displayOptions: { show, hide } = {} }) => {
		const isListed = show?.provider === undefined || show.provider.includes(id);
		return isListed && hide?.provider?.includes(id) !== true;
	});
	const named = (name: string) => shown.filter((property) => property.name === name);
	const resources = named('resource').flatMap(choicesOf);
	return named('operation')
		.filter(({ displayOptions }) => {
			const asked = displayOptions?.show?.resource;
			return asked === undefined || resources.some(({ value }) => asked.includes(value));
		})
		.flatMap(choicesOf)
		.map(({ name, description }) => [`**${name}**`, description]);
}

function choicesOf({ options = [] }: INodeProperties) {
	return options.flatMap((option) =>
		'value' in option ? [{ ...option, description: option.description ?? '' }] : [],
	);
}

const completionTable = (): string =>
	table(
		['When the Video Is Ready', 'What happens'],
		choicesOf(completionProperty({})).map(({ name, description }) => [`**${name}**`, description]),
	);

function exampleText({ id, provider, nodes }: Sources): string {
	const examples = nodes.flatMap(([, { description }]) => {
		const parameters = exampleParameters[description.name];
		if (parameters === undefined) return [];
		const { name: type, displayName, version } = description;
		return [
			`**${titled(displayName, provider)}.** Copy this and paste it onto an empty canvas, choose your credential in the node, and *Execute workflow*:`,
			[
				'```json',
				JSON.stringify(workflowOf({ id, type, displayName, version, parameters })),
				'```',
			].join('\n'),
		];
	});
	return [
		...examples,
		'The row appears, with the video beside it in the binary field `data`.',
	].join('\n\n');
}

const prompt = 'A paper boat drifts down a rain-soaked street, camera follows low';
const exampleParameters: Readonly<Record<string, object>> = {
	seedanceTextToVideo: { prompt },
	seedanceImageToVideo: { prompt, imageUrl: 'https://…' },
};

interface Example {
	id: string;
	type: string;
	displayName: string;
	version: number | number[];
	parameters: object;
}

function workflowOf({ id, type, displayName, version, parameters }: Example): object {
	const start = 'Start';
	return {
		nodes: [
			{
				name: start,
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{
				name: displayName,
				type: `${nameOf(id)}.${type}`,
				typeVersion: Math.max(...[version].flat()),
				position: [220, 0],
				parameters,
			},
		],
		connections: { [start]: { main: [[{ node: displayName, type: 'main', index: 0 }]] } },
	};
}

function movingText({ id, provider, credential }: Sources): string {
	const { label } = provider;
	const [from, to] = ['n8n-nodes-seedance.', `${nameOf(id)}.`];
	return [
		`Both packages can be installed side by side, and share the credential **${credential.displayName}**. A workflow moves by the first part of its nodes' types: download it, change ${code(from)} to ${code(to)} everywhere, import it.`,
		[
			'- Executions that are paused stay with the package that they began with: keep it until they have ended.',
			`- This package asks ${label} alone: *Fallback Providers* are left out, which a hint at the node says. A node of another vendor refuses before anything is paid.`,
			`- On the way back set *Provider* to ${label}, because the package of all begins with another one.`,
			`- Each package keeps to the vendor's documented rate by itself. While both work with the same key at the same time they may exceed it together; what is then refused is asked again.`,
		].join('\n'),
	].join('\n\n');
}
