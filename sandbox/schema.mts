import type { ModelPage, PageField, PageImage } from './pages/index.mts';
import { boolean, findProblem, httpUrl, integer, integerText, listOf, number } from './rules.mts';
import { onGrid, oneOf, optional, required, text } from './rules.mts';
import { urlOrBase64Audio, urlOrBase64Image } from './rules.mts';
import type { Check, Field, Problem, Schema } from './rules.mts';
import type { JsonObject } from './types.mts';

function checkOf({ type, wireType = type, ...rules }: PageField): Check {
	const { values, range = [], maxLength } = rules;
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
			return type === 'string' ? text(maxLength) : integerText(...range);
	}
}

function fieldOf(page: PageField): Field {
	const check = page.grid ? onGrid(checkOf(page), page.grid) : checkOf(page);
	return page.required ? required(check) : optional(check);
}

function fileCheck({ field, byFile }: PageImage): Check {
	if (!byFile) return httpUrl;
	return field.includes('audio') ? urlOrBase64Audio : urlOrBase64Image;
}

/** First and last image may share a list. */
const imageCheck = (page: PageImage) =>
	page.isList ? listOf(fileCheck(page), 2) : fileCheck(page);

/** What a page says, as rules for the fields of a request. */
export function schemaOf({ fields, image, lastImage, urlLists = [] }: ModelPage): Schema {
	return {
		...Object.fromEntries(fields.map((field) => [field.field, fieldOf(field)])),
		...(lastImage && { [lastImage.field]: optional(imageCheck(lastImage)) }),
		...(image && { [image.field]: required(imageCheck(image)) }),
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
	const problems = pages.map(
		(page) =>
			findProblem(fields, { ...besides, ...schemaOf(page) }) ?? findTooManyUrls(fields, page),
	);
	return problems.includes(undefined) ? undefined : problems[0];
}

function findTooManyUrls(
	fields: JsonObject,
	{ urlLists = [], maxUrls = Infinity }: ModelPage,
): Problem | undefined {
	const lists = urlLists.map(({ field }) => ({ field, urls: fields[field] }));
	const count = lists.flatMap(({ urls }) => urls ?? []).length;
	return count > maxUrls
		? { field: lists[0]?.field ?? '', reason: `must not have more than ${maxUrls} entries in all` }
		: undefined;
}
