export const minutesToMs = (minutes: number): number => minutes * 60_000;
export const secondsToMs = (seconds: number): number => seconds * 1000;
export const secondsToMinutes = (seconds: number): number => seconds / 60;

/** The only source of time and chance; tests put virtual ones in their place. */
export interface Clock {
	/** Unix time in milliseconds. */
	now(): number;
	/** Resolves after `ms` milliseconds; rejects at once when the signal aborts. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
	/** Aborts after `ms` milliseconds. */
	deadline(ms: number): AbortSignal;
	/** From 0 up to 1, for what shall not happen to everybody at the same moment. */
	random(): number;
}

/** ISO 8601 from Unix milliseconds; undefined for anything that is no time. */
export function isoFromMs(epochMs: number | null | undefined): string | undefined {
	if (epochMs === null || epochMs === undefined || !(epochMs > 0)) return undefined;
	const date = new Date(epochMs);
	return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
