import { z } from 'zod/v4';
import type { GenerationKind } from '../../domain/model';
import { ok } from '../../domain/result';
import type { Dialogue, ListedModel, ToldSchema, VendorModels } from '../../domain/vendor';
import { postedIn, seedanceFor, refuseList } from '../listing';
import { isSuccess, lazily, optional, readAnswer, text } from '../reading';
import { UNIVERSAL_PATH } from './models';

/** What a model is asked by, in the vendor's catalogue. */
const ENDPOINT = 'internal/video-generations/submit';

const page = lazily(() => z.object({ data: z.array(z.unknown()) }));

const entry = lazily(() =>
	z.object({
		id: text(),
		type: z.literal(ENDPOINT),
		info: optional(z.object({ name: optional(text()) })),
	}),
);

function toListed(value: unknown): ListedModel[] {
	const read = entry.safeParse(value).data;
	return read === undefined ? [] : [{ id: read.id, name: read.info?.name }];
}

function* list(kind: GenerationKind): Dialogue<ListedModel[]> {
	const query = { output_modalities: 'video' };
	const answer = yield { method: 'GET', url: '/v1/models', query };
	const read = readAnswer(page, answer, refuseList);
	return read.ok ? ok(seedanceFor(kind, read.value.data.flatMap(toListed))) : read;
}

/** The catalogue names the address of each one's document; it is built here, for the key's own host. */
function* schema(id: string): Dialogue<ToldSchema> {
	const answer = yield {
		method: 'GET',
		url: '/docs-json',
		query: { model: id, endpoint: ENDPOINT },
	};
	if (!isSuccess(answer)) return refuseList(answer);
	return ok(postedIn(answer.body, UNIVERSAL_PATH));
}

/** AI/ML API's catalogue of videos, and the OpenAPI document of each model. */
export const models: VendorModels = { list, schema };
