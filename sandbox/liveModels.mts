import { isJsonObject } from './json.mts';
import { vendorPages } from './pages/index.mts';
import type { Problem } from './rules.mts';
import type { JsonObject, VendorId } from './types.mts';
import type { Answer, VendorCall } from './vendors/vendor.mts';

/**
 * Models that no list of the nodes knows, as the vendors' live lists and schemas tell new ones: in the
 * vendors' own shapes, and orders for them are held against the schema to the letter.
 */
export interface LiveModel {
	vendor: VendorId;
	id: string;
	name: string;
	kind: 'text-to-video' | 'image-to-video';
	/** Path below the vendor's base that creates a task; where it is in the body, its own. */
	createPath: string;
	schema: JsonObject;
}

const url = { type: 'string', format: 'uri' };

/** What is checked; each vendor writes it in its own way. */
const usual = {
	prompt: { type: 'string', maxLength: 500, title: 'Prompt' },
	aspect_ratio: { type: 'string', enum: ['16:9', '9:16', '32:9'], default: '16:9' },
	resolution: { type: 'string', enum: ['480p', '8k'], default: '480p' },
	duration: { type: 'integer', minimum: 3, maximum: 45, default: 6 },
	camera_speed: { type: 'number', minimum: 0.1, maximum: 2 },
	generate_audio: { type: 'boolean', default: true },
	style_tags: { type: 'array', items: { type: 'string' }, maxItems: 3 },
};

const schemaOf = (properties: JsonObject, required: readonly string[]): JsonObject => ({
	type: 'object',
	properties,
	required,
	additionalProperties: false,
});

const withImages = (first: string, last: string) => ({ [first]: url, [last]: url, ...usual });

const model = (
	vendor: VendorId,
	id: string,
	kind: LiveModel['kind'],
	createPath: string,
	schema: JsonObject,
): LiveModel => ({ vendor, id, name: 'Seedance 9.9', kind, createPath, schema });

const textOf = schemaOf(usual, ['prompt', 'resolution']);
const imageOf = (first: string, last: string) =>
	schemaOf(withImages(first, last), ['prompt', first]);

const family = 'bytedance/seedance-9.9';

export const liveModels: readonly LiveModel[] = [
	model('fal', `${family}/text-to-video`, 'text-to-video', `/${family}/text-to-video`, textOf),
	model(
		'fal',
		`${family}/image-to-video`,
		'image-to-video',
		`/${family}/image-to-video`,
		imageOf('image_url', 'end_image_url'),
	),
	model(
		'replicate',
		family,
		'image-to-video',
		`/models/${family}/predictions`,
		schemaOf(withImages('image', 'last_frame_image'), ['prompt', 'resolution']),
	),
	model(
		'wavespeed',
		`${family}/text-to-video`,
		'text-to-video',
		`/api/v3/${family}/text-to-video`,
		textOf,
	),
	model(
		'wavespeed',
		`${family}/image-to-video`,
		'image-to-video',
		`/api/v3/${family}/image-to-video`,
		imageOf('image', 'last_image'),
	),
	model('openrouter', family, 'image-to-video', '/videos', {
		...schemaOf(
			{
				prompt: usual.prompt,
				aspect_ratio: usual.aspect_ratio,
				resolution: usual.resolution,
				duration: usual.duration,
				generate_audio: usual.generate_audio,
				seed: { type: 'integer' },
				watermark: { type: 'boolean' },
				first_frame: url,
				last_frame: url,
			},
			['prompt'],
		),
	}),
	model('aimlapi', 'bytedance/seedance-9-9', 'image-to-video', '/v2/video/generations', {
		...schemaOf(
			{
				model: { type: 'string', enum: ['bytedance/seedance-9-9'] },
				...withImages('image_url', 'last_image_url'),
			},
			['model', 'prompt', 'resolution'],
		),
	}),
	model(
		'modellix',
		'bytedance/seedance-9.9-t2v',
		'text-to-video',
		`/api/v1/${family}-t2v/async`,
		textOf,
	),
];

const liveOf = (vendor: VendorId) => liveModels.filter((one) => one.vendor === vendor);

export const liveModel = (vendor: VendorId, id: string): LiveModel | undefined =>
	liveOf(vendor).find((one) => one.id === id);

export const liveModelAt = (vendor: VendorId, createPath: string): LiveModel | undefined =>
	liveOf(vendor).find((one) => one.createPath === createPath);

const typeOf = (value: unknown): string =>
	Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;

function reasonAgainst(value: unknown, rule: JsonObject): string | undefined {
	const { type, enum: values, minimum, maximum, maxItems, maxLength } = rule;
	const isType = type === 'integer' ? Number.isInteger(value) : typeOf(value) === type;
	if (!isType) return `must be of type ${String(type)}`;
	if (Array.isArray(values) && !values.includes(value))
		return `must be one of ${values.join(', ')}`;
	if (typeof value === 'number' && (value < Number(minimum) || value > Number(maximum))) {
		return `must be between ${String(minimum)} and ${String(maximum)}`;
	}
	if (Array.isArray(value) && value.length > Number(maxItems)) return 'has too many entries';
	if (typeof value === 'string' && value.length > Number(maxLength)) return 'is too long';
	return undefined;
}

/** The first thing that a body has wrong by the schema of its model. */
export function findLiveProblem(body: JsonObject, { schema }: LiveModel): Problem | undefined {
	const properties = isJsonObject(schema.properties) ? schema.properties : {};
	const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
	const missing = required.find((name) => !Object.hasOwn(body, name));
	if (missing !== undefined) return { field: missing, reason: 'is required' };
	for (const [field, value] of Object.entries(body)) {
		const rule = Object.hasOwn(properties, field) ? properties[field] : undefined;
		if (!isJsonObject(rule)) return { field, reason: 'is not supported' };
		const reason = reasonAgainst(value, rule);
		if (reason !== undefined) return { field, reason };
	}
	return undefined;
}

const knownIds = (vendor: VendorId) =>
	vendorPages.filter((page) => page.provider === vendor).map((page) => page.model);

/** What a vendor sells beside videos of Seedance: lists hold everything. */
const other = { id: 'made-up/painter-3', name: 'Painter 3' };

const propertiesOf = ({ schema }: LiveModel): JsonObject =>
	isJsonObject(schema.properties) ? schema.properties : {};

/** An OpenAPI document with one way to post, and its schema behind a reference. */
const openApiOf = (path: string, schema: JsonObject, more: JsonObject = {}): JsonObject => ({
	openapi: '3.0.4',
	paths: {
		[`${path}/requests/{request_id}`]: { get: { responses: {} } },
		[path]: {
			post: {
				requestBody: {
					required: true,
					content: { 'application/json': { schema: { $ref: '#/components/schemas/MadeUpInput' } } },
				},
				responses: {},
			},
		},
	},
	components: { schemas: { MadeUpInput: { ...schema, ...more } } },
});

function falModels({ query }: VendorCall): Answer {
	const wanted = query.get('endpoint_id');
	if (wanted !== null) {
		const found = liveModel('fal', wanted);
		if (!found)
			return { status: 404, body: { error: { type: 'not_found', message: 'No models' } } };
		const order = { 'x-fal-order-properties': Object.keys(propertiesOf(found)) };
		const openapi = openApiOf(`/${found.id}`, found.schema, order);
		return { status: 200, body: { models: [{ endpoint_id: wanted, openapi }], has_more: false } };
	}
	const entry = (id: string, display_name: string, category: string) => ({
		endpoint_id: id,
		metadata: { display_name, category, status: 'active', kind: 'inference', tags: [] },
	});
	const live = liveOf('fal').map(({ id, name, kind }) => entry(id, name, kind));
	const known = knownIds('fal').map((id) => entry(id, id, 'text-to-video'));
	const all = [...live, ...known, entry(other.id, other.name, 'text-to-image')];
	const from = Number(query.get('cursor') ?? 0);
	const size = Number(query.get('limit') ?? 20);
	const hasMore = all.length > from + size;
	return {
		status: 200,
		body: {
			models: all.slice(from, from + size),
			next_cursor: hasMore ? String(from + size) : null,
			has_more: hasMore,
		},
	};
}

/** Enums lie beside the input, which refers to them. */
function replicateModel(found: LiveModel): JsonObject {
	const enums: JsonObject = {};
	const properties = Object.entries(propertiesOf(found)).map(([name, rule], index) => {
		if (!isJsonObject(rule)) return [name, rule];
		const { enum: values, type, ...more } = rule;
		if (values === undefined) return [name, { ...rule, 'x-order': index }];
		enums[name] = { type, enum: values, title: name };
		return [name, { allOf: [{ $ref: `#/components/schemas/${name}` }], ...more, 'x-order': index }];
	});
	const Input = { ...found.schema, properties: Object.fromEntries(properties) };
	return { openapi: '3.0.2', paths: {}, components: { schemas: { ...enums, Input } } };
}

function replicateModels({ path }: VendorCall): Answer {
	const [, id = ''] = /^\/models\/([^/]+\/[^/]+)$/.exec(path) ?? [];
	const [owner, name] = id.split('/');
	const found = liveModel('replicate', id);
	if (found) {
		const latest_version = { id: 'a'.repeat(64), openapi_schema: replicateModel(found) };
		return { status: 200, body: { owner, name, visibility: 'public', latest_version } };
	}
	if (path !== '/search') return { status: 404, body: { title: 'Not found', status: 404 } };
	const hit = (whole: string) => {
		const [itsOwner, itsName] = whole.split('/');
		return { model: { owner: itsOwner, name: itsName, visibility: 'public' }, metadata: {} };
	};
	const ids = [...new Set([family, ...knownIds('replicate'), other.id, 'someone/seedance-copy'])];
	return {
		status: 200,
		body: { query: 'seedance', models: ids.map(hit), collections: [], pages: [] },
	};
}

function wavespeedModels(): Answer {
	const entry = (model_id: string, name: string, type: string, request_schema: JsonObject) => ({
		model_id,
		name,
		description: name,
		type,
		base_price: 0.3,
		formula: '',
		api_schema: { api_schemas: [{ type: 'model_run', request_schema }] },
	});
	const live = liveOf('wavespeed').map((one) =>
		entry(one.id, one.name, one.kind, {
			...one.schema,
			'x-order-properties': Object.keys(propertiesOf(one)),
		}),
	);
	const known = knownIds('wavespeed').map((id) =>
		entry(id, id, 'text-to-video', { properties: {} }),
	);
	const painter = entry(other.id, other.name, 'text-to-image', { properties: {} });
	return {
		status: 200,
		body: { code: 200, message: 'success', data: [...live, ...known, painter] },
	};
}

function aimlapiModels({ path, query }: VendorCall): Answer {
	if (path === '/docs-json') {
		const found = liveModel('aimlapi', query.get('model') ?? '');
		return found
			? { status: 200, body: openApiOf(found.createPath, found.schema) }
			: { status: 404, body: { message: 'Model not found', statusCode: '404' } };
	}
	const type = 'internal/video-generations/submit';
	const entry = (id: string, name: string) => ({ id, aliases: [], type, info: { name } });
	const live = liveOf('aimlapi').map(({ id, name }) => entry(id, name));
	const known = [...new Set(knownIds('aimlapi'))].map((id) => entry(id, id));
	const data = [...live, ...known, { ...entry(other.id, other.name), type: 'chat-completion' }];
	return { status: 200, body: { object: 'list', data } };
}

function modellixModels(): Answer {
	const entry = (slug: string, type: string) => ({ slug, type, description: slug });
	const live = liveOf('modellix').map(({ id, kind }) => entry(id, kind));
	const known = knownIds('modellix').map((id) => entry(`bytedance/${id}`, 'text-to-video'));
	const models = [...live, ...known, entry(other.id, 'text-to-image')];
	return { status: 200, body: { code: 0, message: 'success', data: { models } } };
}

/** OpenRouter tells values, no schema. */
export const openrouterLive = (): JsonObject[] =>
	liveOf('openrouter').map(({ id, name }) => ({
		id,
		canonical_slug: `${id}-20261201`,
		hugging_face_id: null,
		name,
		description: name,
		created: 1_796_000_000,
		supported_sizes: null,
		upscale_factor: null,
		creativity: null,
		supported_resolutions: usual.resolution.enum,
		supported_aspect_ratios: usual.aspect_ratio.enum,
		supported_durations: Array.from({ length: 43 }, (_, index) => 3 + index),
		supported_frame_images: ['first_frame', 'last_frame'],
		generate_audio: true,
		seed: true,
		pricing_skus: {},
		allowed_passthrough_parameters: ['watermark'],
	}));

const answers: Partial<Record<VendorId, (call: VendorCall) => Answer>> = {
	fal: falModels,
	replicate: replicateModels,
	wavespeed: wavespeedModels,
	aimlapi: aimlapiModels,
	modellix: modellixModels,
};

/** A vendor's list of its models, or the schema of one. */
export const answerModels = (vendor: VendorId, call: VendorCall): Answer =>
	answers[vendor]?.(call) ?? { status: 404, body: {} };
