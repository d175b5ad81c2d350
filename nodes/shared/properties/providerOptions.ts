import type { INodePropertyOptions } from 'n8n-workflow';
import type { Catalogue, Provider } from '../domain/provider';
import type { VendorApi } from '../domain/vendor';

/** The vendors as the entries of a list, each with a line of facts. */
export const providerOptions = (catalogue: Catalogue): INodePropertyOptions[] =>
	Object.entries(catalogue).map(([value, provider]) => ({
		name: provider.label,
		value,
		description: factsOf(provider),
	}));

/** The same by their names alone, where the vendor has long been chosen. */
export const providerNames = (catalogue: Catalogue): INodePropertyOptions[] =>
	Object.entries(catalogue).map(([value, { label }]) => ({ name: label, value }));

/** IDs of the vendors whose API has something. */
export const providersWith = (ability: keyof VendorApi, catalogue: Catalogue): string[] =>
	Object.keys(catalogue).filter((id) => catalogue[id]?.vendor[ability] !== undefined);

/**
 * What tells one vendor from another, in the two lines that the editor has room for: what it makes and
 * how soon n8n learns of a video. Models that their maker has switched off do not count.
 */
export function factsOf(provider: Provider): string {
	const { callbacks, cancel, balance } = provider.vendor;
	const facts = [
		`Seedance ${versionsOf(provider).join(', ')}`,
		hasParameter(provider, 'generateAudio') ? 'with sound' : 'silent',
		hasParameter(provider, 'serviceTier') && 'half price offline',
		takesFiles(provider) ? 'takes image files' : 'takes links to images',
		callbacks && 'calls back',
		cancel && 'can cancel',
		balance && 'tells the balance',
	];
	return facts.filter((fact) => typeof fact === 'string').join(' · ');
}

export const currentModels = ({ models }: Provider) => models.filter(({ isRetired }) => !isRetired);

/** Versions of Seedance, the newest first. */
export function versionsOf(provider: Provider): string[] {
	const versions = currentModels(provider).flatMap(({ label }) => /\d\.\d/.exec(label) ?? []);
	return [...new Set(versions)].toSorted((a, b) => Number(b) - Number(a));
}

export const hasParameter = (provider: Provider, name: string): boolean =>
	currentModels(provider).some(({ input }) => name in input);

/** Whether an image goes to the vendor itself, by an upload or in the request. */
const takesFiles = (provider: Provider): boolean =>
	provider.vendor.upload !== undefined ||
	provider.models.some(({ firstImage }) => firstImage?.acceptsDataUri);
