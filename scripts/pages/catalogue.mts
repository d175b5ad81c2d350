import type { GenerationKind, ModelEntry } from '../../nodes/shared/domain/model.ts';

export const kindLabels: Record<GenerationKind, string> = {
	textToVideo: 'Text to Video',
	imageToVideo: 'Image to Video',
	edit: 'Edit',
	extend: 'Extend',
	reference: 'Reference',
};

export const kinds = Object.keys(kindLabels) as GenerationKind[];

/** A model among others of its vendor: all of them are Seedance. */
export const shortName = ({ label, isRetired }: ModelEntry): string =>
	`${label.replace(/^Seedance /, '')}${isRetired ? ' (retired)' : ''}`;
