import type { IDisplayOptions } from 'n8n-workflow';
import { modelsOf, type Provider } from '../../../nodes/shared/domain/provider';
import { providers } from '../../../nodes/shared/providers';
import { providerOf } from '../helpers.mts';
import { ofModels } from './opened.mts';
import { choicesOf, nodes, placed, type PlacedProperty } from '../ux/descriptions.mts';

/** What the nodes that order have in common. */
const ofEveryOrder = `
	customModel | string | "" | model custom
	completion | wait, pause, notify, submit | "wait" | always
	callbackUrl | string | "" | completion notify
	taskLedger | boolean | false | @version 3
	taskLedgerTable | string | "seedance_tasks" | @version 3; taskLedger true
	downloadVideo | boolean | true | completion wait, pause
	binaryPropertyName | string | "data" | completion wait, pause; downloadVideo true
	simplify | boolean | true | completion wait, pause
	fallbackProviders | fixedCollection | {} | always
	options | collection | {} | always
	options.additionalParameters | json | "{}" | always
	options.cancelOnStop | boolean | false | vendor cancels; completion wait
	options.context | json | "{}" | completion notify
	options.fileName | string | "" | completion wait, pause; downloadVideo true
	options.includeInputFields | boolean | false | always
	options.maxFileSize | number from 1 | 1024 | completion wait, pause; downloadVideo true
	options.maxOrders | whole number from 1 | 10 | always
	options.maxParallel | whole number from 1 | 3 | always
	options.maxPrice | number from 0 with 4 decimals | 1 | vendor tells prices
	options.minimumBalance | number from 0 | 0 | vendor tells the balance
	options.pauseInSubWorkflows | boolean | false | completion pause
	options.pollInterval | number from 1 | 30 | completion wait, pause
	options.resubmitUnknown | boolean | false | always
	options.sendCallbackUrl | boolean | true | completion pause; vendor calls
	options.taskLedger | string | "seedance_tasks" | @version 1, 2
	options.timeout | number from 0 | 30 | completion wait, pause
`;

/**
 * Every property that is not a model's own: what it takes, its default and when it is shown. A saved
 * workflow depends on each cell, because n8n stores neither a default nor what is hidden.
 */
const declared: Record<string, string> = {
	seedanceTextToVideo: `${ofEveryOrder}
		provider | options | "apikley" | always
		listModel | resourceLocator | {"mode":"list","value":""} | model list
		modelParameters | resourceMapper | {"mappingMode":"defineBelow","value":null} | model list
		options.chainItems | boolean | false | always
	`,
	seedanceImageToVideo: `${ofEveryOrder}
		provider | options | "apikley" | always
		listModel | resourceLocator | {"mode":"list","value":""} | model list
		modelParameters | resourceMapper | {"mappingMode":"defineBelow","value":null} | model list
		imageMode | frames, references | "frames" | always
		imageInputType | url, binary | "url" | always
		imageUrl | string | "" | imageInputType url
		imageBinaryPropertyName | string | "data" | imageInputType binary
		imageInputType | url, binary | "url" | vendor takes no references; model custom
		imageInputType | url, binary | "url" | imageMode frames
		lastImageInputType | none, url, binary | "none" | always
		lastImageUrl | string | "" | lastImageInputType url
		lastImageBinaryPropertyName | string | "data" | lastImageInputType binary
		lastImageInputType | none, url, binary | "none" | imageMode frames
		referenceImages | fixedCollection | {} | imageMode references
		referenceImages | fixedCollection | {} | always
		referenceVideos | fixedCollection | {} | always
		referenceVideos | fixedCollection | {} | imageMode references
		referenceAudios | fixedCollection | {} | imageMode references
		referenceAudios | fixedCollection | {} | always
		referenceNotice | notice | "" | always
		referenceNotice | notice | "" | imageMode references
		options.chainItems | boolean | false | always
	`,
	seedanceVideoToVideo: `${ofEveryOrder}
		operation | edit, extend, reference | "edit" | always
		provider | options | "modellix" | operation edit
		provider | options | "modellix" | operation extend
		provider | options | "modellix" | operation reference
		videoInputType | url, binary | "url" | always
		videoUrl | string | "={{ $json.videoUrl }}" | videoInputType url
		videoBinaryPropertyName | string | "data" | videoInputType binary
		referenceImages | fixedCollection | {} | always
		referenceVideos | fixedCollection | {} | operation reference
		referenceAudios | fixedCollection | {} | always
		referenceNotice | notice | "" | vendor aimlapi, fal
		referenceNotice | notice | "" | vendor byteplus
		referenceNotice | notice | "" | vendor modellix
		referenceNotice | notice | "" | vendor replicate
	`,
	seedanceTask: `
		provider | options | "apikley" | always
		resource | account, task, ledger | "task" | vendor tells the balance
		resource | task, ledger | "task" | not vendor tells the balance
		operation | get, getMany, wait | "get" | resource task; vendor only looks
		operation | cancel, delete, get, getMany, wait | "get" | resource task; vendor cancels, deletes
		operation | cancel, get, getMany, wait | "get" | resource task; vendor cancels, deletes nothing
		operation | delete, get, getMany, wait | "get" | resource task; vendor deletes, cancels nothing
		operation | getBalance | "getBalance" | resource account; not vendor tells prices
		operation | getBalance, getPrice | "getBalance" | resource account; vendor tells prices
		operation | getSpending | "getSpending" | resource ledger
		model | string | "={{ $json.model }}" | resource account; operation getPrice
		aspectRatio | string | "" | resource account; operation getPrice
		duration | string | "" | resource account; operation getPrice
		resolution | string | "" | resource account; operation getPrice
		additionalParameters | json | "{}" | resource account; operation getPrice
		taskLedger | string | "seedance_tasks" | resource ledger; operation getSpending
		days | whole number from 1 to 366 | 30 | resource ledger; operation getSpending
		allProviders | boolean | true | resource ledger; operation getSpending
		taskId | string | "={{ $json.taskId }}" | resource task; operation cancel, delete, get, wait
		source | ledger, vendor | "vendor" | resource task; operation getMany; vendor lists tasks
		source | ledger | "ledger" | resource task; operation getMany; vendor lists none
		taskLedger | string | "seedance_tasks" | resource task; operation getMany; source ledger
		orders | all, uncollected | "uncollected" | resource task; operation getMany; source ledger
		otherProviders | fixedCollection | {} | resource task; operation get, wait; not @tool true
		olderThanMinutes | number from 0 | 60 | resource task; operation getMany; source ledger; orders uncollected
		limit | number from 1 to 500 | 50 | resource task; operation getMany
		completion | wait, pause, notify | "wait" | resource task; operation wait
		callbackUrl | string | "" | resource task; operation wait; completion notify
		downloadVideo | boolean | true | resource task; operation get, wait
		binaryPropertyName | string | "data" | resource task; operation get, wait; downloadVideo true
		simplify | boolean | true | resource task; operation get, wait
		options | collection | {} | resource task
		options.context | json | "{}" | completion notify; operation wait
		options.fileName | string | "" | operation get, wait; downloadVideo true
		options.includeInputFields | boolean | false | operation get, wait
		options.maxFileSize | number from 1 | 1024 | operation get, wait; downloadVideo true
		options.maxParallel | whole number from 1 | 3 | always
		options.model | string | "={{ $json.model }}" | always
		options.pauseInSubWorkflows | boolean | false | completion pause; operation wait
		options.pollInterval | number from 1 | 30 | completion wait, pause; operation wait
		options.timeout | number from 0 | 30 | completion wait, pause; operation wait
	`,
	seedanceVideoFile: `
		binaryPropertyName | string | "data" | operation join, setSound, cut
		fromSeconds | number from 0 with 3 decimals | 0 | operation cut
		operation | cut, getInfo, join, setSound | "join" | always
		options | collection | {} | operation join, setSound, cut
		options.dropRepeatedFrame | boolean | false | operation join
		options.fileName | string | "film.mp4" | operation join, setSound, cut
		options.groupBy | string | "" | operation join
		options.joinAnyway | boolean | false | operation join
		options.loop | boolean | false | operation setSound
		options.startSeconds | number from 0 with 3 decimals | 0 | operation setSound
		soundBinaryPropertyName | string | "sound" | operation setSound; soundInputType binary
		soundInputType | binary, url | "binary" | operation setSound
		soundUrl | string | "" | operation setSound; soundInputType url
		toSeconds | number from 0 with 3 decimals | 0 | operation cut
		videoBinaryPropertyName | string | "data" | videoInputType binary
		videoInputType | binary, url | "binary" | always
		videoUrl | string | "" | videoInputType url
	`,
	seedanceTrigger: `
		notice | notice | "" | always
		provider | options | "apikley" | always
		events | failed, succeeded | ["succeeded","failed"] | always
		options | collection | {} | always
		options.acceptUnsigned | boolean | false | always
		options.downloadVideo | boolean | true | always
		options.maxFileSize | number from 1 | 1024 | always
		options.simplify | boolean | true | always
	`,
};

/** What a list of vendors has in common, so that a new vendor changes no row. */
const abilities: Record<string, (provider: Provider) => boolean> = {
	'tells the balance': ({ vendor }) => vendor.balance !== undefined,
	'tells prices': ({ vendor }) => vendor.price !== undefined,
	'lists tasks': ({ vendor }) => vendor.list !== undefined,
	'lists none': ({ vendor }) => vendor.list === undefined,
	cancels: ({ vendor }) => vendor.cancel !== undefined,
	'cancels, deletes': ({ vendor }) => Boolean(vendor.cancel && vendor.delete),
	'cancels, deletes nothing': ({ vendor }) => Boolean(vendor.cancel && !vendor.delete),
	'deletes, cancels nothing': ({ vendor }) => Boolean(vendor.delete && !vendor.cancel),
	'only looks': ({ vendor }) => !vendor.cancel && !vendor.delete,
	calls: ({ vendor }) => vendor.callbacks !== undefined,
	'takes no references': (provider) =>
		!modelsOf(provider, 'imageToVideo').some(({ references }) => references),
};

function vendorsInWords(ids: readonly unknown[]): string {
	const agree = (having: readonly string[]) =>
		having.length === ids.length && having.every((id) => ids.includes(id));
	const found = Object.entries(abilities).find(([, has]) => {
		const able = Object.keys(providers).filter((id) => has(providerOf(id)));
		// Of a node that not every vendor sells for, its own.
		return agree(able) || agree(able.filter((id) => providerOf(id).kinds.includes('reference')));
	});
	return found?.[0] ?? ids.join(', ');
}

/** The vendors and models that have a parameter are the matter of `visibility.test`. */
function inWords(conditions: IDisplayOptions['show'] = {}, isOfModels: boolean): string[] {
	return Object.entries(conditions)
		.filter(([name]) => !(isOfModels && /^\/?(provider|model|@version)$/.test(name)))
		.map(([name, values = []]) =>
			/^\/?provider$/.test(name)
				? `vendor ${vendorsInWords(values)}`
				: `${name.replace('/', '')} ${values.join(', ')}`,
		);
}

function rowOf({ property, collection }: PlacedProperty): string {
	const { show, hide } = property.displayOptions ?? {};
	const { minValue, maxValue, numberPrecision } = property.typeOptions ?? {};
	const type = numberPrecision === 0 ? `whole ${property.type}` : property.type;
	const choices = choicesOf(property).map(({ value }) => value);
	const takes = [
		choices.length > 0 && property.name !== 'provider' ? choices.join(', ') : type,
		minValue !== undefined && `from ${minValue}`,
		maxValue !== undefined && `to ${maxValue}`,
		numberPrecision && `with ${numberPrecision} decimals`,
	];
	// Told by those that have it, or by those that have not.
	const byHand = ['custom', 'list'];
	const models = (show?.model ?? show?.['/model'])?.join();
	const isHidden = (hide?.model ?? hide?.['/model']) !== undefined;
	const isOfModels = isHidden || (models !== undefined && !byHand.includes(models));
	const conditions = [
		...inWords(show, isOfModels),
		...inWords(hide, isOfModels).map((condition) => `not ${condition}`),
	];
	return [
		[collection?.name, property.name].filter((part) => part !== undefined).join('.'),
		takes.filter(Boolean).join(' '),
		JSON.stringify(property.default),
		conditions.join('; ') || 'always',
	].join(' | ');
}

const generates = new Set(['seedanceTextToVideo', 'seedanceImageToVideo', 'seedanceVideoToVideo']);
const isOfModel = ({ node, property: { name } }: PlacedProperty) =>
	generates.has(node) && (name === 'model' || ofModels.has(name));

describe.each(nodes.map(({ description }) => description.name))('%s', (node) => {
	test('takes, presets and shows what is declared', () => {
		const general = placed.filter((place) => place.node === node && !isOfModel(place));
		const rows = declared[node]
			?.split('\n')
			.map((row) => row.trim())
			.filter((row) => row !== '');
		expect([...new Set(general.map(rowOf))].toSorted()).toEqual(rows?.toSorted());
	});
});

/** The fields of a list's entries, but for the hidden ones. */
const declaredEntries: Record<string, string> = {
	fallbackProviders: `
		provider | options | "apikley" | always
		model | options | "" | always
		additionalParameters | json | "{}" | always
		callbackUrl | string | "" | completion notify
		minimumBalance | number from 0 | 0 | vendor tells the balance
	`,
	otherProviders: `
		provider | options | "apikley" | always
		callbackUrl | string | "" | operation wait; completion notify
	`,
	referenceImages: `
		inputType | url, binary | "url" | always
		url | string | "" | inputType url
		binaryPropertyName | string | "data" | inputType binary
	`,
	referenceVideos: 'url | string | "" | always',
	referenceAudios: 'url | string | "" | always',
};

const lists = placed.filter(({ property }) => property.type === 'fixedCollection');

test.each(lists.map((list) => [list.node, list.property.name, list] as const))(
	'%s: an entry of %s takes, presets and shows what is declared',
	(node, name, { property: { options = [] } }) => {
		const fields = options.flatMap((entry) => ('values' in entry ? entry.values : []));
		const rows = fields
			.filter(({ type }) => type !== 'hidden')
			.map((property) => rowOf({ node, property }));
		// Not every vendor sells for the node for given videos.
		const first = node === 'seedanceVideoToVideo' ? 'modellix' : 'apikley';
		const declaredRows = declaredEntries[name]?.replace('apikley', first).split('\n');
		const expected = declaredRows?.map((row) => row.trim());
		expect(rows).toEqual(expected?.filter((row) => row !== ''));
	},
);
