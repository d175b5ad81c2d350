import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Jest makes a storage for every test file and never disables it. Node asks each of them at every
 * promise that is made, so that a worker's hundredth file would be much slower than its first.
 * No storage of an earlier file is in use when the next begins.
 */
const used = Symbol.for('seedance.tests.usedStorages');
const storages = AsyncLocalStorage as typeof AsyncLocalStorage & {
	[used]?: Set<AsyncLocalStorage<unknown>>;
};

function noteWhatIsUsed(): Set<AsyncLocalStorage<unknown>> {
	const noted = new Set<AsyncLocalStorage<unknown>>();
	const { run } = AsyncLocalStorage.prototype;
	AsyncLocalStorage.prototype.run = function (
		this: AsyncLocalStorage<unknown>,
		...given: Parameters<typeof run>
	) {
		noted.add(this);
		return run.apply(this, given);
	} as typeof run;
	return noted;
}

storages[used] ??= noteWhatIsUsed();
for (const storage of storages[used]) storage.disable();
storages[used].clear();
