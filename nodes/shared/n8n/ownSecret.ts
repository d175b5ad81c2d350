import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { OWN_SECRET, WANTS_SECRET } from '../domain/credential';
import { reasonOf } from '../domain/json';
import { HOST } from '../domain/limits';
import { perProcess } from '../host/process';
import { clock } from './clock';
import { logOf } from './log';
import { thisProcess } from './process';
import { runPreAuthentication, type RequestContext } from './transport';
import { canKeepSecrets } from './version';

export interface SecretOwner {
	credentialType: string;
	credential: ICredentialDataDecryptedObject;
	/** Names the vendor's account in this process. */
	account: string;
	baseUrl: string;
}

const inTheMakingIn = perProcess(() => new Map<string, Promise<string | undefined>>());

/**
 * Has the credential make a random secret for itself, which n8n keeps encrypted with it; undefined
 * where n8n cannot keep one. Never throws.
 */
export async function makeOwnSecret(
	context: RequestContext,
	owner: SecretOwner,
): Promise<string | undefined> {
	if (!canKeepSecrets()) return undefined;
	const inTheMaking = inTheMakingIn(thisProcess);
	const known = inTheMaking.get(owner.account) ?? make(context, owner);
	inTheMaking.set(owner.account, known);
	try {
		return await known;
	} catch (error) {
		logOf(context).warn('Seedance: the credential could not make a secret for itself', {
			error: reasonOf(error),
		});
		return undefined;
	} finally {
		inTheMaking.delete(owner.account);
	}
}

async function make(context: RequestContext, owner: SecretOwner): Promise<string | undefined> {
	const wanting = { ...owner.credential, [OWN_SECRET]: '', [WANTS_SECRET]: true };
	await runPreAuthentication(context, { ...owner, credential: wanting });
	if ((await readOwn(context, owner)) === undefined) return undefined;
	await clock.sleep(HOST.secretSettledMs);
	return await readOwn(context, owner);
}

async function readOwn(
	context: RequestContext,
	{ credentialType }: SecretOwner,
): Promise<string | undefined> {
	const { [OWN_SECRET]: own } = await context.getCredentials(credentialType);
	return typeof own === 'string' && own !== '' ? own : undefined;
}
