import type { ModelPage, PageField, VideoOperation } from './types.mts';

interface VideoUse {
	forced?: ModelPage['forced'];
	/** Fields that the operation decides, or that the nodes do not offer with it. */
	without?: readonly string[];
	prompt?: PageField;
}

/** What a page about references says of one operation on a given video, the first of its list. */
export function onVideo(
	page: ModelPage,
	kind: VideoOperation,
	{ forced, without = [], prompt }: VideoUse = {},
): ModelPage {
	const { provider, model, createPath, taskPath, urlLists = [], maxUrls, fields } = page;
	const list = urlLists.find((one) => one.field.includes('video'));
	if (list === undefined) throw new Error(`${page.model} takes no videos`);
	const { field, byFile, byAsset, maxCount } = list;
	const others = urlLists.filter((one) => one !== list);
	const left = { ...list, required: undefined, maxCount: maxCount - 1 };
	return {
		provider,
		model,
		createPath,
		taskPath,
		kind,
		isPartOfPage: true,
		video: { field, byFile, ...(byAsset && { byAsset }), isList: true },
		...(forced && { forced }),
		urlLists: kind === 'reference' ? urlLists.map((one) => (one === list ? left : one)) : others,
		...(maxUrls !== undefined && { maxUrls: maxUrls - 1 }),
		fields: fields
			.filter(({ name }) => !without.includes(name))
			.map((one) => (one.name === 'prompt' && prompt ? prompt : one)),
	};
}
