/**
 * Most pictures, and most pieces of sound, in a file and in a film: two hours are 432,000 pictures at 60
 * a second, and 337,500 frames of AAC at 48 kHz. Each of them costs time and about 500 bytes of memory,
 * and a file of a megabyte can claim a million.
 */
export const MAX_SAMPLES = 450_000;

/** How many of them are worked on before others have their turn. */
const SAMPLES_AT_ONCE = 1000;

/** Whether it is others' turn, after so many samples. */
export const isOthersTurn = (count: number): boolean => count % SAMPLES_AT_ONCE === 0;

/** The end of a sentence that begins with a file's name. */
export const TOO_MANY_SAMPLES = `has more than ${MAX_SAMPLES} pictures or pieces of sound, which is more than two hours of video take`;
