const SMALL_WORDS = new Set(
	'a an and as at but by for from in into of on or the to until with'.split(' '),
);

/** Every word begins with a capital or a digit, small ones may be small but not in front. */
export function isTitleCase(text: string): boolean {
	return text.split(' ').every((word, index) => {
		if (index > 0 && SMALL_WORDS.has(word)) return true;
		return /^[("']?[A-Z0-9]/.test(word);
	});
}

/** A capital in front, none behind but in abbreviations and names. */
export function isSentenceCase(text: string): boolean {
	const [first = '', ...others] = text.split(' ');
	return /^[A-Z]/.test(first) && others.every((word) => !/^[A-Z][a-z]/.test(word));
}

/** Sentences of a description; an abbreviation ends none, because a small letter follows it. */
export const sentencesOf = (text: string): string[] =>
	text.split(/(?<=[.!?])\s+(?=[^a-z])/).filter((sentence) => sentence !== '');
