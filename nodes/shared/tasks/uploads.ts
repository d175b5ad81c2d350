import { createHash } from 'node:crypto';
import { z } from 'zod/v4';
import type { Fault } from '../domain/fault';
import { isObject, type JsonObject } from '../domain/json';
import { ORDER } from '../domain/limits';
import type { Provider } from '../domain/provider';
import { fail, type Result } from '../domain/result';
import type { Clock } from '../domain/time';
import { converse, type LargeFile, type Transport, type UploadFile } from '../domain/vendor';

/** The vendor's account to which a file goes. */
export interface Account {
	/** Names it; holds no secret. */
	account: string;
	provider: Provider;
	transport: Transport;
	clock: Clock;
}

/** Where files lie that were uploaded for an order. */
export interface Uploads {
	/** The file's address at the vendor; nothing is paid by an upload. */
	addressOf(account: Account, file: UploadFile): Promise<Result<string, Fault>>;
	/** Of one that is read for it, one after the other: memory holds one of them at a time. */
	addressOfLarge(account: Account, file: LargeFile): Promise<Result<string, Fault>>;
}

const CONTEXT_KEY = 'seedanceUploads';

const entrySchema = z.object({ address: z.string(), at: z.number() });

/**
 * Uploads each file once to an account, for all items and, by way of the node's context, for later
 * tries.
 */
export function rememberUploads(nodeContext: JsonObject): Uploads {
	const underWay = new Map<string, Promise<Result<string, Fault>>>();
	const remembered = (now: number) => {
		const kept = nodeContext[CONTEXT_KEY];
		const entries = Object.entries(isObject(kept) ? kept : {}).flatMap(([key, value]) => {
			const entry = entrySchema.safeParse(value).data;
			const ageMs = now - (entry?.at ?? NaN);
			const isFresh = ageMs >= 0 && ageMs < ORDER.uploadReuseMs;
			return entry !== undefined && isFresh ? [[key, entry] as const] : [];
		});
		return new Map(entries);
	};
	const upload = async (key: string, { provider, transport, clock }: Account, file: UploadFile) => {
		const dialogue = provider.vendor.upload?.(file);
		if (dialogue === undefined) return fail(takesNoFiles(provider.label));
		const uploaded = await converse(transport, dialogue);
		if (!uploaded.ok) return fail({ ...uploaded.error, certainlyNotTaken: true });
		const now = clock.now();
		const entries = remembered(now).set(key, { address: uploaded.value, at: now });
		nodeContext[CONTEXT_KEY] = Object.fromEntries(entries);
		return uploaded;
	};
	let before: Promise<unknown> = Promise.resolve();
	const uploads: Uploads = {
		async addressOfLarge(account, { open }) {
			const inTurn = before.then(async () => {
				const file = await open();
				return file.ok ? await uploads.addressOf(account, file.value) : file;
			});
			before = inTurn.catch(() => undefined);
			return await inTurn;
		},
		async addressOf(account, file) {
			const key = keyOf(account, file);
			const known = remembered(account.clock.now()).get(key);
			if (known !== undefined) return { ok: true, value: known.address };
			const begun = underWay.get(key) ?? upload(key, account, file);
			underWay.set(key, begun);
			try {
				return await begun;
			} finally {
				underWay.delete(key);
			}
		},
	};
	return uploads;
}

function keyOf({ account }: Account, { bytes, mimeType }: UploadFile): string {
	const hash = createHash('sha256').update(`${account} ${mimeType} `).update(bytes);
	return hash.digest('base64url').slice(0, 22);
}

const takesNoFiles = (label: string): Fault => ({
	kind: 'invalidInput',
	message: `${label} takes no files`,
	certainlyNotTaken: true,
});
