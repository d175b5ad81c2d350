import { isJsonObject } from '../json.mts';
import { findProblem, httpUrl, oneOf, optional, orAsset, required, text } from '../rules.mts';
import type { Check, Problem, Schema } from '../rules.mts';
import type { JsonObject } from '../types.mts';

/** What `content` holds: texts and media by their roles, under the names of the pages. */
export type Content = { ok: true; fields: JsonObject } | { ok: false; problem: Problem };

const dataUri = (family: 'image' | 'audio'): Check => {
	// "The format is in lower case."
	const pattern = new RegExp(`^data:${family}/[a-z0-9.+-]+;base64,[A-Za-z0-9+/]+={0,2}$`);
	return (value) => (typeof value === 'string' && pattern.test(value) ? undefined : 'is none');
};

const urlOr =
	(family: 'image' | 'audio'): Check =>
	(value) =>
		httpUrl(value) === undefined || dataUri(family)(value) === undefined
			? undefined
			: `must be an http or https URL or data:${family}/<format>;base64,<data>`;

const inside =
	(schema: Schema): Check =>
	(value) => {
		if (!isJsonObject(value)) return 'must be an object';
		const problem = findProblem(value, schema);
		return problem && `.${problem.field} ${problem.reason}`;
	};

const entrySchemas: Record<string, Schema> = {
	text: { text: required(text()) },
	image_url: {
		image_url: required(inside({ url: required(orAsset(urlOr('image'))) })),
		role: optional(oneOf('first_frame', 'last_frame', 'reference_image')),
	},
	// Videos by their address alone.
	video_url: {
		video_url: required(inside({ url: required(orAsset(httpUrl)) })),
		role: required(oneOf('reference_video')),
	},
	audio_url: {
		audio_url: required(inside({ url: required(orAsset(urlOr('audio'))) })),
		role: required(oneOf('reference_audio')),
	},
	draft_task: { draft_task: required(inside({ id: required(text()) })) },
};

const problem = (reason: string, field = 'content'): Content => ({
	ok: false,
	problem: { field, reason },
});

function findEntryProblem(entry: unknown, index: number): Problem | undefined {
	const field = `content[${index}]`;
	if (!isJsonObject(entry)) return { field, reason: 'must be an object' };
	const schema = entrySchemas[String(entry.type)];
	if (!schema) return { field: `${field}.type`, reason: 'is not a type of content' };
	const found = findProblem(entry, { type: required(text()), ...schema });
	return found && { ...found, field: `${field}.${found.field}` };
}

/** An image without a role is the first frame, as long as it is the only one. */
function roleOf(entry: JsonObject): string {
	if (entry.type === 'text') return 'prompt';
	if (entry.type === 'draft_task') return 'draft_task';
	return typeof entry.role === 'string' ? entry.role : 'first_frame';
}

function valueOf(entry: JsonObject): unknown {
	if (entry.type === 'text') return entry.text;
	const media = entry[String(entry.type)];
	return isJsonObject(media) ? (media.url ?? media.id) : undefined;
}

const isReference = (role: string) => role.startsWith('reference_');

export function readContent(content: unknown): Content {
	if (!Array.isArray(content) || content.length === 0) return problem('must be a filled array');
	const wrong = content.map(findEntryProblem).find((found) => found !== undefined);
	if (wrong) return { ok: false, problem: wrong };

	const entries: JsonObject[] = content;
	const images = entries.filter(({ type }) => type === 'image_url');
	if (images.length > 1 && images.some(({ role }) => role === undefined)) {
		return problem('role must be specified for image contents');
	}
	const fields: Record<string, unknown[]> = {};
	for (const entry of entries) (fields[roleOf(entry)] ??= []).push(valueOf(entry));

	const roles = Object.keys(fields);
	const isFramed = roles.includes('first_frame') || roles.includes('last_frame');
	if (isFramed && roles.some(isReference)) {
		return problem('first/last frame content cannot be mixed with reference media content');
	}
	if (roles.includes('last_frame') && !roles.includes('first_frame')) {
		return problem('last_frame needs a first_frame');
	}
	const twice = roles.find((role) => !isReference(role) && (fields[role]?.length ?? 0) > 1);
	if (twice !== undefined) return problem(`holds more than one ${twice}`);
	if (roles.includes('draft_task') && roles.length > 1) return problem('draft_task stands alone');
	return {
		ok: true,
		fields: Object.fromEntries(
			Object.entries(fields).map(([role, values]) => [
				role,
				isReference(role) ? values : values[0],
			]),
		),
	};
}
