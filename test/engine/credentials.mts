import {
	ICredentialsHelper,
	type ICredentialDataDecryptedObject,
	type ICredentialType,
	type IHttpRequestOptions,
	type IRequestOptionsSimplified,
} from 'n8n-workflow';
import { AimlApi } from '../../credentials/AimlApi.credentials.ts';
import { ApikleyApi } from '../../credentials/ApikleyApi.credentials.ts';
import { BytePlusArkApi } from '../../credentials/BytePlusArkApi.credentials.ts';
import { FalApi } from '../../credentials/FalApi.credentials.ts';
import { KieApi } from '../../credentials/KieApi.credentials.ts';
import { ModellixApi } from '../../credentials/ModellixApi.credentials.ts';
import { ReplicateApi } from '../../credentials/ReplicateApi.credentials.ts';
import { VolcengineArkApi } from '../../credentials/VolcengineArkApi.credentials.ts';

export interface Credential {
	apiKey: string;
	baseUrl: string;
	callbackSecret?: string;
}

export type Credentials = Record<string, Credential>;

const types = new Map<string, ICredentialType>(
	[
		new ApikleyApi(),
		new ModellixApi(),
		new AimlApi(),
		new KieApi(),
		new BytePlusArkApi(),
		new VolcengineArkApi(),
		new FalApi(),
		new ReplicateApi(),
	].map((type) => [type.name, type]),
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
