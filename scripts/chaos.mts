/**
 * `npm run test:chaos`: a thousand items over all vendors and modes in bad weather, in n8n's engine with
 * virtual time. `CHAOS_SEED` repeats a run, `CHAOS_ITEMS` says how many; `npm test` has a small one.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { randomInt } from 'node:crypto';

const { CHAOS_SEED = String(randomInt(2 ** 31)), CHAOS_ITEMS = '1000' } = process.env;
console.log(`CHAOS_SEED=${CHAOS_SEED} CHAOS_ITEMS=${CHAOS_ITEMS}`);
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const { status } = spawnSync(process.execPath, [jest, 'test/engine/chaos'], {
	stdio: 'inherit',
	env: { ...process.env, CHAOS_SEED, CHAOS_ITEMS },
});
process.exitCode = status ?? 1;
