import {
	ICredentialsHelper,
	type ICredentialDataDecryptedObject,
	type ICredentialType,
	type IHttpRequestOptions,
	type IRequestOptionsSimplified,
} from 'n8n-workflow';
import { kits } from '../vendors/index.mts';

export interface Credential {
	apiKey: string;
	baseUrl: string;
	callbackSecret?: string;
}

export type Credentials = Record<string, Credential>;

const types = new Map<string, ICredentialType>(
	Object.values(kits).map(({ Credential: Type }) => {
		const type = new Type();
		return [type.name, type];
	}),
);

const unused = () => Promise.reject(new Error('Not part of the engine tests'));

/** n8n's credential helper without a database: keeps the keys, and really authenticates. */
export class CredentialsInMemory extends ICredentialsHelper {
	constructor(
		private readonly credentials: Credentials,
		private readonly beforeRequest: () => Promise<void> = async () => {},
	) {
		super();
	}

	getParentTypes = () => [];
	isCredentialUsableByNode = () => true;
	preAuthentication = () => Promise.resolve(undefined);
	runPreAuthentication = () => Promise.resolve(undefined);
	getCredentials = unused;
	updateCredentials = unused;
	updateCredentialsOauthTokenData = unused;

	getCredentialsProperties(typeName: string) {
		return types.get(typeName)?.properties ?? [];
	}

	getDecrypted(_data: unknown, _details: unknown, typeName: string) {
		const credential = this.credentials[typeName];
		return credential === undefined
			? Promise.reject(new Error(`No credential of type ${typeName}`))
			: Promise.resolve<ICredentialDataDecryptedObject>({ ...credential });
	}

	/** As n8n does with credential classes that authenticate by a function. */
	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		options: IHttpRequestOptions | IRequestOptionsSimplified,
	): Promise<IHttpRequestOptions> {
		await this.beforeRequest();
		const authenticate = types.get(typeName)?.authenticate;
		if (typeof authenticate !== 'function') {
			throw new Error(`test/engine/credentials.mts has no class for ${typeName}`);
		}
		return await authenticate(credentials, options as IHttpRequestOptions);
	}
}
