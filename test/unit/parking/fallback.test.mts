import { deriveCallbackKey } from '../../../nodes/shared/tasks/callbackToken';
import {
	FakeHost,
	keyOf,
	queryOf,
	submittedTask,
	type Execution,
	type SubmittedItem,
} from '../fakes/host.mts';
import { minutes } from '../fakes/time.mts';
import { videoOf } from '../fakes/vendor.mts';

const refusedBy = [{ provider: 'apikley', model: 'm', code: '402', message: 'no credits' }];

/** One task at the node's own vendor, and one at the vendor that has stood in for it. */
async function pausedAtTwo({ isWatched = true } = {}) {
	const host = new FakeHost();
	host.parksAndDies = !isWatched;
	host.track();
	host.vendor.set('own', 'running');
	host.second.set('other', 'running');
	const other = submittedTask('other', { itemIndex: 1, provider: 'modellix' });
	const items: SubmittedItem[] = [
		submittedTask('own'),
		{ ...other, origin: { ...other.origin, refusedBy } },
	];
	return { host, parent: await host.pause(items) };
}

const tasksOf = ({ rows = [] }: Execution) =>
	rows.map(({ json }) => [json.taskId, json.provider, json.status ?? json.error]);

describe('A wait for tasks at two vendors', () => {
	test.each([true, false])('ends with both videos (watched: %s)', async (isWatched) => {
		const { host, parent } = await pausedAtTwo({ isWatched });
		await host.time.pass(minutes(3));
		host.vendor.set('own', 'succeeded');
		await host.time.pass(minutes(6));
		expect(parent.state).toBe('waiting');
		host.second.set('other', 'succeeded');
		await host.time.pass(minutes(isWatched ? 2.5 : 6));
		expect(parent.state).toBe('success');
		expect(tasksOf(parent)).toEqual([
			['own', 'apikley', 'succeeded'],
			['other', 'modellix', 'succeeded'],
		]);
		const [own, other] = parent.rows ?? [];
		expect(own?.json).not.toHaveProperty('refusedBy');
		expect(other?.json.refusedBy).toEqual(refusedBy);
		expect(host.filesOf(parent)).toEqual([`${videoOf('own')}`, `${videoOf('other')}`]);
		expect(host.vendor.looks).not.toContain('other');
		expect(host.second.looks).not.toContain('own');
	});

	test('ends for one of them when its credential is gone, and brings the other', async () => {
		const { host, parent } = await pausedAtTwo();
		parent.node.onError = 'continueRegularOutput';
		host.credentials.set('seedanceModellixApi', undefined);
		await host.time.pass(minutes(8));
		expect(parent.state).toBe('waiting');
		host.vendor.set('own', 'succeeded');
		await host.time.pass(minutes(4));
		expect(tasksOf(parent)).toEqual([
			['own', 'apikley', 'succeeded'],
			['other', 'modellix', expect.stringContaining('does not exist')],
		]);
		expect(parent.rows?.[1]?.json.failure).toMatchObject({ code: 'noAccess' });
	});

	test('is called when the first of them is due', async () => {
		const host = new FakeHost();
		host.parksAndDies = true;
		host.vendor.set('own', 'running');
		host.second.set('other', 'running');
		const rules = { submittedAt: host.time.now() - minutes(90), timeoutMinutes: 1000 };
		const parent = await host.pause([
			submittedTask('own', rules),
			submittedTask('other', { itemIndex: 1, provider: 'modellix' }),
		]);
		host.parksAndDies = false;
		// 270 s for the first one alone.
		expect((await host.look(parent)).body.retryAfterSeconds).toBe(240);
	});

	test('a credential that comes back is used again', async () => {
		const { host, parent } = await pausedAtTwo();
		host.vendor.set('own', 'succeeded');
		host.second.set('other', 'succeeded');
		host.credentials.set('seedanceModellixApi', undefined);
		await host.time.pass(30_000);
		host.credentials.delete('seedanceModellixApi');
		await host.time.pass(minutes(5));
		expect(parent.state).toBe('success');
	});
});

test.each([
	['one vendor', 'apikley', keyOf, 'delivered'],
	['the other', 'modellix', keyOf, 'delivered'],
	['a vendor that has no task of it', 'fal', keyOf, 'refused'],
	['one vendor, who has made the token itself', 'apikley', ownKey, 'refused'],
])('a call of %s is taken or refused', async (_, provider, keyOfCall, state) => {
	const { host, parent } = await pausedAtTwo();
	host.vendor.set('own', 'succeeded');
	host.second.set('other', 'succeeded');
	const answer = await callAs(host, parent, provider, keyOfCall(parent));
	expect(answer.body.state).toBe(state);
});

test('a vendor is told nothing of the other one whose credential is gone', async () => {
	const { host, parent } = await pausedAtTwo({ isWatched: false });
	host.credentials.set('seedanceModellixApi', undefined);
	const { body } = await callAs(host, parent, 'apikley', keyOf(parent));
	expect(body).toMatchObject({ state: 'pending', message: 'Not finished yet' });
	expect((await host.look(parent)).body.message).toContain('does not exist');
});

/** A call of a vendor with the address that it was given. */
async function callAs(host: FakeHost, parent: Execution, provider: string, key: Buffer) {
	const query = queryOf(host.vendorsUrl(parent, { provider }, key));
	return await host.time.run(host.ring(parent, { query, body: {} }));
}

function ownKey(): Buffer {
	return deriveCallbackKey('sk-12345');
}
