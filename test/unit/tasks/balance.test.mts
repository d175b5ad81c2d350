import { ok } from '../../../nodes/shared/domain/result';
import type { VendorApi } from '../../../nodes/shared/domain/vendor';
import { requireBalance } from '../../../nodes/shared/tasks/balance';
import { answer, errorOf, providerOf } from '../helpers.mts';
import { scripted } from './session.mts';

function account(balances: number[]) {
	const vendor: VendorApi = {
		...providerOf('apikley').vendor,
		*balance() {
			const { body } = yield { method: 'GET', url: '/balance' };
			return ok({ balance: Number(body) });
		},
	};
	const looks = balances.map((balance) => ok({ ...answer({}), body: balance }));
	return scripted({ provider: { ...providerOf('apikley'), vendor }, looks });
}

test('a balance counts for the orders of ten seconds', async () => {
	const { session, asked, clock } = account([100, 5]);
	for (let order = 0; order < 3; order++)
		expect(await requireBalance(session, 50)).toEqual(ok(undefined));
	clock.pass(9_999);
	expect((await requireBalance(session, 50)).ok).toBe(true);
	expect(asked).toHaveLength(1);
	clock.pass(1);
	expect(errorOf(await requireBalance(session, 50)).kind).toBe('insufficientCredits');
	expect(asked).toHaveLength(2);
});
