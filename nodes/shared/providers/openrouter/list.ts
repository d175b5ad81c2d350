import { z } from 'zod/v4';
import type { Outcome } from '../../domain/fault';
import type { JsonObject } from '../../domain/json';
import type { GenerationKind } from '../../domain/model';
import { ok } from '../../domain/result';
import type {
	Dialogue,
	ListedModel,
	ToldSchema,
	VendorModels,
	VendorResponse,
} from '../../domain/vendor';
import { seedanceFor, refuseList } from '../listing';
import { lazily, optional, type Read, readAnswer, refuse, text } from '../reading';
import { VIDEOS_PATH } from './models';

const page = lazily(() => z.object({ data: z.array(z.unknown()) }));

const entry = lazily(() =>
	z.object({
		id: text(),
		name: optional(text()),
		supported_resolutions: optional(z.array(text())),
		supported_aspect_ratios: optional(z.array(text())),
		supported_durations: optional(z.array(z.int())),
		supported_frame_images: optional(z.array(text())),
		generate_audio: optional(z.boolean()),
		seed: optional(z.boolean()),
		allowed_passthrough_parameters: optional(z.array(text())),
	}),
);

type Entry = Read<typeof entry>;

/** What its models take beside the common fields: https://openrouter.ai/docs/api/api-reference/videos. */
const MODELS = { method: 'GET', url: `${VIDEOS_PATH}/models` } as const;

function entriesIn(answer: VendorResponse): Outcome<Entry[]> {
	const read = readAnswer(page, answer, refuseList);
	return read.ok ? ok(read.value.data.flatMap((one) => entry.safeParse(one).data ?? [])) : read;
}

const toListed = ({ id, name, supported_frame_images: frames = [] }: Entry): ListedModel => ({
	id,
	name,
	kinds: frames.length > 0 ? ['textToVideo', 'imageToVideo'] : ['textToVideo'],
});

function* list(kind: GenerationKind): Dialogue<ListedModel[]> {
	const read = entriesIn(yield MODELS);
	return read.ok ? ok(seedanceFor(kind, read.value.map(toListed))) : read;
}

function* schema(id: string): Dialogue<ToldSchema> {
	const answer = yield MODELS;
	const read = entriesIn(answer);
	if (!read.ok) return read;
	const model = read.value.find((one) => one.id === id);
	return model === undefined
		? refuse(answer, { kind: 'notFound', message: `Its list has no model '${id}'` })
		: ok({ schema: schemaOf(model) });
}

const choice = (type: string, values: ReadonlyArray<string | number> = []): JsonObject =>
	values.length === 0 ? { type } : { type, enum: values };

/** The common body, with what this model says of it. */
function schemaOf(model: Entry): JsonObject {
	const frames = model.supported_frame_images ?? [];
	return {
		type: 'object',
		required: ['prompt'],
		properties: {
			prompt: { type: 'string' },
			aspect_ratio: choice('string', model.supported_aspect_ratios),
			resolution: choice('string', model.supported_resolutions),
			duration: choice('integer', model.supported_durations),
			...(model.generate_audio && { generate_audio: { type: 'boolean' } }),
			...(model.seed && { seed: { type: 'integer' } }),
			...(model.allowed_passthrough_parameters?.includes('watermark') && {
				watermark: { type: 'boolean' },
			}),
			...Object.fromEntries(frames.map((name) => [name, { type: 'string', format: 'uri' }])),
		},
	};
}

/** OpenRouter's video models: it tells values instead of a schema, for a body that all have in common. */
export const models: VendorModels = { list, schema };
