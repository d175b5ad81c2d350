import type { Provider } from '../domain/provider';
import type { Clock } from '../domain/time';
import type { Transport } from '../domain/vendor';
import type { CallbackKey } from './callbackToken';
import type { Claims } from './claims';
import type { Grace } from './grace';
import type { LookCount } from './pace';
import type { ToldModels } from './told';
import type { Works } from './works';

/** The vendor of a run and the ways to it. */
export interface Session {
	providerId: string;
	provider: Provider;
	/** Names the vendor's account in this process; holds no secret. */
	account: string;
	/** Where the credential says that the vendor is. */
	baseUrl: string;
	transport: Transport;
	/** Goes on when the user has stopped the execution, e.g. to cancel what it has ordered. */
	transportAfterStop: Transport;
	clock: Clock;
	/**
	 * Resolves when the vendor's documented rate lets the next create request through, with what says
	 * that it is over.
	 */
	pace: () => Promise<() => void>;
	/** The tasks of this run at this account. */
	works: Works;
	/** Whether requests that need not be sent now should leave the vendor's rate to others. */
	isBusy: () => boolean;
	/** The account's tasks that this process looks at, whoever waits for them. */
	lookCount: LookCount;
	/** Since when this process has seen tasks in states that may pass. */
	grace: Grace;
	/** Which orders of the account have which tasks, as far as this process has seen it. */
	claims: Claims;
	/** What the vendors' own lists of models have told lately. */
	toldModels: ToldModels;
	/** Since when this process knows of its own orders, in Unix milliseconds. */
	knownSince: number;
	/** What tokens of triggers may be signed with, the newest first. */
	callbackKeys: readonly CallbackKey[];
	/** Signs what is handed out for a trigger; undefined where the credential holds nothing to sign with. */
	signingKey: () => Promise<CallbackKey | undefined>;
	/** Proves to a later node what a row of this one says about its task. */
	referenceKey?: Buffer;
	/** The secret with which the vendor signs its callbacks; empty when the user set none. */
	webhookSecret: string;
	/** Writes a line into n8n's log; task IDs are there even if n8n is killed the next moment. */
	log: (message: string) => void;
	/** Aborts when the user stops the execution. */
	stopSignal?: AbortSignal;
}
