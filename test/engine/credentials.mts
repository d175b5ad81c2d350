import {
	ICredentialsHelper,
	type ICredentialDataDecryptedObject,
	type ICredentialType,
	type IHttpRequestOptions,
	type INode,
	type IRequestOptionsSimplified,
	type Workflow,
} from 'n8n-workflow';
import { AimlApi } from '../../credentials/AimlApi.credentials.ts';
import { ApikleyApi } from '../../credentials/ApikleyApi.credentials.ts';
import { ModellixApi } from '../../credentials/ModellixApi.credentials.ts';

export interface Credential {
	apiKey: string;
	baseUrl: string;
	callbackSecret?: string;
}

export type Credentials = Record<string, Credential>;

const types = new Map<string, ICredentialType>(
	[new ApikleyApi(), new ModellixApi(), new AimlApi()].map((type) => [type.name, type]),
);

const unused = () => Promise.reject(new Error('Not part of the engine tests'));

/** n8n's credential helper without a database: keeps the keys, and really authenticates. */
export class CredentialsInMemory extends ICredentialsHelper {
	constructor(private readonly credentials: Credentials) {
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

	/** The headers of the credential class, with its expressions evaluated by n8n. */
	authenticate(
		$credentials: ICredentialDataDecryptedObject,
		typeName: string,
		options: IHttpRequestOptions | IRequestOptionsSimplified,
		workflow: Workflow,
		node: INode,
	): Promise<IHttpRequestOptions> {
		const rule = types.get(typeName)?.authenticate;
		if (rule === undefined || typeof rule === 'function') return unused();
		const headers = Object.entries(rule.properties.headers ?? {}).map(([name, value]) => [
			name,
			workflow.expression.getSimpleParameterValue(node, String(value), 'internal', {
				$credentials,
			}),
		]);
		return Promise.resolve({
			...(options as IHttpRequestOptions),
			headers: { ...options.headers, ...Object.fromEntries(headers) },
		});
	}
}
