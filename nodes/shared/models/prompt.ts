/** Halves of a character, which are left when a text was cut in the middle of an emoji. */
const halfCharacters = /\p{Surrogate}/gu;

/** A text of whole characters only. */
export const withoutHalves = (text: string): string => text.replaceAll(halfCharacters, '');

/** What is surely not meant in a prompt, as the rest of a sentence about it, and the way out. */
export interface Unmeant {
	is: string;
	fix: string;
}

const nothing: ReadonlySet<string> = new Set(['undefined', 'null', 'NaN']);

const aWordForNothing = {
	is: 'holds the word that stands for nothing where a text should be',
	fix: 'An expression in it finds no value: look at the data of the node before, and at the names in the expression.',
};

/**
 * Whether a prompt is surely not what somebody wanted to order. `written` is what stands in the node,
 * which tells what an expression has put into the text.
 */
export function unmeantIn(prompt: string, written: unknown): Unmeant | undefined {
	if (prompt.includes('[object Object]')) {
		return {
			is: "holds '[object Object]'",
			fix: 'An expression in it gives an object: name the field of it that holds the text, e.g. {{ $json.output.text }}.',
		};
	}
	if (/\{\{[^]*?\}\}/.test(prompt)) {
		return {
			is: 'holds an expression that was not evaluated',
			fix: "Switch the field from Fixed to Expression, or fill in the places in '{{ }}' before this node.",
		};
	}
	if (nothing.has(prompt.trim())) return aWordForNothing;
	return hasEvaluatedToNothing(prompt, written) ? aWordForNothing : undefined;
}

/** So much of what stands around an expression tells its place. */
const SEEN_AROUND = 20;

function hasEvaluatedToNothing(prompt: string, written: unknown): boolean {
	if (typeof written !== 'string' || !written.startsWith('=')) return false;
	const literals = written.slice(1).split(/\{\{[^]*?\}\}/);
	return literals.slice(1).some((after, index) => {
		const before = (literals[index] ?? '').slice(-SEEN_AROUND);
		const behind = after.slice(0, SEEN_AROUND);
		if (before === '' || behind === '') {
			// At one end of the prompt, where the other side tells its place.
			const isFirst = index === 0 && before === '';
			const isLast = index === literals.length - 2 && behind === '';
			return [...nothing].some(
				(word) =>
					(isFirst && behind !== '' && prompt.startsWith(word + behind)) ||
					(isLast && before !== '' && prompt.endsWith(before + word)),
			);
		}
		return [...nothing].some((word) => prompt.includes(before + word + behind));
	});
}

const command =
	/(?:^|\s)--(ratio|rt|resolution|rs|duration|dur|frames|framespersecond|fps|seed|camerafixed|cf|watermark|wm)\b/gi;

/** Commands in a prompt, as the first vendor's models take them, e.g. `--ratio`. */
export const commandsIn = (prompt: string): string[] => [
	...new Set([...prompt.matchAll(command)].map(([found]) => found.trim().toLowerCase())),
];
