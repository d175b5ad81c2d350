import { readFileSync } from 'node:fs';
import { problemKinds } from '../../../nodes/shared/domain/problem';

test('every kind of failure is explained, and no other', () => {
	const page = readFileSync('docs/errors.md', 'utf8');
	const rows = page.split('\n').filter((line) => line.startsWith('| `'));
	const kinds = rows.flatMap((row) => (row.split('|')[1] ?? '').match(/\w+/g) ?? []);
	expect(kinds.filter((kind) => kind !== 'kind').toSorted()).toEqual([...problemKinds].toSorted());
});
