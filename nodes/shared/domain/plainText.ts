/** Ends of lines, terminals' control codes, and marks that turn the direction of writing. */
const invisible =
	/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** A stranger's words in one line, so that they can neither forge a line of a log nor hide in one. */
export const inOnePlainLine = (text: string): string => text.replaceAll(invisible, ' ');
