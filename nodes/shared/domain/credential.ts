/** The field in which a credential keeps the secret that it has made for itself. */
export const OWN_SECRET = 'ownSecret';

/**
 * Set by this package when it wants the secret made. n8n runs a credential's `preAuthentication` at
 * other times too, e.g. at every test of the credential, where a new secret would end the old one.
 */
export const WANTS_SECRET = 'seedanceWantsSecret';
