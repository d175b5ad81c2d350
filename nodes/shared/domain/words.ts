/** Words of strangers where people read them. */

/** Without the characters by which a line could hide, end or colour itself. */
export const printable = (text: string): string =>
	text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ');

/**
 * A text where n8n's editor reads HTML, as it does in errors and hints: a tag is shown, not followed.
 * An `&` that begins nothing stays, so that addresses can be copied.
 */
export const asShown = (text: string): string =>
	printable(text)
		.replaceAll(/&(?=#|[a-z][a-z0-9]*;|(?:lt|gt|amp|quot)\b)/gi, '&amp;')
		.replaceAll('<', '&lt;');
