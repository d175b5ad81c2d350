import type { Provider } from '../domain/provider';
import { onlyVendor } from '../providers';

/**
 * A node's title. In a package of one vendor it names that vendor, because several such packages may
 * stand side by side in n8n's nodes panel. n8n wants the title of a trigger to end with that word.
 */
export const titled = (
	title: string,
	vendor: Pick<Provider, 'label'> | undefined = onlyVendor,
): string => (vendor === undefined ? title : title.replace(/( Trigger)?$/, ` (${vendor.label})$1`));
