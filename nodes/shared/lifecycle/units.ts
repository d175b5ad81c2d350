export const minutesToMs = (minutes: number): number => minutes * 60_000;
export const secondsToMs = (seconds: number): number => seconds * 1000;
export const secondsToMinutes = (seconds: number): number => seconds / 60;
