import { fail, ok } from '../../../nodes/shared/domain/result';
import { endsOf } from '../../../nodes/shared/tasks/ends';
import { deriveCallbackKey, withCallbackToken } from '../../../nodes/shared/tasks/callbackToken';
import { endsInLedger, outcomeNames, type OutcomeName } from '../fakes/ends.mts';
import { LEDGER, ledgerWith } from '../fakes/ledger.mts';
import { FakeN8n, submittedTask, TRIGGER_URL } from '../fakes/n8n.mts';
import { minutes } from '../fakes/time.mts';
import { mediaError, videoUrlOf } from '../fakes/vendor.mts';

afterEach(() => jest.restoreAllMocks());

const SECRET = 'a long callback secret';

function n8nWhere(outcome: OutcomeName): FakeN8n {
	const n8n = new FakeN8n();
	n8n.credential = { apiKey: 'sk-12345', callbackSecret: SECRET };
	n8n.tables = ledgerWith('t0');
	n8n.vendor.set('t0', outcome === 'downloadFailed' ? 'succeeded' : outcome);
	if (outcome === 'downloadFailed') {
		n8n.vendor.media.set(videoUrlOf('t0'), () => mediaError(403));
	}
	return n8n;
}

const rowIn = (n8n: FakeN8n) => n8n.tables?.rows(LEDGER)[0];

describe.each(outcomeNames)('%s stands in the ledger alike, written by', (outcome) => {
	test.each(['continueRegularOutput', 'stopWorkflow'] as const)(
		'the delivery into a paused execution (%s)',
		async (onError) => {
			const n8n = n8nWhere(outcome);
			n8n.track();
			await n8n.pause([submittedTask('t0', { ledger: { table: LEDGER, key: 't0' } })], {
				node: { onError },
			});
			await n8n.time.pass(minutes(5));
			expect(rowIn(n8n)).toMatchObject(endsInLedger[outcome]);
		},
	);

	test('the trigger', async () => {
		const n8n = n8nWhere(outcome);
		const url = withCallbackToken(TRIGGER_URL, deriveCallbackKey(SECRET), {
			nonce: 'nonce-1',
			audience: 'hook-1/seedance',
			issuedAt: n8n.time.now(),
			model: 'm',
			taskId: 't0',
			ledger: { table: LEDGER, key: 't0' },
		});
		await n8n.time.run(n8n.receive(url, { body: {} }));
		expect(rowIn(n8n)).toMatchObject(endsInLedger[outcome]);
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
