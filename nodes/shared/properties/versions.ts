import type { IDisplayOptions } from 'n8n-workflow';

/**
 * What changes with a version of the generation nodes: n8n stores neither a value that equals its
 * default nor what is hidden, so that a saved node keeps what its version has.
 */
export const generationVersions = [1, 2, 3];

/** The node for given videos came with version 1, and has changed with the others at the third. */
export const videoToVideoVersions = [1, 3];

type OfVersion = NonNullable<IDisplayOptions['show']>;

/** Shown in nodes of this version and later ones. Named one by one, which is the shortest to send. */
export const since = (version: number): OfVersion => ({
	'@version': generationVersions.filter((one) => one >= version),
});

/** Shown in nodes of earlier versions alone. */
export const before = (version: number): OfVersion => ({
	'@version': generationVersions.filter((one) => one < version),
});
