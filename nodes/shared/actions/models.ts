import {
	NodeOperationError,
	type ILoadOptionsFunctions,
	type INodeListSearchResult,
	type ResourceMapperFields,
} from 'n8n-workflow';
import { isObject, writtenIn } from '../domain/json';
import { MODEL_LIST } from '../domain/limits';
import type { GenerationKind, ModelEntry } from '../domain/model';
import { option, orderParameter } from '../domain/ownParameters';
import type { Step } from '../domain/problem';
import { ok, type Result } from '../domain/result';
import type { ListedModel } from '../domain/vendor';
import { asShown, printable } from '../domain/words';
import { knownModel } from '../models/byId';
import { mapperFields } from '../n8n/mapperFields';
import { openSession } from '../n8n/session';
import { listModels, modelToldBy } from '../orders/modelLists';
import type { Session } from '../tasks/session';

const openFor = async (context: ILoadOptionsFunctions): Promise<Step<Session>> =>
	await openSession(context, context.getCurrentNodeParameter('provider'));

/**
 * The vendor's own list of models for a node, as n8n's editor searches in it.
 * @throws NodeOperationError saying why there is none.
 */
export async function searchModels(
	context: ILoadOptionsFunctions,
	kind: GenerationKind,
	filter = '',
): Promise<INodeListSearchResult> {
	const session = await openFor(context);
	const { label } = session.ok ? session.value.provider : { label: 'The vendor' };
	const listed: Result<ListedModel[], { message: string; description: string }> = session.ok
		? await listOf(session.value, kind)
		: session;
	if (!listed.ok || !session.ok) {
		const { message, description } = listed.ok ? { message: label, description: '' } : listed.error;
		throw new NodeOperationError(context.getNode(), asShown(message), {
			description: asShown(description),
		});
	}
	const { provider } = session.value;
	const wanted = filter.trim().toLowerCase();
	const results = listed.value.map((model) => ({
		name: nameOf(model, knownModel(provider, model.id, kind)),
		value: model.id,
	}));
	return { results: results.filter(({ name }) => name.toLowerCase().includes(wanted)) };
}

async function listOf(session: Session, kind: GenerationKind) {
	const listed = await listModels(session, kind);
	if (listed.ok) return listed;
	const message = `The list of ${session.provider.label} could not be read`;
	const description = `${listed.error}. Set the model to 'By ID', or choose one under '${orderParameter.model.label}'.`;
	return { ok: false as const, error: { message, description } };
}

/**
 * The list shows names alone, and two of a vendor's models may have the same one. n8n keeps the name in
 * the node's parameter, where it must not begin as an expression does.
 */
function nameOf({ id, name = '' }: ListedModel, known: ModelEntry | undefined): string {
	const plain = printable(known?.label ?? name)
		.replaceAll(/[<>&]/g, '')
		.replace(/^[=\s]+/, '')
		.trim();
	const short = [...plain].slice(0, MODEL_LIST.maxNameLength).join('');
	return short === '' || short === id ? id : `${short} · ${id}`;
}

/** The fields of the chosen model's parameters; where there are none, what is wrong instead. */
export async function readModelFields(
	context: ILoadOptionsFunctions,
	kind: GenerationKind,
): Promise<ResourceMapperFields> {
	const chosen: unknown = context.getCurrentNodeParameter(orderParameter.listModel.name);
	const id = writtenIn(isObject(chosen) ? chosen.value : chosen);
	if (id === '') return notice('Choose a model first.');
	const session = await openFor(context);
	if (!session.ok) return notice(`${session.error.message}. ${session.error.description}`);
	const { provider } = session.value;
	const known = knownModel(provider, id, kind);
	const model = known === undefined ? await modelToldBy(session.value, id, kind) : ok(known);
	if (model.ok) return { fields: mapperFields(model.value) };
	return notice(
		`What this model takes could not be read from ${provider.label}: ${model.error}. Its parameters go into the option '${option.additionalParameters.label}'.`,
	);
}

const notice = (text: string): ResourceMapperFields => ({
	fields: [],
	emptyFieldsNotice: asShown(text),
});
