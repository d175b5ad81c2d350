import type { ModelPage, PageField, PageImage } from './pages/index.mts';
import { boolean, findProblem, httpUrl, integer, integerText, listOf, number } from './rules.mts';
import { onGrid, oneOf, optional, orAsset, required, text } from './rules.mts';
import { urlOrBase64Audio, urlOrBase64Image } from './rules.mts';
import type { Check, Field, Problem, Schema } from './rules.mts';
import type { JsonObject } from './types.mts';

function checkOf({ type, wireType = type, ...rules }: PageField): Check {
	const { values, range = [], maxLength, minLength } = rules;
	if (values) return oneOf(...(wireType === 'string' ? values : values.map(Number)));
	switch (wireType) {
		case 'boolean':
			return boolean;
		case 'url':
			return httpUrl;
		case 'integer':
			return integer(...range);
		case 'number':
			return number(...range);
		case 'string':
			return type === 'string' ? text(maxLength, minLength) : integerText(...range);
	}
}

function fieldOf(page: PageField): Field {
	const check = page.grid ? onGrid(checkOf(page), page.grid) : checkOf(page);
	return page.required || page.mustBeSent ? required(check) : optional(check);
}

/** A video begins and ends with an image. */
const MAX_FRAMES = 2;

function fileCheck({ isList, ...one }: PageImage): Check {
	if (isList) return listOf(fileCheck(one), MAX_FRAMES);
	if (one.byAsset) return orAsset(fileCheck({ ...one, byAsset: undefined }));
	const { field, byFile } = one;
	if (!byFile) return httpUrl;
	return field.includes('audio') ? urlOrBase64Audio : urlOrBase64Image;
}

/** What a page says, as rules for the fields of a request. */
export function schemaOf({ fields, image, lastImage, video, urlLists = [] }: ModelPage): Schema {
	return {
		...Object.fromEntries(
			fields
				.filter(({ isElsewhere }) => !isElsewhere)
				.map((field) => [field.field, fieldOf(field)]),
		),
		...(video && { [video.field]: required(fileCheck(video)) }),
		...(lastImage && { [lastImage.field]: optional(fileCheck(lastImage)) }),
		...(image && {
			[image.field]:
				urlLists.length === 0 ? required(fileCheck(image)) : optional(fileCheck(image)),
		}),
		...Object.fromEntries(
			urlLists.map((list) => {
				const check = listOf(fileCheck(list), list.maxCount);
				return [list.field, list.required ? required(check) : optional(check)];
			}),
		),
	};
}

/** A model with a page for text and one for images takes what either of them says. */
export function findPageProblem(
	fields: JsonObject,
	pages: readonly ModelPage[],
	besides: Schema = {},
): Problem | undefined {
	const whole = pages.filter(({ isPartOfPage }) => !isPartOfPage);
	const problems = whole.map(
		(page) => findProblem(fields, { ...besides, ...schemaOf(page) }) ?? findMixture(fields, page),
	);
	return problems.includes(undefined) ? undefined : problems[0];
}

/** Frames and references exclude each other, and sounds alone are no reference to most models. */
function findMixture(fields: JsonObject, page: ModelPage): Problem | undefined {
	const { image, lastImage, lastNeedsFirst, urlLists = [], maxUrls = Infinity } = page;
	const has = (one: PageImage | undefined) => one !== undefined && Object.hasOwn(fields, one.field);
	if (lastNeedsFirst && lastImage && has(lastImage) && !has(image)) {
		return { field: lastImage.field, reason: `needs ${image?.field}` };
	}
	const given = urlLists.filter(({ field }) => Object.hasOwn(fields, field));
	const [list] = given;
	if (list === undefined) return undefined;
	const frame = [image, lastImage].find(has);
	if (frame) return { field: frame.field, reason: `cannot be combined with ${list.field}` };
	if (!page.takesSoundAlone && !page.video && given.every(({ field }) => field.includes('audio'))) {
		return { field: list.field, reason: 'needs a reference image or video' };
	}
	const count = given.reduce((sum, { field }) => sum + countOf(fields[field]), 0);
	return count > maxUrls
		? { field: list.field, reason: `must not have more than ${maxUrls} entries with the others` }
		: undefined;
}

const countOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);
