import {
	hintAboutVideos,
	hintThatChainWaits,
	hintThatEndsAreNotNoted,
	hintThatNoCallReaches,
} from '../../../nodes/shared/actions/hints';
import { ok } from '../../../nodes/shared/domain/result';
import type { LedgerReference } from '../../../nodes/shared/tasks/ledger';
import { providerOf } from '../helpers.mts';
import { modelId, scripted, taskId } from '../tasks/session.mts';

const local = 'http://localhost:5678/webhook/abc/seedance';

function hintsOf(
	url: string,
	{
		vendor = 'apikley',
		baseUrl = 'https://api.apikley.ru',
		isTrigger = true,
		items = 1,
		isSecret = true,
		ledger = undefined as LedgerReference | undefined,
		hintThat = hintThatNoCallReaches,
	} = {},
): string[] {
	const hints: string[] = [];
	const session = { ...scripted().session, provider: providerOf(vendor), baseUrl };
	const submitted = Array.from({ length: items }, (_, itemIndex) => ({
		itemIndex,
		origin: { provider: vendor, model: modelId },
		result: ok({
			session,
			task: { taskId, status: 'queued' as const },
			submittedAt: 0,
			modelId,
			waiting: { timeoutMinutes: 30 },
			output: { raw: false },
			target: { url, isTrigger, key: { key: Buffer.from('key'), isSecret }, context: undefined },
			ledger,
		}),
	}));
	hintThat({ hint: (message) => void hints.push(message) }, submitted);
	return hints;
}

describe('a vendor in the internet cannot call an address in this network', () => {
	test('which is said once for all items, with the remedy and what happens meanwhile', () => {
		expect(hintsOf(local, { items: 3 })).toEqual([
			"Apikley cannot call http://localhost:5678 from the internet. Set WEBHOOK_URL to the public address of this n8n and use the trigger's Production URL. Until then n8n looks at the task itself, which takes up to a minute longer.",
		]);
		expect(hintsOf('http://192.168.1.7/hook', { isTrigger: false })).toEqual([
			expect.stringContaining('Until then nobody reports the end of the task.'),
		]);
	});

	test.each([
		['the address is public', hintsOf('https://n8n.example.com/webhook/abc/seedance')],
		['the vendor calls nobody', hintsOf(local, { vendor: 'modellix' })],
		['the vendor stands here, too', hintsOf(local, { baseUrl: 'http://127.0.0.1:4010/apikley' })],
	])('but not where %s', (_why, hints) => {
		expect(hints).toEqual([]);
	});
});

describe('a trigger that cannot believe what a token says of a ledger', () => {
	const ledger = { table: 'ledger', key: 'k' };
	const given = { isSecret: false, ledger, hintThat: hintThatEndsAreNotNoted };

	test('says so once, with the remedy', () => {
		expect(hintsOf(local, { ...given, items: 3 })).toEqual([
			expect.stringMatching(/^The Seedance Trigger does not write .*'Callback Secret'/),
		]);
	});

	test.each([
		['there is none', { ledger: undefined }],
		['the credential has a secret', { isSecret: true }],
		['nobody is a trigger', { isTrigger: false }],
	])('but not where %s', (_why, changed) => {
		expect(hintsOf(local, { ...given, ...changed })).toEqual([]);
	});
});

test('of several addresses that stop working, the one that does so first is told', () => {
	const hints: string[] = [];
	const ends = ['2026-11-21T12:00:00.000Z', '2026-11-21T10:01:00.000Z', '2026-11-22T00:00:00.000Z'];
	hintAboutVideos(
		{ hint: (message) => void hints.push(message) },
		ends.map((expiresAt, itemIndex) => ({
			itemIndex,
			origin: { provider: 'byteplus', model: modelId },
			result: ok({ json: { expiresAt } }),
		})),
	);
	expect(hints).toEqual([
		expect.stringMatching(/^The first of the addresses .* stops working at 2026-11-21 10:01 UTC\./),
	]);
});

test.each([
	['pause', 'did not pause the execution'],
	['notify', 'notified no trigger'],
	['submit', 'did not hand the tasks on at once'],
] as const)('a chain that was to %s says that it has waited', (completion, instead) => {
	const hints: string[] = [];
	hintThatChainWaits({ hint: (message) => void hints.push(message) }, completion);
	expect(hints).toEqual([
		expect.stringContaining(`The node waited while running and ${instead}: `),
	]);
});
