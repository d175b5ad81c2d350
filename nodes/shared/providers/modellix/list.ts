import { z } from 'zod/v4';
import { isObject } from '../../domain/json';
import type { GenerationKind } from '../../domain/model';
import { ok } from '../../domain/result';
import type { Dialogue, ListedModel, VendorModels } from '../../domain/vendor';
import { kindsOfId, seedanceFor, refuseList } from '../listing';
import { lazily, optional, readAnswer, text } from '../reading';

const page = lazily(() => z.object({ models: z.array(z.unknown()) }));

const entry = lazily(() => z.object({ slug: text(), type: optional(text()) }));

function toListed(value: unknown): ListedModel[] {
	const read = entry.safeParse(value).data;
	if (read === undefined) return [];
	const { slug: id, type = '' } = read;
	return [{ id, kinds: kindsOfId(id) ?? kindsOfId(type) }];
}

// Path and shape of the vendor's own command line client (Modellix/modellix-cli), with and without the
// envelope that its other answers come in.
function* list(kind: GenerationKind): Dialogue<ListedModel[]> {
	const answer = yield { method: 'GET', url: '/api/v1/models' };
	const { body } = answer;
	const data = isObject(body) && isObject(body.data) ? body.data : body;
	const read = readAnswer(page, answer, refuseList, data);
	return read.ok ? ok(seedanceFor(kind, read.value.models.flatMap(toListed))) : read;
}

/** Modellix tells which models it has, not what they take. */
export const models: VendorModels = { list };
