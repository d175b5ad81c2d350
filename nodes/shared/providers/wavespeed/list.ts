import { z } from 'zod/v4';
import type { Outcome } from '../../domain/fault';
import { isObject } from '../../domain/json';
import type { GenerationKind } from '../../domain/model';
import { ok } from '../../domain/result';
import type {
	Dialogue,
	ListedModel,
	ToldSchema,
	VendorModels,
	VendorResponse,
} from '../../domain/vendor';
import { kindsOfId, seedanceFor, refuseList } from '../listing';
import { isSuccess, lazily, optional, refuse, text, unreadable } from '../reading';

const entry = lazily(() =>
	z.object({
		model_id: text(),
		name: optional(text()),
		type: optional(text()),
		api_schema: optional(
			z.object({ api_schemas: z.tuple([z.object({ request_schema: z.unknown() })], z.unknown()) }),
		),
	}),
);

/** The list of all its models, with their schemas: https://wavespeed.ai/docs. */
const MODELS = { method: 'GET', url: '/api/v3/models' } as const;

function entriesIn(answer: VendorResponse): Outcome<unknown[]> {
	if (!isSuccess(answer)) return refuseList(answer);
	const { body } = answer;
	const data = isObject(body) ? body.data : body;
	return Array.isArray(data) ? ok(data) : unreadable(answer);
}

function toListed(value: unknown): ListedModel[] {
	const read = entry.safeParse(value).data;
	if (read === undefined) return [];
	const { model_id: id, name, type = '' } = read;
	return [{ id, name, kinds: kindsOfId(id) ?? kindsOfId(type) }];
}

function* list(kind: GenerationKind): Dialogue<ListedModel[]> {
	const read = entriesIn(yield MODELS);
	return read.ok ? ok(seedanceFor(kind, read.value.flatMap(toListed))) : read;
}

function* schema(id: string): Dialogue<ToldSchema> {
	const answer = yield MODELS;
	const read = entriesIn(answer);
	if (!read.ok) return read;
	const wanted = read.value.find((one) => isObject(one) && one.model_id === id);
	if (wanted === undefined) {
		return refuse(answer, { kind: 'notFound', message: `Its list has no model '${id}'` });
	}
	const { api_schema: told } = entry.safeParse(wanted).data ?? {};
	return ok({ schema: told?.api_schemas[0].request_schema });
}

/** WaveSpeed's models with their schemas, which come in one answer. */
export const models: VendorModels = { list, schema };
