import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import {
	CUSTOM_MODEL,
	findModel,
	parametersOf,
	toWireInput,
	validateParameters,
	type GenerationKind,
	type ModelEntry,
	type ParameterValues,
	type ProviderEntry,
	type WireInput,
} from '../catalogue';
import { problemOfInput } from '../errors';
import { firstImageParameters, lastImageParameters, readImage } from '../media/imageInput';
import { readOutputRules, readText } from '../nodeParameters';
import { NODE_PARAMETERS } from '../properties/placement';
import { parseJson } from '../vendors/reading';
import { fingerprintOf, openLedgerPage } from './ledger';
import type { Order, Session, Step, WaitingRules } from './types';
import { secondsToMinutes, secondsToMs } from './units';

export const DEFAULT_TIMEOUT_MINUTES = 30;

/** Reads and checks everything about one item; nothing is sent. */
export async function readOrder(
	context: IExecuteFunctions,
	session: Session,
	kind: GenerationKind,
	itemIndex: number,
): Promise<Step<Order>> {
	const { provider, providerId } = session;
	const options = context.getNodeParameter('options', itemIndex, {});

	const model = readModel(context, provider, kind, itemIndex);
	if (!model.ok) return model;
	const values = readValues(context, model.value, options, itemIndex);
	const valid = validateParameters(provider, model.value, values);
	if (!valid.ok) {
		return refuse(valid.message, `Correct '${valid.label}' in the node or in the data it reads.`);
	}
	const images = await readImages(context, provider, model.value, itemIndex);
	if (!images.ok) return images;
	const additional = readAdditionalParameters(options);
	if (!additional.ok) return additional;
	const waiting = readWaitingRules(options, model.value, valid.values);
	if (!waiting.ok) return waiting;

	const input = {
		...toWireInput(model.value, valid.values),
		...images.value,
		...additional.value,
	};
	const fingerprint = fingerprintOf(providerId, model.value.id, input);
	const runIndex = Number(context.getWorkflowDataProxy(itemIndex).$runIndex);
	return {
		ok: true,
		value: {
			itemIndex,
			model: model.value,
			input,
			ledger: openLedgerPage(context.getContext('node'), runIndex, itemIndex, fingerprint),
			resubmitUnknown: options.resubmitUnknown === true,
			waiting: waiting.value,
			output: readOutputRules(context, itemIndex),
		},
	};
}

function readModel(
	context: IExecuteFunctions,
	provider: ProviderEntry,
	kind: GenerationKind,
	itemIndex: number,
): Step<ModelEntry> {
	const modelId = readText(context, 'model', itemIndex);
	if (modelId === CUSTOM_MODEL) {
		const customId = readText(context, 'customModel', itemIndex);
		return customId === ''
			? refuse('Custom Model must not be empty', "Enter the vendor's ID of the model.")
			: { ok: true, value: provider.customModel(customId, kind) };
	}
	const model = findModel(provider, modelId, kind);
	if (model !== undefined) return { ok: true, value: model };
	return refuse(
		`${provider.label} has no model '${modelId}' for this node`,
		"Choose a model from the list, or 'Custom' and enter its ID there.",
	);
}

/** Values as the user set them; an empty cell or expression counts as not set. */
function readValues(
	context: IExecuteFunctions,
	model: ModelEntry,
	options: IDataObject,
	itemIndex: number,
): ParameterValues {
	const entries = parametersOf(model).map(({ name }): [string, unknown] => [
		name,
		NODE_PARAMETERS.has(name)
			? context.getNodeParameter(name, itemIndex, null)
			: (options[name] ?? null),
	]);
	return Object.fromEntries(entries.filter(([, value]) => value !== null && value !== ''));
}

async function readImages(
	context: IExecuteFunctions,
	provider: ProviderEntry,
	model: ModelEntry,
	itemIndex: number,
): Promise<Step<WireInput>> {
	const input: WireInput = {};
	const slots = [
		{ slot: model.firstImage, names: firstImageParameters },
		{ slot: model.lastImage, names: lastImageParameters },
	];
	for (const { slot, names } of slots) {
		if (slot === undefined) continue;
		const image = await readImage(context, provider, slot, names, itemIndex);
		if (!image.ok) return image;
		if (image.value !== undefined) input[slot.wireName] = image.value;
	}
	return { ok: true, value: input };
}

function readAdditionalParameters(options: IDataObject): Step<WireInput> {
	const given = options.additionalParameters ?? {};
	const parsed = typeof given === 'string' ? parseJson(given.trim() || '{}') : given;
	if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
		return { ok: true, value: { ...parsed } };
	}
	return refuse(
		'Additional Parameters must be a JSON object',
		`Write it like {"seed": 42}, with double quotes.`,
	);
}

/** Reads how long and how often to look; the offline tier is waited for as long as its task lives. */
export function readWaitingRules(
	options: IDataObject,
	model?: ModelEntry,
	values: ParameterValues = {},
): Step<WaitingRules> {
	const timeout = positive(options.timeout, 'Timeout');
	if (!timeout.ok) return timeout;
	const pollInterval = positive(options.pollInterval, 'Poll Interval');
	if (!pollInterval.ok) return pollInterval;
	const { value: pollSeconds } = pollInterval;
	return {
		ok: true,
		value: {
			timeoutMinutes: timeout.value ?? defaultTimeoutMinutes(model, values),
			maxPollGapMs: pollSeconds === undefined ? undefined : secondsToMs(pollSeconds),
		},
	};
}

/** Reads how many tasks of the run may be in flight at once. */
export function readMaxParallel(options: IDataObject, provider: ProviderEntry): Step<number> {
	const limit = positive(options.maxParallel, 'Max Parallel Tasks');
	if (!limit.ok) return limit;
	return {
		ok: true,
		value: Math.max(1, Math.floor(limit.value ?? provider.limits.maxParallelTasks)),
	};
}

function defaultTimeoutMinutes(model: ModelEntry | undefined, values: ParameterValues): number {
	if (model === undefined || values.serviceTier !== 'flex') return DEFAULT_TIMEOUT_MINUTES;
	const lifetime = parametersOf(model).find(({ name }) => name === 'executionExpiresAfter');
	const lifetimeSeconds = Number(values.executionExpiresAfter ?? lifetime?.default);
	return Number.isNaN(lifetimeSeconds)
		? DEFAULT_TIMEOUT_MINUTES
		: secondsToMinutes(lifetimeSeconds);
}

function positive(given: unknown, label: string): Step<number | undefined> {
	if (given === undefined || given === null || given === '') return { ok: true, value: undefined };
	const value = Number(given);
	return value > 0 && Number.isFinite(value)
		? { ok: true, value }
		: refuse(`${label} must be a number greater than 0`, `Correct '${label}' under Options.`);
}

function refuse(
	message: string,
	description: string,
): { ok: false; problem: ReturnType<typeof problemOfInput> } {
	return { ok: false, problem: problemOfInput(message, description) };
}
