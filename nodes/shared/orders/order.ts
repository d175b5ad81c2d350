import { writtenIn, withoutUndefined, type JsonObject } from '../domain/json';
import { PATIENCE } from '../domain/limits';
import type { GenerationKind, GivenMedia, ModelEntry, ParameterValues } from '../domain/model';
import { option, orderParameter, videoParameter } from '../domain/ownParameters';
import type { Step } from '../domain/problem';
import type { Provider } from '../domain/provider';
import { fail, ok } from '../domain/result';
import { shown } from '../domain/shown';
import { secondsToMinutes, secondsToMs } from '../domain/time';
import type { Network } from '../host/network';
import type { FileStore, NodeInput, SessionOpener } from '../host/readers';
import { knownModel } from '../models/byId';
import { valuesInChain } from '../models/chain';
import { firstImageParameters, imageMode, lastImageParameters } from '../models/imageParameters';
import { truthOf } from '../models/meant';
import { unmeantIn, withoutHalves } from '../models/prompt';
import { parametersOf, toWireInput, validateParameters } from '../models/schema';
import { standsInNode } from '../models/nodeParameters';
import { onlyVendor } from '../providers';
import type { Budget } from '../tasks/budget';
import type { LedgerPage, OrderAbout } from '../tasks/ledger';
import { problemInFallback, refuse } from '../tasks/problems';
import { orderedSchema, type Ordered } from '../tasks/row';
import type { Media, Order, WaitingRules } from '../tasks/order';
import type { Session } from '../tasks/session';
import type { Orders } from '../tasks/submit';
import type { Uploads } from '../tasks/uploads';
import { problemOfForced, readAdditionalParameters } from './additional';
import { readCallbackTarget } from './callbackUrl';
import { readChainedModel, type ChainPlace } from './chain';
import { readCompletion } from './completion';
import { readImage, readReferences, readVideo, type Taker } from './mediaReader';
import { problemOfId, type GivenById, problemOfMedia, readNamedModel } from './namedModel';
import {
	readFallbackEntries,
	readingItem,
	readInputFields,
	readOptions,
	readOutputRules,
	readText,
} from './parameters';

/** Where an order is read: the node, its files, and the way to the trigger that is to be told. */
export type OrderSource = NodeInput & FileStore & Pick<Network, 'tryPost'>;

/** At whom an item's video is to be made, and what counts there alone. */
interface Choice {
	page: LedgerPage;
	uploads: Uploads;
	budget: Budget;
	session: Session;
	model: ModelEntry;
	/** Of a model by ID: what is given for it elsewhere than in its own fields. */
	byId?: GivenById;
	unchecked?: string;
	/** As the node holds them. */
	additionalParameters: unknown;
	minimumBalance: unknown;
	callbackUrl: string;
	chain?: ChainPlace;
	/** Absent where it is the node's own choice. */
	fallbackOf?: { given: GivenMedia; values: ParameterValues };
}

/** At whom an item is ordered, and where it is written down. */
export interface OrderPlace {
	session: Session;
	open: SessionOpener['openSession'];
	page: LedgerPage;
	uploads: Uploads;
	budget: Budget;
	/** Absent where the clips have nothing to do with each other. */
	chain?: ChainPlace;
}

/**
 * Reads and checks everything about one item, for the node's vendor and for those that may have to
 * stand in for it; nothing is ordered.
 */
export async function readOrders(
	source: OrderSource,
	{ session, open, page, uploads, budget, chain }: OrderPlace,
	kind: GenerationKind,
	itemIndex: number,
): Promise<Step<Orders>> {
	const options = readOptions(source, itemIndex);
	const { additionalParameters } = options;
	const named = await readNamedModel(source, session, kind, itemIndex, additionalParameters);
	if (!named.ok) return named;
	const model =
		chain === undefined
			? ok(named.value.model)
			: readChainedModel(source, chain, session.provider, named.value.model, itemIndex);
	if (!model.ok) return model;
	const first = await readOrder(source, options, itemIndex, {
		page,
		uploads,
		budget,
		session,
		...named.value,
		model: model.value,
		additionalParameters,
		minimumBalance: options.minimumBalance,
		callbackUrl: readText(source, videoParameter.callbackUrl.name, itemIndex),
		chain,
	});
	if (!first.ok) return first;

	const { given, order, values } = first.value;
	const others: Order[] = [];
	const entries = onlyVendor === undefined ? readFallbackEntries(source, itemIndex) : [];
	for (const entry of entries) {
		const choice = await readFallback(entry, open, kind);
		if (!choice.ok) return choice;
		const other = await readOrder(source, options, itemIndex, {
			...choice.value,
			page,
			uploads,
			budget,
			fallbackOf: { given, values },
		});
		if (!other.ok) return fail(problemInFallback(choice.value.session.provider, other.error));
		others.push(other.value.order);
	}
	return ok([order, ...others]);
}

/** Whether a workflow of the package of all vendors has brought fallbacks to one of a single vendor. */
export const hasIdleFallbacks = (input: NodeInput): boolean =>
	onlyVendor !== undefined && readFallbackEntries(input, 0).length > 0;

async function readFallback(
	entry: JsonObject,
	open: SessionOpener['openSession'],
	kind: GenerationKind,
): Promise<Step<Omit<Choice, 'page' | 'uploads' | 'budget'>>> {
	const opened = await open(entry.provider);
	if (!opened.ok) return opened;
	const { provider } = opened.value;
	const modelId = writtenIn(entry.model) || provider.defaultModels[kind];
	if (modelId === undefined) {
		return refuse(
			`${provider.label} has no model for this node`,
			`Choose another vendor under '${orderParameter.fallbackProviders.label}'.`,
		);
	}
	const strange = problemOfId(orderParameter.model.label, modelId);
	if (strange !== undefined) return fail(strange);
	// By an expression it may be one that the catalogue does not know, e.g. an endpoint (`ep-…`).
	const model = knownModel(provider, modelId, kind) ?? provider.customModel(modelId, kind);
	const { additionalParameters, minimumBalance } = entry;
	const callbackUrl = writtenIn(entry.callbackUrl);
	return ok({ session: opened.value, model, additionalParameters, minimumBalance, callbackUrl });
}

async function readOrder(
	source: OrderSource,
	options: JsonObject,
	itemIndex: number,
	{ page, uploads, budget, session, model, byId, chain, fallbackOf, ...choice }: Choice,
): Promise<Step<{ order: Order; given: GivenMedia; values: ParameterValues }>> {
	const { provider } = session;
	const suffix = `for ${model.label} on ${provider.label}`;
	const written = withValuesById(readValues(source, model, options, itemIndex), byId);
	const values = chain === undefined ? written : valuesInChain(model, written, chain.first);
	const fitting =
		fallbackOf === undefined ? values : inWordsOf(model, { ...fallbackOf.values, ...values });
	const valid = validateParameters(provider, model, fitting);
	if (!valid.ok) {
		const { label, message, value } = valid.error;
		const was = value === undefined ? '' : `It is ${shown(value)}. `;
		return refuse(message, `${was}Correct '${label}' in the node or in the data it reads.`);
	}
	const { prompt } = valid.value;
	const unmeant =
		typeof prompt === 'string' ? unmeantIn(prompt, source.written().prompt) : undefined;
	if (unmeant !== undefined) {
		return refuse(`Prompt ${unmeant.is}`, `It is ${shown(prompt)}. ${unmeant.fix}`);
	}
	const unfit = byId && problemOfMedia(source, model, itemIndex);
	if (unfit !== undefined) return fail(unfit);
	const media = await readMedia(source, session, model, itemIndex, chain);
	if (!media.ok) return media;
	const { given } = media.value;
	const tooLong = requestTooLong(provider, media.value.media);
	if (tooLong !== undefined) return tooLong;
	if (fallbackOf !== undefined && !sameMedia(fallbackOf.given, given)) {
		return refuse(
			`The images of this item cannot all be used ${suffix}`,
			`Choose a model that takes them under '${orderParameter.fallbackProviders.label}'.`,
		);
	}
	const broken = model.check?.(valid.value, given);
	if (broken !== undefined) {
		const { label, rule } = broken;
		const named = parametersOf(model).find((parameter) => parameter.label === label);
		const value = named === undefined ? undefined : valid.value[named.name];
		const was = value === undefined ? '' : `It is ${shown(value)}. `;
		return refuse(`${label} ${rule} ${suffix}`, `${was}Correct '${label}' in the node.`);
	}
	const additional = byId
		? ok(byId.additional)
		: readAdditionalParameters(provider, choice.additionalParameters);
	if (!additional.ok) return additional;
	const against = problemOfForced(provider, model, additional.value);
	if (against !== undefined) return fail(against);
	const waiting = readWaitingRules(options, model, valid.value);
	if (!waiting.ok) return waiting;
	const minimumBalance = positive(
		Number(choice.minimumBalance) === 0 ? undefined : choice.minimumBalance,
		option.minimumBalance.label,
	);
	if (!minimumBalance.ok) return minimumBalance;
	const maxPrice = positive(options[option.maxPrice.name], option.maxPrice.label);
	if (!maxPrice.ok) return maxPrice;
	const target =
		readCompletion(source) === 'notify' && chain === undefined
			? await readCallbackTarget(source, session, choice.callbackUrl, options)
			: ok(undefined);
	if (!target.ok) return target;

	const order: Order = {
		session,
		itemIndex,
		model,
		input: toWireInput(model, valid.value),
		media: media.value.media,
		uploads,
		additional: additional.value,
		target: target.value,
		minimumBalance: minimumBalance.value,
		maxPrice: maxPrice.value,
		page,
		ordered: orderedOf(model, valid.value),
		inputFields: readInputFields(source, itemIndex),
		unchecked: choice.unchecked,
		budget,
		about: aboutOf(model, valid.value),
		resubmitUnknown: truthOf(options[option.resubmitUnknown.name]) === true,
		cancelOnStop: truthOf(options[option.cancelOnStop.name]) === true,
		waiting: waiting.value,
		output: readOutputRules(source, itemIndex),
	};
	return ok({ order, given, values: byId ? valid.value : {} });
}

/** What is not in files counts for so little that only they are measured. */
function requestTooLong({ label, limits }: Provider, media: readonly Media[]) {
	const { maxRequestBytes = Infinity } = limits;
	const lengths = media.map((one) => ('address' in one ? one.address.length : 0));
	const length = lengths.reduce((sum, one) => sum + one, 0);
	if (length <= maxRequestBytes) return undefined;
	return refuse(
		`The files of this item are too large together for ${label}`,
		`In base64 they have ${length} bytes; at most ${maxRequestBytes} are allowed. Give some of them by URL.`,
	);
}

/** What goes out of that which tells one video from another, as it was entered. */
function orderedOf(model: ModelEntry, values: ParameterValues): Ordered {
	const sent = toWireInput(model, values);
	const names = parametersOf(model).filter(({ wireName }) => sent[wireName] !== undefined);
	const known = names.map(({ name }) => [name, values[name]] as const);
	// A schema that a vendor tells may have other types, which no row holds.
	const fitting = known.filter(
		([name, value]) => orderedSchema.safeParse({ [name]: value }).success,
	);
	return orderedSchema.parse(Object.fromEntries(fitting));
}

function aboutOf({ id: model }: ModelEntry, values: ParameterValues): OrderAbout {
	const { prompt, resolution, duration } = values;
	const text = (value: unknown) => (value === undefined ? undefined : String(value));
	const told = { prompt: text(prompt), resolution: text(resolution), duration: text(duration) };
	return withoutUndefined({ model, ...told });
}

const sameMedia = (one: GivenMedia, other: GivenMedia): boolean =>
	JSON.stringify(one) === JSON.stringify(other);

/** What vendors call "as the model likes". */
const freeWords: readonly unknown[] = ['adaptive', 'auto', -1];

/** Values that were entered for another model, where this one has another word for the same. */
function inWordsOf(model: ModelEntry, values: ParameterValues): ParameterValues {
	const entries = parametersOf(model).map(({ name, values: allowed = [] }) => {
		const value = values[name];
		const known: readonly unknown[] = allowed;
		if (known.includes(value)) return [name, value] as const;
		const own = freeWords.includes(value)
			? known.find((word) => freeWords.includes(word))
			: known.find((word) => String(word).toLowerCase() === String(value).toLowerCase());
		return [name, own ?? value] as const;
	});
	return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** What is given for a model by ID goes last, as everything that is added does. */
const withValuesById = (shownValues: ParameterValues, byId?: GivenById): ParameterValues =>
	byId === undefined ? shownValues : asSet({ ...byId.defaults, ...shownValues, ...byId.values });

/** Values as the user set them; an empty cell or expression counts as not set. */
function readValues(
	input: NodeInput,
	model: ModelEntry,
	options: JsonObject,
	itemIndex: number,
): ParameterValues {
	const version = input.nodeVersion();
	const entries = parametersOf(model).map(({ name }): [string, unknown] => [
		name,
		standsInNode(name, version)
			? input.parameter(name, itemIndex, null)
			: ((Object.hasOwn(options, name) ? options[name] : undefined) ?? null),
	]);
	return asSet(Object.fromEntries(entries));
}

const asSet = (values: ParameterValues): ParameterValues =>
	Object.fromEntries(
		Object.entries(values)
			.filter(([, value]) => value !== null && !(typeof value === 'string' && value.trim() === ''))
			.map(([name, value]) => [name, typeof value === 'string' ? withoutHalves(value) : value]),
	);

/** The item's images and references: those that begin and end the video, or those to take over. */
async function readMedia(
	source: NodeInput & FileStore,
	taker: Taker,
	model: ModelEntry,
	itemIndex: number,
	chain?: ChainPlace,
): Promise<Step<{ media: Media[]; given: GivenMedia }>> {
	// Behind the first clip of a chain the image comes when the clip before has ended.
	const isNext = chain?.first !== undefined;
	const given = { firstImage: isNext, lastImage: false, images: 0, videos: 0, audios: 0 };
	if (model.video !== undefined) {
		const { references = {} } = model;
		const video = await readVideo(source, taker, model.video, itemIndex);
		if (!video.ok) return video;
		const read = await readReferences(source, taker, references, itemIndex, { areOptional: true });
		if (!read.ok) return read;
		const { images, videos, audios } = read.value;
		const counts = { images: images.length, videos: videos.length + 1, audios: audios.length };
		const media = [...images, video.value, ...videos, ...audios];
		return ok({ media, given: { ...given, ...counts } });
	}
	if (model.references !== undefined && imageModeOf(source, model, itemIndex) === 'references') {
		const read = await readReferences(source, taker, model.references, itemIndex);
		if (!read.ok) return read;
		const { images, videos, audios } = read.value;
		const counts = { images: images.length, videos: videos.length, audios: audios.length };
		return ok({ media: [...images, ...videos, ...audios], given: { ...given, ...counts } });
	}
	const media: Media[] = [];
	for (const { slot, names, key } of [
		{ slot: model.firstImage, names: firstImageParameters, key: 'firstImage' as const },
		{ slot: model.lastImage, names: lastImageParameters, key: 'lastImage' as const },
	]) {
		if (slot === undefined || (isNext && key === 'firstImage')) continue;
		const image = await readImage(source, taker, slot, names, itemIndex);
		if (!image.ok) return image;
		if (image.value === undefined) continue;
		media.push({ slot, ...image.value });
		given[key] = true;
	}
	return ok({ media, given });
}

const imageModeOf = (input: NodeInput, model: ModelEntry, itemIndex: number): unknown =>
	model.firstImage === undefined
		? 'references'
		: input.parameter(imageMode.name, itemIndex, imageMode.default);

/** Reads how long and how often to look; the offline tier is waited for as long as its task lives. */
export function readWaitingRules(
	options: JsonObject,
	model?: ModelEntry,
	values: ParameterValues = {},
): Step<WaitingRules> {
	const timeout = positive(options[option.timeout.name], option.timeout.label);
	if (!timeout.ok) return timeout;
	const pollInterval = positive(options[option.pollInterval.name], option.pollInterval.label);
	if (!pollInterval.ok) return pollInterval;
	const { value: pollSeconds } = pollInterval;
	return ok({
		timeoutMinutes: timeout.value ?? defaultTimeoutMinutes(model, values),
		maxPollGapMs: pollSeconds === undefined ? undefined : secondsToMs(pollSeconds),
	});
}

/**
 * Reads how many tasks of the run may be in flight at once. Reads no other option, because one that
 * cannot be read is the problem of its item alone.
 */
export async function readMaxParallel(
	input: NodeInput,
	provider: Provider,
): Promise<Step<ParallelLimit>> {
	return await readingItem(async () => {
		const given = input.parameter('options.maxParallel', 0, null);
		const limit = positive(given, option.maxParallel.label);
		if (!limit.ok) return limit;
		const count = Math.max(1, Math.floor(limit.value ?? provider.limits.maxParallelTasks));
		return ok({ count, isChosen: limit.value !== undefined });
	});
}

export interface ParallelLimit {
	count: number;
	/** The user has set it: it holds for tasks that are in the works, whoever waits for them. */
	isChosen: boolean;
}

/** Reads how many orders the node may make in one execution; undefined where there is no limit. */
export async function readMaxOrders(input: NodeInput): Promise<Step<number | undefined>> {
	return await readingItem(async () => {
		const given = input.parameter(`options.${option.maxOrders.name}`, 0, null);
		const max = positive(given, option.maxOrders.label);
		return max.ok ? ok(max.value && Math.max(1, Math.floor(max.value))) : max;
	});
}

function defaultTimeoutMinutes(model: ModelEntry | undefined, values: ParameterValues): number {
	if (model === undefined || values.serviceTier !== 'flex') return PATIENCE.defaultTimeoutMinutes;
	const lifetime = parametersOf(model).find(({ name }) => name === 'executionExpiresAfter');
	const lifetimeSeconds = Number(values.executionExpiresAfter ?? lifetime?.default);
	return Number.isNaN(lifetimeSeconds)
		? PATIENCE.defaultTimeoutMinutes
		: secondsToMinutes(lifetimeSeconds);
}

function positive(given: unknown, label: string): Step<number | undefined> {
	if (given === undefined || given === null || given === '') return ok(undefined);
	const value = Number(given);
	return value > 0 && Number.isFinite(value)
		? ok(value)
		: refuse(
				`${label} must be a number greater than 0`,
				`It is ${shown(given)}. Correct '${label}' under Options.`,
			);
}
