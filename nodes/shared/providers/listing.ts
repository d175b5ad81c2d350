import { wordsIn } from '../domain/answer';
import { isObject } from '../domain/json';
import type { GenerationKind } from '../domain/model';
import type { ListedModel, ToldSchema, VendorResponse } from '../domain/vendor';
import { faultKindOfStatus, refuse } from './reading';

/** A model's ID as it may go into a path; whatever else a list holds is passed over. */
const usualId = /^[A-Za-z0-9][\w.:-]*(\/[\w:-][\w.:-]*)*$/;
const MAX_ID_LENGTH = 150;

/** What an ID says of what the model makes videos from; undefined where it says nothing. */
export function kindsOfId(id: string): GenerationKind[] | undefined {
	if (/text-to-video|[-_./]t2v/i.test(id)) return ['textToVideo'];
	if (/(image|reference)-to-video|[-_./](i2v|r2v)/i.test(id)) return ['imageToVideo'];
	return /video-(to-video|edit|extend)|[-_./]v2v|upscale|lip-?sync/i.test(id) ? [] : undefined;
}

/** The Seedance models of a list that fit a node, each once. */
export function seedanceFor(kind: GenerationKind, listed: readonly ListedModel[]): ListedModel[] {
	const fitting = listed.filter(({ id, name = '', kinds }) => {
		const isSeedance = /seedance/i.test(`${id} ${name}`);
		const isUsual = usualId.test(id) && id.length <= MAX_ID_LENGTH;
		return isSeedance && isUsual && (kinds ?? kindsOfId(id) ?? [kind]).includes(kind);
	});
	const byId = new Map(fitting.toReversed().map((model) => [model.id, model]));
	return fitting.filter((model) => byId.get(model.id) === model);
}

/** The schema of what is posted, in an OpenAPI document: at this path, or at the only one that there is. */
export function postedIn(document: unknown, path?: string): ToldSchema {
	const paths = isObject(document) && isObject(document.paths) ? document.paths : {};
	const posted = Object.entries(paths).filter(([, one]) => isObject(one) && isObject(one.post));
	const [, at] =
		posted.find(([name]) => name === path) ?? (posted.length === 1 ? posted[0] : []) ?? [];
	return {
		schema: inside(at, ['post', 'requestBody', 'content', 'application/json', 'schema']),
		document,
	};
}

/** What lies in an answer, step by step. */
export function inside(value: unknown, steps: readonly string[]): unknown {
	return steps.reduce<unknown>(
		(found, step) => (isObject(found) && Object.hasOwn(found, step) ? found[step] : undefined),
		value,
	);
}

/** Why there is no list, or no schema, in the vendor's own words. */
export const refuseList = (answer: VendorResponse) =>
	refuse(answer, { kind: faultKindOfStatus(answer.httpStatus), message: wordsIn(answer.body) });
