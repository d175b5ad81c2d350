import {
	ICredentialsHelper,
	type ICredentialDataDecryptedObject,
	type ICredentialType,
	type IHttpRequestHelper,
	type IHttpRequestOptions,
	type INodeProperties,
	type IRequestOptionsSimplified,
} from 'n8n-workflow';
import { kits } from '../vendors/index.mts';

export interface Credential {
	apiKey: string;
	baseUrl: string;
	callbackSecret?: string;
	ownSecret?: string;
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
	runPreAuthentication = () => Promise.resolve(undefined);
	getCredentials = unused;
	updateCredentials = unused;
	updateCredentialsOauthTokenData = unused;

	/** As n8n: run where the field that fills itself is empty, and kept with what is stored. */
	async preAuthentication(
		helpers: IHttpRequestHelper,
		data: ICredentialDataDecryptedObject,
		typeName: string,
	) {
		const type = types.get(typeName);
		const isOwn = ({ type: kind, typeOptions }: INodeProperties) =>
			kind === 'hidden' && typeOptions?.expirable === true;
		const field = type?.properties.find(isOwn)?.name;
		const stored = this.credentials[typeName];
		if (field === undefined || stored === undefined || data[field] !== '') return undefined;
		const made = (await type?.preAuthentication?.call(helpers, data)) ?? {};
		if (made[field] === undefined) return undefined;
		this.credentials[typeName] = { ...stored, ...made };
		return Object.assign(data, made);
	}

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
