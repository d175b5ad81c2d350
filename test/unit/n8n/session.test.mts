import { clock } from '../../../nodes/shared/n8n/clock';
import { openSession } from '../../../nodes/shared/n8n/session';
import { deriveCallbackKey } from '../../../nodes/shared/tasks/callbackToken';
import { deriveReferenceKey } from '../../../nodes/shared/tasks/reference';
import type { Session } from '../../../nodes/shared/tasks/session';
import { Time } from '../fakes/time.mts';
import { providerOf, valueOf } from '../helpers.mts';

type Context = Parameters<typeof openSession>[0];

interface Key {
	apiKey: string;
	baseUrl: string;
	provider?: string;
	callbackSecret?: string;
	previousCallbackSecret?: string;
	ownSecret?: string;
}

let time: Time;
beforeEach(() => {
	time = new Time();
	time.install(clock);
});

/** A session with this key. */
async function open({ provider = 'kie', ...credential }: Key): Promise<Session> {
	const context: Partial<Context> = {
		getCredentials: async <T extends object>() => await Promise.resolve(credential as T),
	};
	return valueOf(await openSession(context as Context, provider));
}

/** Hosts of its own for each test, because a process remembers the pace of an account. */
let hosts = 0;
const newKey = (): Key => ({ apiKey: 'sk-first', baseUrl: `https://host-${++hosts}.example` });

const others: Array<[string, (key: Key) => Key]> = [
	['another key at the same host', (key) => ({ ...key, apiKey: 'sk-second' })],
	['the same key at another host', ({ apiKey }) => ({ ...newKey(), apiKey })],
	['the same key and host of another vendor', (key) => ({ ...key, provider: 'apikley' })],
];
const alike: Array<[string, (key: Key) => Key]> = [
	['the same', (key) => key],
	[
		'written with blanks and slashes',
		(key) => ({ apiKey: ' sk-first ', baseUrl: `${key.baseUrl}//` }),
	],
];

/** Orders as many at once as the vendor allows, and one more, which has to wait. */
async function exhaust({ pace, provider }: Session): Promise<void> {
	const { count = 0 } = provider.limits.creates ?? {};
	for (let order = 0; order <= count; order++) void pace();
	await time.pass(0);
	expect(time.sleepers).toBe(1);
}

/** Whether an order at this account has to wait now. */
async function waits({ pace }: Session): Promise<boolean> {
	const before = time.sleepers;
	void pace();
	await time.pass(0);
	return time.sleepers > before;
}

describe('an account is a vendor, a host and a key', () => {
	test.each(others)('%s is another, with a pace of its own', async (_, change) => {
		const key = newKey();
		const [mine, theirs] = [await open(key), await open(change(key))];
		expect(theirs.account).not.toBe(mine.account);
		await exhaust(mine);
		expect(await waits(theirs)).toBe(false);
	});

	test.each(alike)('%s is one, with one pace', async (_, change) => {
		const key = newKey();
		const [mine, again] = [await open(key), await open(change(key))];
		expect(again.account).toBe(mine.account);
		expect(mine.account).not.toContain('sk-first');
		await exhaust(mine);
		expect(await waits(again)).toBe(true);
	});
});

test('the vendor limits orders, or these tests say nothing', () => {
	for (const id of ['kie', 'apikley']) expect(providerOf(id).limits.creates).toBeDefined();
});

test('a task that an order has is known to all keys of a vendor, because lists are the account’s', async () => {
	const key = newKey();
	const [first, second] = [await open(key), await open({ ...key, apiKey: 'sk-second' })];
	first.claims.take('task', 'mark of the first');
	expect(second.claims.isTaken('task', 'mark of the second')).toBe(true);
	const elsewhere = await open(newKey());
	expect(elsewhere.claims.isTaken('task', 'mark of the third')).toBe(false);
});

describe('what proves and signs', () => {
	const callbackSecret = 'the secret of the user';
	const ownSecret = 'the secret of the credential';
	const previousCallbackSecret = 'the secret before';
	const strong = (secret: string) => ({ key: deriveCallbackKey(secret), isSecret: true });
	const weak = { key: deriveCallbackKey('sk-first'), isSecret: false };

	test('rows are proven with the Callback Secret, which no vendor has', async () => {
		const { referenceKey } = await open({ ...newKey(), callbackSecret });
		expect(referenceKey).toEqual(deriveReferenceKey(callbackSecret));
	});

	test('with the API key where there is none, so that a new secret of its own changes no proof', async () => {
		for (const more of [{}, { callbackSecret: ' ' }, { ownSecret }, { previousCallbackSecret }]) {
			const { referenceKey } = await open({ ...newKey(), ...more });
			expect(referenceKey).toEqual(deriveReferenceKey('sk-first'));
		}
	});

	test.each([
		['the API key alone', {}, [weak]],
		['a Callback Secret', { callbackSecret }, [strong(callbackSecret)]],
		['a secret of its own', { ownSecret }, [strong(ownSecret)]],
		[
			'all of them',
			{ callbackSecret, ownSecret, previousCallbackSecret },
			[strong(callbackSecret), strong(ownSecret), strong(previousCallbackSecret)],
		],
		[
			'the secret before alone, which signs nothing new',
			{ previousCallbackSecret },
			[strong(previousCallbackSecret), weak],
		],
		['the API key as a secret, which is none', { callbackSecret: 'sk-first' }, [weak]],
		['no key at all', { apiKey: '' }, []],
	])('calls are known by %s', async (_, more, keys) => {
		expect((await open({ ...newKey(), ...more })).callbackKeys).toEqual(keys);
	});

	test.each([
		['the Callback Secret', { callbackSecret, ownSecret, previousCallbackSecret }, callbackSecret],
		['the credential’s own secret', { ownSecret, previousCallbackSecret }, ownSecret],
	])('what is handed out is signed with %s', async (_, more, secret) => {
		const { signingKey } = await open({ ...newKey(), ...more });
		expect(await signingKey()).toEqual(strong(secret));
	});
});
