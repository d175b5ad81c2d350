import { fail, ok } from '../../../nodes/shared/domain/result';
import { deriveCallbackKey } from '../../../nodes/shared/tasks/callbackToken';
import { endsOf } from '../../../nodes/shared/tasks/ends';
import { endsInLedger, outcomeNames, type OutcomeName } from '../fakes/ends.mts';
import { LEDGER, ledgerWith } from '../fakes/ledger.mts';
import { FakeHost, submittedTask } from '../fakes/host.mts';
import { minutes } from '../fakes/time.mts';
import { mediaError, videoUrlOf } from '../fakes/vendor.mts';

const SECRET = 'a long callback secret';

function hostWhere(outcome: OutcomeName): FakeHost {
	const host = new FakeHost();
	host.credential = { apiKey: 'sk-12345', callbackSecret: SECRET };
	host.tables = ledgerWith('t0');
	host.vendor.set('t0', outcome === 'downloadFailed' ? 'succeeded' : outcome);
	if (outcome === 'downloadFailed') {
		host.vendor.media.set(videoUrlOf('t0'), () => mediaError(403));
	}
	return host;
}

const rowIn = (host: FakeHost) => host.tables?.rows(LEDGER)[0];

describe.each(outcomeNames)('%s stands in the ledger alike, written by', (outcome) => {
	test.each(['continueRegularOutput', 'stopWorkflow'] as const)(
		'the delivery into a paused execution (%s)',
		async (onError) => {
			const host = hostWhere(outcome);
			host.track();
			await host.pause([submittedTask('t0', { ledger: { table: LEDGER, key: 't0' } })], {
				node: { onError },
			});
			await host.time.pass(minutes(5));
			expect(rowIn(host)).toMatchObject(endsInLedger[outcome]);
		},
	);

	test('the trigger', async () => {
		const host = hostWhere(outcome);
		const ledger = { table: LEDGER, key: 't0' };
		const url = host.triggerUrl({ taskId: 't0', ledger }, deriveCallbackKey(SECRET));
		await host.time.run(host.receive(url, { body: {} }));
		expect(rowIn(host)).toMatchObject(endsInLedger[outcome]);
	});
});

describe('Of several items', () => {
	const good = {
		result: ok({ json: { taskId: 'a', status: 'succeeded', videoUrl: 'https://v' } }),
	};
	const bad = {
		result: fail({
			kind: 'generationFailed' as const,
			message: 'No',
			description: 'Why',
			code: '500',
			status: 'failed' as const,
		}),
	};
	const running = { result: ok({ json: { taskId: 'a', status: 'running' } }) };

	test('the good ones have ended where they are put out, and the bad ones always', () => {
		const ended = (isThrownAway: boolean) =>
			endsOf([good, bad, running], { isThrownAway }).map(({ of, end }) => [of, end.status]);
		expect(ended(false)).toEqual([
			[good, 'succeeded'],
			[bad, 'failed'],
		]);
		expect(ended(true)).toEqual([[bad, 'failed']]);
	});
});
