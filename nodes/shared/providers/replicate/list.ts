import { z } from 'zod/v4';
import type { GenerationKind } from '../../domain/model';
import { ok } from '../../domain/result';
import type { Dialogue, ListedModel, ToldSchema, VendorModels } from '../../domain/vendor';
import { inside, seedanceFor, refuseList } from '../listing';
import { isSuccess, lazily, readAnswer, text } from '../reading';

/** ByteDance's own models; others have copies of them. */
const OWNER = 'bytedance';

const searched = lazily(() => z.object({ models: z.array(z.unknown()) }));

const hit = lazily(() => z.object({ model: z.object({ owner: z.literal(OWNER), name: text() }) }));

/** Its models take text and, with it, images: the list tells no kinds. */
function toListed(value: unknown): ListedModel[] {
	const model = hit.safeParse(value).data?.model;
	return model === undefined ? [] : [{ id: `${model.owner}/${model.name}` }];
}

// https://replicate.com/docs/reference/http#search
function* list(kind: GenerationKind): Dialogue<ListedModel[]> {
	const query = { query: 'seedance', limit: '50' };
	const answer = yield { method: 'GET', url: '/search', query };
	const read = readAnswer(searched, answer, refuseList);
	return read.ok ? ok(seedanceFor(kind, read.value.models.flatMap(toListed))) : read;
}

// https://replicate.com/docs/reference/http#models.get
function* schema(id: string): Dialogue<ToldSchema> {
	const [name = '', owner = OWNER] = id.split('/').toReversed();
	const url = `/models/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
	const answer = yield { method: 'GET', url };
	if (!isSuccess(answer)) return refuseList(answer);
	const document = inside(answer.body, ['latest_version', 'openapi_schema']);
	return ok({ schema: inside(document, ['components', 'schemas', 'Input']), document });
}

/** Replicate's Seedance models, and the schema of each one's latest version. */
export const models: VendorModels = { list, schema };
