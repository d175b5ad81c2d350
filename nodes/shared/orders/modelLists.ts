import type { Fault } from '../domain/fault';
import { MODEL_LIST, REMEMBERED } from '../domain/limits';
import type { GenerationKind, ModelEntry } from '../domain/model';
import { fail, ok, type Result } from '../domain/result';
import { converse, type ListedModel } from '../domain/vendor';
import { toldModel } from '../models/toldModel';
import type { Session } from '../tasks/session';

type Asker = Pick<Session, 'account' | 'provider' | 'transport' | 'clock'>;

interface Remembered<T> {
	until: number;
	value: T;
}

type Told<T> = Result<T, string>;

/** What this process was told, by account: five hundred items ask once. */
function remembering<T>() {
	const known = new Map<string, Remembered<Told<T>>>();
	return async (
		{ account, clock }: Asker,
		what: string,
		ask: () => Promise<Told<T>>,
	): Promise<Told<T>> => {
		const key = `${account} ${what}`;
		const found = known.get(key);
		if (found !== undefined && found.until > clock.now()) return found.value;
		const value = await ask();
		if (known.size >= REMEMBERED.modelLists) known.clear();
		const countsForMs = value.ok ? MODEL_LIST.goodForMs : MODEL_LIST.badForMs;
		known.set(key, { value, until: clock.now() + countsForMs });
		return value;
	};
}

const inWords = ({ kind, message }: Fault): string =>
	kind === 'unreadableAnswer' ? 'its answer was not understood' : message;

const lists = remembering<ListedModel[]>();
const schemas = remembering<ModelEntry>();

/** The vendor's Seedance models for a node; why there is no list, in words. */
export async function listModels(asker: Asker, kind: GenerationKind): Promise<Told<ListedModel[]>> {
	const { label, vendor } = asker.provider;
	const { models } = vendor;
	if (models === undefined) return fail(`${label} has no list of its models`);
	return await lists(asker, kind, async () => {
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
	const { provider, transport } = asker;
	const ask = provider.vendor.models?.schema;
	if (ask === undefined) return fail('it does not tell what its models take');
	return await schemas(asker, `${kind} ${id}`, async () => {
		const told = await converse(transport, ask(id), MODEL_LIST.answerMs);
		if (!told.ok) return fail(inWords(told.error));
		const model = toldModel(provider, id, kind, told.value);
		return model.ok ? ok(model.value) : fail(`its schema cannot be used: ${model.error}`);
	});
}
