import { z } from 'zod/v4';
import type { GenerationKind } from '../../domain/model';
import { ok } from '../../domain/result';
import type { Dialogue, ListedModel, ToldSchema, VendorModels } from '../../domain/vendor';
import { kindsOfId, postedIn, seedanceFor, refuseList } from '../listing';
import { lazily, optional, readAnswer, text } from '../reading';

// https://fal.ai/docs/platform-apis/v1/models
const MODELS = { method: 'GET', host: 'platform', url: '/v1/models' } as const;
const PAGE_SIZE = 50;
const MAX_PAGES = 5;

const page = lazily(() =>
	z.object({ models: z.array(z.unknown()), next_cursor: optional(text()) }),
);

const entry = lazily(() =>
	z.object({
		endpoint_id: text(),
		metadata: optional(z.object({ display_name: optional(text()), category: optional(text()) })),
	}),
);

const categories: Readonly<Record<string, GenerationKind[]>> = {
	'text-to-video': ['textToVideo'],
	'image-to-video': ['imageToVideo'],
	// Endpoints for references and those that change a video: the ID tells.
	'video-to-video': [],
};

function toListed(value: unknown): ListedModel[] {
	const read = entry.safeParse(value).data;
	if (read === undefined) return [];
	const { endpoint_id: id, metadata: { display_name: name, category = '' } = {} } = read;
	return [{ id, name, kinds: kindsOfId(id) ?? categories[category] }];
}

function* list(kind: GenerationKind): Dialogue<ListedModel[]> {
	const found: ListedModel[] = [];
	let cursor: string | undefined;
	for (let pages = 0; pages < MAX_PAGES; pages++) {
		const query = { q: 'seedance', status: 'active', limit: String(PAGE_SIZE) };
		const answer = yield { ...MODELS, query: { ...query, ...(cursor && { cursor }) } };
		const read = readAnswer(page, answer, refuseList);
		if (!read.ok) return read;
		found.push(...read.value.models.flatMap(toListed));
		cursor = read.value.next_cursor;
		if (cursor === undefined) break;
	}
	return ok(seedanceFor(kind, found));
}

const expanded = lazily(() =>
	z.object({ models: z.tuple([z.object({ openapi: z.unknown() })], z.unknown()) }),
);

function* schema(id: string): Dialogue<ToldSchema> {
	const answer = yield { ...MODELS, query: { endpoint_id: id, expand: 'openapi-3.0' } };
	const read = readAnswer(expanded, answer, refuseList);
	return read.ok ? ok(postedIn(read.value.models[0].openapi, `/${id}`)) : read;
}

/** fal's models, and the OpenAPI document of each. */
export const models: VendorModels = { list, schema };
