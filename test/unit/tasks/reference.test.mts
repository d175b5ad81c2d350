import {
	deriveReferenceKey,
	ledgerWithProof,
	readTold,
	withProof,
} from '../../../nodes/shared/tasks/reference';
import { deriveCallbackKey } from '../../../nodes/shared/tasks/callbackToken';

const key = deriveReferenceKey('sk-12345');
const origin = { provider: 'fal', model: 'a/b', taskId: 't' };
const urls = { status: 'https://v/requests/t/status', cancel: 'https://v/requests/t/cancel' };
const reference = { table: 'orders', key: 'o.0.w.1.i' };

const row = () => ({
	taskId: 't',
	provider: 'fal',
	model: 'a/b',
	taskUrls: withProof(key, origin, urls),
	ledger: ledgerWithProof(key, origin, { reference }),
});

test('a row of this package is believed, in whatever order its fields come back', () => {
	const { taskUrls, ...rest } = JSON.parse(JSON.stringify(row()));
	const turned = Object.fromEntries(Object.entries(taskUrls as object).toReversed());
	expect(readTold({ ...rest, taskUrls: turned, more: 1 }, origin, key)).toEqual({
		provider: 'fal',
		model: 'a/b',
		isModelProven: true,
		taskUrls: row().taskUrls,
		ledger: { reference, orderedAt: undefined },
	});
});

test.each([
	['another vendor', row(), { provider: 'kie', taskId: 't' }, key],
	['another credential', row(), origin, deriveReferenceKey('sk-67890')],
	['no key', row(), origin, undefined],
	['another model', { ...row(), model: 'a/c' }, origin, key],
	['no model', { ...row(), model: undefined }, origin, key],
])('with %s nothing is', (_, given, whose, known) => {
	const told = readTold(given, whose, known);
	expect(told).toMatchObject({ isModelProven: false });
	expect([told.taskUrls, told.ledger]).toEqual([undefined, undefined]);
});

test('another task’s row lends its model alone', () => {
	expect(readTold(row(), { provider: 'fal', taskId: 'u' }, key)).toEqual({
		model: 'a/b',
		isModelProven: false,
	});
});

test('one proof is no other’s', () => {
	const { taskUrls, ledger } = row();
	const swapped = {
		...row(),
		taskUrls: { ...urls, proof: ledger.proof },
		ledger: { ...reference, proof: taskUrls?.proof },
	};
	expect(readTold(swapped, origin, key)).toMatchObject({ isModelProven: false });
	const more = { ...row(), ledger: undefined, taskUrls: { ...taskUrls, response: 'https://v/x' } };
	expect(readTold(more, origin, key).taskUrls).toBeUndefined();
});

test.each([7, null, 'x', [], { ledger: 7, taskUrls: [1], model: {}, taskId: {} }])(
	'any shape can be read: %j',
	(given) => {
		const told = readTold(Object(given), origin, key);
		expect(told).toMatchObject({ model: '', isModelProven: false });
	},
);

test('the key is of its own, and an empty secret makes none', () => {
	expect(key).not.toEqual(deriveCallbackKey('sk-12345'));
	expect(deriveReferenceKey('')).toBeUndefined();
	expect(withProof(undefined, origin, urls)).toBe(urls);
	expect(ledgerWithProof(undefined, origin, { reference })).toEqual(reference);
});
