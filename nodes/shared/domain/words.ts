/** Words of strangers where people read them. */

/** Without the characters by which a line could hide, end or colour itself. */
export const printable = (text: string): string =>
	text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, ' ');

/** Whether n8n would evaluate it, were it kept in a node's parameter. */
export const isExpression = (value: unknown): boolean =>
	typeof value === 'string' && value.startsWith('=');

/**
 * A text where n8n's editor reads HTML, as it does in errors and hints: a tag is shown, not followed.
 * An `&` that begins nothing stays, so that addresses can be copied.
 */
export const asShown = (text: string): string =>
	printable(text)
		.replaceAll(/&(?=#|[a-z][a-z0-9]*;|(?:lt|gt|amp|quot)\b)/gi, '&amp;')
		.replaceAll('<', '&lt;');
