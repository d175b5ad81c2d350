const BYTES_PER_MEGABYTE = 1024 * 1024;

export const megabytesToBytes = (megabytes: number): number => megabytes * BYTES_PER_MEGABYTE;

/** Many times what the longest video of any model has. */
export const DEFAULT_MAX_FILE_MEGABYTES = 1024;

export const DEFAULT_MAX_FILE_BYTES = megabytesToBytes(DEFAULT_MAX_FILE_MEGABYTES);

/** The option Max File Size in bytes; what is no number greater than 0 is the default. */
export function maxFileBytesOf(given: unknown): number {
	const megabytes = Number(given ?? DEFAULT_MAX_FILE_MEGABYTES);
	return megabytesToBytes(megabytes > 0 ? megabytes : DEFAULT_MAX_FILE_MEGABYTES);
}
