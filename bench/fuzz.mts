import { fuzz } from '../test/unit/callbacks/fuzz.mts';

const [count = '100000', seed = '1'] = process.argv.slice(2);

/** `npx tsx bench/fuzz.mts 100000`: fuzzed headers, tokens and notes, in equal parts. */
for (const { kind, ...told } of await fuzz(Number(count) / 5, Number(seed))) {
	console.log(`${kind}: ${JSON.stringify(told)}`);
}
