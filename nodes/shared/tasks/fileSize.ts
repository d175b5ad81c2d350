import { FILE, MEGABYTE } from '../domain/limits';

/** The option Max File Size in bytes; what is no number greater than 0 is the default. */
export function maxFileBytesOf(given: unknown): number {
	const { defaultMaxMegabytes } = FILE;
	const megabytes = Number(given ?? defaultMaxMegabytes);
	return (megabytes > 0 ? megabytes : defaultMaxMegabytes) * MEGABYTE;
}
