import { multipartOf } from '../../../nodes/shared/domain/multipart';

const file = (given: { bytes?: Buffer; fileName?: string; mimeType?: string } = {}) => ({
	name: 'file',
	fileName: 'a.png',
	mimeType: 'image/png',
	bytes: Buffer.from('png'),
	...given,
});

const boundaryOf = (contentType: string) => /boundary=(\S+)$/.exec(contentType)?.[1] ?? '';

test('no two bodies have the same boundary', () => {
	const boundaries = Array.from({ length: 100 }, () => boundaryOf(multipartOf([]).contentType));
	expect(new Set(boundaries).size).toBe(100);
	for (const boundary of boundaries) expect(boundary.length).toBeGreaterThan(30);
});

test.each([
	[
		'a picture',
		file({ bytes: Buffer.from('\r\n--one\r\nContent-Disposition: form-data; name="path"') }),
	],
	['a field', { name: 'path', value: 'x--one' }],
	['a name', { name: 'one', value: '' }],
])('%s that holds the boundary gets another one', (_, part) => {
	const boundaries = ['one', 'one', 'two'];
	const { contentType, body } = multipartOf([part], () => boundaries.shift() ?? '');
	expect(boundaryOf(contentType)).toBe('two');
	expect(body.toString().split('--two')).toHaveLength(3);
});

test('ends of lines and quotes get into no header and no field', () => {
	const evil = 'a"\r\nX-Evil: 1\r\n\r\n';
	const { body } = multipartOf([
		{ name: evil, value: 'b\r\nc' },
		file({ fileName: evil, mimeType: `image/png${evil}` }),
	]);
	const lines = body.toString().split('\r\n');
	expect(lines.filter((line) => line.startsWith('X-Evil'))).toEqual([]);
	expect(lines).toContain('Content-Disposition: form-data; name="a___X-Evil: 1____"');
	expect(lines).toContain('b__c');
	expect(lines).toContain('Content-Type: application/octet-stream');
});
