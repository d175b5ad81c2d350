import { MODEL_LIST, REMEMBERED } from '../domain/limits';
import type { ModelEntry } from '../domain/model';
import type { Result } from '../domain/result';
import type { Clock } from '../domain/time';
import type { ListedModel } from '../domain/vendor';

/** What a vendor has told, or in words why not. */
export type Told<T> = Result<T, string>;

/** What was told of something lately, or is asked for now. */
export type ToldLately<T> = (
	clock: Clock,
	what: string,
	ask: () => Promise<Told<T>>,
) => Promise<Told<T>>;

/** What a process was told of vendors' models: five hundred items ask once. */
export interface ToldModels {
	lists: ToldLately<ListedModel[]>;
	schemas: ToldLately<ModelEntry>;
}

export const openToldModels = (): ToldModels => ({
	lists: remembering<ListedModel[]>(),
	schemas: remembering<ModelEntry>(),
});

function remembering<T>(): ToldLately<T> {
	const known = new Map<string, { until: number; told: Told<T> }>();
	return async (clock, what, ask) => {
		const found = known.get(what);
		if (found !== undefined && found.until > clock.now()) return found.told;
		const told = await ask();
		if (known.size >= REMEMBERED.modelLists) known.clear();
		const countsForMs = told.ok ? MODEL_LIST.goodForMs : MODEL_LIST.badForMs;
		known.set(what, { told, until: clock.now() + countsForMs });
		return told;
	};
}
