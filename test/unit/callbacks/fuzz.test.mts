import { fuzz, isVerified, signedHeaders, unspoilt } from './fuzz.mts';

test('what the fuzzed ones are made from is taken', async () => {
	expect(unspoilt.token()).toMatchObject({ context: { row: 7 } });
	expect(unspoilt.note()).toBe(true);
	for (const vendor of unspoilt.vendors) {
		expect([vendor, await isVerified(vendor, signedHeaders(vendor))]).toEqual([vendor, true]);
	}
});

// `npx tsx bench/fuzz.mts` tries 100,000 and tells how long the longest took.
test('of 5,000 fuzzed headers, tokens and notes none is accepted, and none throws', async () => {
	const results = await fuzz(1000, 7);
	const taken = results.map(({ kind, accepted, thrown }) => ({ kind, accepted, thrown }));
	expect(taken).toEqual(results.map(({ kind }) => ({ kind, accepted: 0, thrown: 0 })));
	expect(results).toHaveLength(5);
});
