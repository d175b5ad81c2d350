/** The package that has all vendors. One of a single vendor is called by this name and the vendor's ID. */
export const FULL_PACKAGE = 'n8n-nodes-seedance';

/** The package of one vendor alone, for what may be a vendor's ID. */
export const packageOf = (providerId: string): string | undefined =>
	/^[a-z]{2,20}$/.test(providerId) ? `${FULL_PACKAGE}-${providerId}` : undefined;
