import type { CredentialInput, StoredCredential } from '../n8nClient.mts';
import type { StandIns } from './index.mts';

/** What callers of the API in 17 show, and the assistant of 20. */
export const callers = { headerName: 'X-API-Key', key: 'stand-in-key', token: 'stand-in-token' };

/** The credentials by which an n8n reaches the stand-ins, and by which others reach its workflows. */
export async function provideForStandIns(
	store: (credential: CredentialInput) => Promise<StoredCredential>,
	{ url, telegram, whatsApp, google, mail }: StandIns,
): Promise<StoredCredential[]> {
	const ofGoogle = {
		clientId: 'stand-in',
		clientSecret: 'stand-in',
		oauthTokenData: { access_token: google.accessToken, token_type: 'Bearer' },
	};
	const data = {
		telegramApi: { accessToken: telegram.token, baseUrl: url },
		whatsAppApi: { accessToken: whatsApp.accessToken, businessAccountId: '1' },
		googleSheetsOAuth2Api: ofGoogle,
		googleDriveOAuth2Api: ofGoogle,
		smtp: { host: mail.host, port: mail.port, secure: false, disableStartTls: true },
		httpHeaderAuth: { name: callers.headerName, value: callers.key },
		httpBearerAuth: { token: callers.token },
	};
	return await Promise.all(
		Object.entries(data).map(
			async ([type, fields]) => await store({ name: `${type} (stand-in)`, type, data: fields }),
		),
	);
}
