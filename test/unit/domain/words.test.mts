import { asShown, printable } from '../../../nodes/shared/domain/words';

test.each([
	['a line of its own', 'bad\r\nfal accepted task 1', 'bad fal accepted task 1'],
	['colours of a terminal', 'a\u001b[2Jb', 'a [2Jb'],
	['a word written backwards', 'exe\u202egpj', 'exe gpj'],
	['other languages and signs', 'Ошибка “é” 视频 🎬 & <b>', 'Ошибка “é” 视频 🎬 & <b>'],
])('%s', (_, text, expected) => {
	expect(printable(text)).toBe(expected);
});

test.each([
	[
		'a link',
		'<a href="https://evil.example">renew</a>',
		'&lt;a href="https://evil.example">renew&lt;/a>',
	],
	[
		'a tag that was escaped before',
		'&lt;b&gt; &#60;i&#62; &lt',
		'&amp;lt;b&amp;gt; &amp;#60;i&amp;#62; &amp;lt',
	],
	['an address', 'https://media.example/v?a=1&b=2', 'https://media.example/v?a=1&b=2'],
	['a company', 'Rock & Roll', 'Rock & Roll'],
])('%s is shown as it was written', (_, text, expected) => {
	expect(asShown(text)).toBe(expected);
});
