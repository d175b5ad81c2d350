import type { Fault, Outcome } from '../domain/fault';
import { ORDER } from '../domain/limits';
import { option } from '../domain/ownParameters';
import { fail, ok, type Result } from '../domain/result';
import { converse, type Balance } from '../domain/vendor';
import type { Session } from './session';

interface Asked {
	at: number;
	answer: Promise<Outcome<Balance>>;
}

const asked = new WeakMap<Session, Asked>();

/**
 * Refuses while the account holds less than `minimum`, in the vendor's own unit, or does not say
 * what it holds. An answer counts for ten seconds.
 */
export async function requireBalance(
	session: Session,
	minimum: number,
): Promise<Result<void, Fault>> {
	const read = await balanceOf(session);
	if (!read.ok) {
		const message = `The balance could not be read: ${read.error.message}`;
		return fail({ ...read.error, message, certainlyNotTaken: true });
	}
	const { balance, unit = 'credits', currency = unit } = read.value;
	return balance >= minimum
		? ok(undefined)
		: fail({
				kind: 'insufficientCredits',
				message: `The balance is ${balance} ${currency}, and '${option.minimumBalance.label}' is ${minimum}`,
				vendorCode: 'belowMinimumBalance',
				certainlyNotTaken: true,
			});
}

async function balanceOf(session: Session): Promise<Outcome<Balance>> {
	const { provider, transport, clock } = session;
	const last = asked.get(session);
	if (last !== undefined && clock.now() - last.at < ORDER.balanceFreshMs) return await last.answer;
	const dialogue = provider.vendor.balance?.();
	const answer =
		dialogue === undefined
			? Promise.resolve(fail<Fault>(tellsNone(provider.label)))
			: converse(transport, dialogue);
	asked.set(session, { at: clock.now(), answer });
	const read = await answer;
	// What did not work is asked again by the next one.
	if (!read.ok && asked.get(session)?.answer === answer) asked.delete(session);
	return read;
}

const tellsNone = (label: string): Fault => ({
	kind: 'rejected',
	message: `${label} does not tell its balance: remove the option '${option.minimumBalance.label}'`,
	certainlyNotTaken: true,
});
