import { toJson, isObject, parseJson } from '../../domain/json';
import type { ModelEntry, ParameterValues } from '../../domain/model';
import { option, taskParameter } from '../../domain/ownParameters';
import type { Step } from '../../domain/problem';
import { findModel } from '../../domain/provider';
import { fail, ok } from '../../domain/result';
import { shown } from '../../domain/shown';
import type { NodeInput } from '../../host/readers';
import type { Output } from '../../host/rows';
import { NODE_PARAMETERS } from '../../models/nodeParameters';
import { parametersOf, toWireInput, validateParameters } from '../../models/schema';
import { readOwn, readText } from '../../orders/parameters';
import { priceOf } from '../../tasks/price';
import { problemOfFault, refuse } from '../../tasks/problems';
import type { Media } from '../../tasks/order';
import type { Session } from '../../tasks/session';
import type { TaskOperation } from './operation';

/** What a video would cost; nothing is ordered, uploaded or paid for that. */
export const getPrice: TaskOperation = { takesOthers: false, run: askForPrice };

async function askForPrice(
	node: NodeInput,
	session: Session,
	itemIndex: number,
): Promise<Step<Output>> {
	const { provider, providerId } = session;
	const modelId = readText(node, 'model', itemIndex);
	if (modelId === '') {
		return refuse(
			`${taskParameter.model.label} must not be empty`,
			"Enter the vendor's ID of the model.",
		);
	}
	const model = findModel(provider, modelId) ?? provider.customModel(modelId, 'textToVideo');
	const valid = validateParameters(provider, model, readValues(node, model, itemIndex));
	if (!valid.ok) {
		const { label, message, value } = valid.error;
		return refuse(message, `It is ${shown(value)}. Correct '${label}' in the node.`);
	}
	const { label } = option.additionalParameters;
	const given = readOwn(node, option.additionalParameters, itemIndex);
	const additional = typeof given === 'string' ? parseJson(given.trim() || '{}') : given;
	if (!isObject(additional)) {
		const fix = 'Write it like {"generate_audio": false}, with double quotes.';
		return refuse(`${label} must be a JSON object`, `It is ${shown(given)}. ${fix}`);
	}
	const input = toWireInput(model, valid.value);
	const media = model.firstImage === undefined ? [] : [anImage(model.firstImage)];
	const read = await priceOf(session, { model, input, media, additional });
	if (!read.ok) return fail(problemOfFault(provider, read.error));
	const { amount: price, ...about } = read.value;
	return ok({ json: toJson({ provider: providerId, model: model.id, price, ...about }) });
}

/** Which image it is does not change the price. */
const anImage = (slot: Media['slot']): Media => ({
	slot,
	address: `https://file.invalid/${slot.wireName}`,
});

/** What the user names, and for the rest what a generation node would send. */
function readValues(node: NodeInput, model: ModelEntry, itemIndex: number): ParameterValues {
	const parameters = parametersOf(model).filter(({ name }) => NODE_PARAMETERS.has(name));
	const entries = parameters.map(({ name, default: usual }) => {
		if (name === 'prompt') return [name, 'A video'] as const;
		const given = node.parameter(name, itemIndex, '');
		return [name, given === '' || given === null ? usual : given] as const;
	});
	return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
