import {
	expiryOfSignedUrl,
	faultKindOfCode,
	faultKindOfStatus,
	isoFromMs,
	parseJson,
	readStatus,
	textOf,
	withoutUndefined,
} from '../../../nodes/shared/vendors/reading';

// The suggested normalised states of all the vendors' words.
test.each([
	['queued', ['waiting', 'queuing', 'queued', 'pending']],
	['running', ['generating', 'processing', 'running', 'active']],
	['succeeded', ['success', 'succeeded', 'completed']],
	['failed', ['fail', 'failed', 'error']],
	['cancelled', ['cancelled', 'canceled']],
	['expired', ['expired']],
])('%s stands for the words %j, in any case', (status, words) => {
	for (const word of words) {
		expect(readStatus(word)).toStrictEqual({ status });
		expect(readStatus(word.toUpperCase())).toStrictEqual({ status });
	}
});

test.each(['', 'moderating'])('the unknown word "%s" is running and kept', (word) => {
	expect(readStatus(word)).toStrictEqual({ status: 'running', unknownStatus: word });
});

test.each(['constructor', '__proto__'])('so is the word "%s"', (word) => {
	expect(readStatus(word)).toStrictEqual({ status: 'running', unknownStatus: word });
});

test.each([
	[302, 'rejected'],
	[408, 'noAnswer'],
	[413, 'invalidInput'],
	[418, 'rejected'],
	[500, 'serverError'],
	[599, 'serverError'],
])('HTTP %i alone means %s', (status, kind) => {
	expect(faultKindOfStatus(status)).toBe(kind);
});

test.each([
	[200, 455, 'maintenance'],
	[500, 455, 'maintenance'],
	[500, 422, 'invalidInput'],
	[500, 1, 'serverError'],
	[504, -1, 'serverError'],
	[401, 1, 'unauthorized'],
	[200, 1, 'serverError'],
	[200, 433, 'rejected'],
	[500, 433, 'serverError'],
	[200, 503, 'serverError'],
])('HTTP %i with the code %i in the body means %s', (status, code, kind) => {
	expect(faultKindOfCode(status, code, { 455: 'maintenance' })).toBe(kind);
});

test.each([[null], [undefined], [0], [-1], [Number.NaN], [9e15]])('%s is no time', (value) => {
	expect(isoFromMs(value)).toBeUndefined();
});

test('milliseconds become ISO 8601', () => {
	expect(isoFromMs(1755599634000)).toBe('2025-08-19T10:33:54.000Z');
});

test.each([
	['not a URL'],
	['https://x/v.mp4'],
	['https://x/v.mp4?X-Tos-Date=20250704T111816Z'],
	['https://x/v.mp4?X-Tos-Expires=86400'],
	['https://x/v.mp4?X-Tos-Date=yesterday&X-Tos-Expires=86400'],
	['https://x/v.mp4?X-Tos-Date=20250704T111816Z&X-Tos-Expires=-1'],
	['https://x/v.mp4?X-Tos-Date=20250704T111816Z&X-Tos-Expires=soon'],
	['https://x/v.mp4?X-Tos-Date=00000000T000000Z&X-Tos-Expires=5'],
])('%s tells no expiry', (url) => {
	expect(expiryOfSignedUrl(url)).toBeUndefined();
});

test('a signed URL tells its expiry', () => {
	const url = 'https://x/v.mp4?X-Tos-Date=20251231T233000Z&X-Tos-Expires=3600';
	expect(expiryOfSignedUrl(url)).toBe('2026-01-01T00:30:00.000Z');
});

test('withoutUndefined keeps null, false, 0 and the empty text, and its input', () => {
	const given = { a: undefined, b: null, c: false, d: 0, e: '' };
	expect(withoutUndefined(given)).toStrictEqual({ b: null, c: false, d: 0, e: '' });
	expect(Object.keys(given)).toContain('a');
});

test('textOf and parseJson take anything', () => {
	expect([textOf('a'), textOf(undefined), textOf(null), textOf({ a: [1] })]).toEqual([
		'a',
		'',
		'',
		'{"a":[1]}',
	]);
	expect([parseJson('{"a":1}'), parseJson('<'), parseJson('')]).toEqual([
		{ a: 1 },
		undefined,
		undefined,
	]);
});
