import type { Provider } from '../../../nodes/shared/domain/provider';
import { fail, ok } from '../../../nodes/shared/domain/result';
import type { UploadFile } from '../../../nodes/shared/domain/vendor';
import type { Session } from '../../../nodes/shared/tasks/session';
import { rememberUploads } from '../../../nodes/shared/tasks/uploads';
import { errorOf, providerOf, valueOf } from '../helpers.mts';
import { scripted } from './session.mts';

const file = (text = 'a', mimeType = 'image/png'): UploadFile => ({
	bytes: Buffer.from(text),
	mimeType,
	fileName: 'a.png',
});

/** A vendor whose storage numbers what it is given, after refusing some. */
function storage(refusals = 0) {
	let asked = 0;
	const provider: Provider = {
		...providerOf('apikley'),
		vendor: {
			...providerOf('apikley').vendor,
			*upload({ bytes, mimeType }) {
				asked += 1;
				const number = asked;
				yield { method: 'PUT', url: '/files', file: { bytes, mimeType } };
				return number > refusals
					? ok(`https://files.example/${number}`)
					: fail({ kind: 'serverError' as const, message: 'no', certainlyNotTaken: false });
			},
		},
	};
	const answer = { httpStatus: 200, headers: {}, body: {}, excerpt: '' };
	const { session, clock } = scripted({ provider });
	const transport = {
		...session.transport,
		read: async () => await Promise.resolve(ok(answer)),
	};
	return { session: { ...session, transport }, clock, asked: () => asked };
}

const address = async (
	uploads: ReturnType<typeof rememberUploads>,
	session: Session,
	one = file(),
) => valueOf(await uploads.addressOf(session, one));

test('the same file goes up once, also when two ask at once', async () => {
	const { session, asked } = storage();
	const uploads = rememberUploads({});
	const both = await Promise.all([address(uploads, session), address(uploads, session)]);
	expect([...both, await address(uploads, session)]).toEqual(
		Array.from({ length: 3 }, () => 'https://files.example/1'),
	);
	expect(asked()).toBe(1);
});

test.each([
	['another file', (session: Session) => ({ session, one: file('b') })],
	['another type', (session: Session) => ({ session, one: file('a', 'image/jpeg') })],
	[
		'another account',
		(session: Session) => ({
			session: { ...session, account: `${session.account} other` },
			one: file(),
		}),
	],
])('%s goes up by itself', async (_, other) => {
	const { session } = storage();
	const uploads = rememberUploads({});
	await address(uploads, session);
	const { session: account, one } = other(session);
	expect(await address(uploads, account, one)).toBe('https://files.example/2');
	expect(await address(uploads, session)).toBe('https://files.example/1');
});

test('a later try of the node finds it, for an hour', async () => {
	const { session, clock, asked } = storage();
	const nodeContext = {};
	await address(rememberUploads(nodeContext), session);
	await clock.sleep(60 * 60_000 - 1);
	// n8n stores the context as JSON.
	const kept = JSON.parse(JSON.stringify(nodeContext));
	expect(await address(rememberUploads(kept), session)).toBe('https://files.example/1');
	await clock.sleep(1);
	expect(await address(rememberUploads(kept), session)).toBe('https://files.example/2');
	expect(asked()).toBe(2);
	expect(Object.keys(kept.seedanceUploads)).toHaveLength(1);
});

test('what was noted in the future, or is no note, does not count', async () => {
	for (const entry of [{ address: 'https://x', at: 8.64e15 }, { address: 1 }, 'x', null]) {
		const { session } = storage();
		const nodeContext: Record<string, unknown> = {};
		await address(rememberUploads(nodeContext), session);
		const [key = ''] = Object.keys(Object(nodeContext.seedanceUploads));
		const spoilt = { seedanceUploads: { [key]: entry } };
		expect(await address(rememberUploads(spoilt), session)).toBe('https://files.example/2');
	}
});

test('a file that did not arrive is tried again, and no order was taken', async () => {
	const { session } = storage(1);
	const uploads = rememberUploads({});
	expect(errorOf(await uploads.addressOf(session, file()))).toMatchObject({
		kind: 'serverError',
		certainlyNotTaken: true,
	});
	expect(await address(uploads, session)).toBe('https://files.example/2');
});

test('a vendor without a storage says so', async () => {
	const { session } = scripted({});
	expect(errorOf(await rememberUploads({}).addressOf(session, file()))).toMatchObject({
		message: 'Apikley takes no files',
		certainlyNotTaken: true,
	});
});

test('large files are read one after the other, each when the one before is uploaded', async () => {
	const { session, asked } = storage();
	const uploads = rememberUploads({});
	const uploadedBefore: number[] = [];
	const large = (content: string) => ({
		async open() {
			uploadedBefore.push(asked());
			return await Promise.resolve({ ok: true as const, value: file(content) });
		},
	});
	const addresses = ['a', 'b', 'c'].map(
		async (content) => await uploads.addressOfLarge(session, large(content)),
	);
	expect(new Set((await Promise.all(addresses)).map(valueOf)).size).toBe(3);
	expect(uploadedBefore).toEqual([0, 1, 2]);
});

test('a large file that cannot be read costs the others nothing', async () => {
	const { session } = storage();
	const uploads = rememberUploads({});
	const fault = { kind: 'invalidInput', message: 'gone', certainlyNotTaken: true } as const;
	const lost = uploads.addressOfLarge(session, {
		open: async () => await Promise.resolve({ ok: false, error: fault }),
	});
	const thrown = uploads.addressOfLarge(session, {
		open: async () => await Promise.reject(new Error('broken')),
	});
	const good = uploads.addressOfLarge(session, {
		open: async () => await Promise.resolve({ ok: true, value: file() }),
	});
	await expect(thrown).rejects.toThrow('broken');
	expect(await lost).toEqual({ ok: false, error: fault });
	expect(await good).toMatchObject({ ok: true });
});
