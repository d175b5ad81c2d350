import type { Fault } from '../domain/fault';
import { MODEL_LIST } from '../domain/limits';
import type { GenerationKind, ModelEntry } from '../domain/model';
import { fail, ok } from '../domain/result';
import { converse, type ListedModel } from '../domain/vendor';
import { toldModel } from '../models/toldModel';
import type { Session } from '../tasks/session';
import type { Told } from '../tasks/told';

type Asker = Pick<Session, 'account' | 'provider' | 'transport' | 'clock' | 'toldModels'>;

const inWords = ({ kind, message }: Fault): string =>
	kind === 'unreadableAnswer' ? 'its answer was not understood' : message;

/** The vendor's Seedance models for a node; why there is no list, in words. */
export async function listModels(asker: Asker, kind: GenerationKind): Promise<Told<ListedModel[]>> {
	const { label, vendor } = asker.provider;
	const { models } = vendor;
	if (models === undefined) return fail(`${label} has no list of its models`);
	return await asker.toldModels.lists(asker.clock, `${asker.account} ${kind}`, async () => {
		const told = await converse(asker.transport, models.list(kind), MODEL_LIST.answerMs);
		return told.ok ? told : fail(inWords(told.error));
	});
}

/** A model that the catalogue does not know, by the vendor's own schema; why not, in words. */
export async function modelToldBy(
	asker: Asker,
	id: string,
	kind: GenerationKind,
): Promise<Told<ModelEntry>> {
	const { account, provider, transport, clock, toldModels } = asker;
	const ask = provider.vendor.models?.schema;
	if (ask === undefined) return fail('it does not tell what its models take');
	return await toldModels.schemas(clock, `${account} ${kind} ${id}`, async () => {
		const told = await converse(transport, ask(id), MODEL_LIST.answerMs);
		if (!told.ok) return fail(inWords(told.error));
		const model = toldModel(provider, id, kind, told.value);
		return model.ok ? ok(model.value) : fail(`its schema cannot be used: ${model.error}`);
	});
}
