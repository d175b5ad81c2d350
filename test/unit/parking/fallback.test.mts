import {
	deriveCallbackKey,
	newNonce,
	withCallbackToken,
} from '../../../nodes/shared/tasks/callbackToken';
import {
	FakeN8n,
	keyOf,
	submittedTask,
	type Execution,
	type SubmittedItem,
} from '../fakes/n8n.mts';
import { minutes } from '../fakes/time.mts';
import { videoOf } from '../fakes/vendor.mts';

afterEach(() => jest.restoreAllMocks());

const refusedBy = [{ provider: 'apikley', model: 'm', code: '402', message: 'no credits' }];

/** One task at the node's own vendor, and one at the vendor that has stood in for it. */
async function pausedAtTwo({ isWatched = true } = {}) {
	const n8n = new FakeN8n();
	n8n.parksAndDies = !isWatched;
	n8n.track();
	n8n.vendor.set('own', 'running');
	n8n.second.set('other', 'running');
	const other = submittedTask('other', { itemIndex: 1, provider: 'modellix' });
	const items: SubmittedItem[] = [
		submittedTask('own'),
		{ ...other, origin: { ...other.origin, refusedBy } },
	];
	return { n8n, parent: await n8n.pause(items) };
}

const tasksOf = ({ rows = [] }: Execution) =>
	rows.map(({ json }) => [json.taskId, json.provider, json.status ?? json.error]);

describe('A wait for tasks at two vendors', () => {
	test.each([true, false])('ends with both videos (watched: %s)', async (isWatched) => {
		const { n8n, parent } = await pausedAtTwo({ isWatched });
		await n8n.time.pass(minutes(3));
		n8n.vendor.set('own', 'succeeded');
		await n8n.time.pass(minutes(6));
		expect(parent.state).toBe('waiting');
		n8n.second.set('other', 'succeeded');
		await n8n.time.pass(minutes(isWatched ? 2.5 : 6));
		expect(parent.state).toBe('success');
		expect(tasksOf(parent)).toEqual([
			['own', 'apikley', 'succeeded'],
			['other', 'modellix', 'succeeded'],
		]);
		const [own, other] = parent.rows ?? [];
		expect(own?.json).not.toHaveProperty('refusedBy');
		expect(other?.json.refusedBy).toEqual(refusedBy);
		const videos = (parent.rows ?? []).map(({ binary }) =>
			n8n.files.get(binary?.data?.id ?? '')?.toString(),
		);
		expect(videos).toEqual([`${videoOf('own')}`, `${videoOf('other')}`]);
		expect(n8n.vendor.looks).not.toContain('other');
		expect(n8n.second.looks).not.toContain('own');
	});

	test('ends for one of them when its credential is gone, and brings the other', async () => {
		const { n8n, parent } = await pausedAtTwo();
		parent.node.onError = 'continueRegularOutput';
		n8n.credentials.set('seedanceModellixApi', undefined);
		await n8n.time.pass(minutes(8));
		expect(parent.state).toBe('waiting');
		n8n.vendor.set('own', 'succeeded');
		await n8n.time.pass(minutes(4));
		expect(tasksOf(parent)).toEqual([
			['own', 'apikley', 'succeeded'],
			['other', 'modellix', expect.stringContaining('does not exist')],
		]);
		expect(parent.rows?.[1]?.json.failure).toMatchObject({ code: 'noAccess' });
	});

	test('is called when the first of them is due', async () => {
		const n8n = new FakeN8n();
		n8n.parksAndDies = true;
		n8n.vendor.set('own', 'running');
		n8n.second.set('other', 'running');
		const rules = { submittedAt: n8n.time.now() - minutes(90), timeoutMinutes: 1000 };
		const parent = await n8n.pause([
			submittedTask('own', rules),
			submittedTask('other', { itemIndex: 1, provider: 'modellix' }),
		]);
		n8n.parksAndDies = false;
		// 270 s for the first one alone.
		expect((await n8n.look(parent)).body.retryAfterSeconds).toBe(240);
	});

	test('a credential that comes back is used again', async () => {
		const { n8n, parent } = await pausedAtTwo();
		n8n.vendor.set('own', 'succeeded');
		n8n.second.set('other', 'succeeded');
		n8n.credentials.set('seedanceModellixApi', undefined);
		await n8n.time.pass(30_000);
		n8n.credentials.delete('seedanceModellixApi');
		await n8n.time.pass(minutes(5));
		expect(parent.state).toBe('success');
	});
});

test.each([
	['one vendor', 'apikley', keyOf, 'delivered'],
	['the other', 'modellix', keyOf, 'delivered'],
	['a vendor that has no task of it', 'fal', keyOf, 'refused'],
	['one vendor, who has made the token itself', 'apikley', ownKey, 'refused'],
])('a call of %s is taken or refused', async (_, provider, keyOfCall, state) => {
	const { n8n, parent } = await pausedAtTwo();
	n8n.vendor.set('own', 'succeeded');
	n8n.second.set('other', 'succeeded');
	const answer = await callAs(n8n, parent, provider, keyOfCall(parent));
	expect(answer.body.state).toBe(state);
});

test('a vendor is told nothing of the other one whose credential is gone', async () => {
	const { n8n, parent } = await pausedAtTwo({ isWatched: false });
	n8n.credentials.set('seedanceModellixApi', undefined);
	const { body } = await callAs(n8n, parent, 'apikley', keyOf(parent));
	expect(body).toMatchObject({ state: 'pending', message: 'Not finished yet' });
	expect((await n8n.look(parent)).body.message).toContain('does not exist');
});

/** A call of a vendor with the address that it was given. */
async function callAs(n8n: FakeN8n, parent: Execution, provider: string, key: Buffer) {
	const url = 'http://n8n.test/webhook-waiting/101/seedance-delivery?signature=sig-101';
	const signed = withCallbackToken(url, key, {
		nonce: newNonce(),
		audience: '101/seedance-delivery',
		issuedAt: n8n.time.now(),
		provider,
	});
	const seedance = new URL(signed).searchParams.get('seedance') ?? '';
	return await n8n.time.run(n8n.ring(parent, { query: { seedance }, body: {} }));
}

function ownKey(): Buffer {
	return deriveCallbackKey('sk-12345');
}
