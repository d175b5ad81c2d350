import { toJson } from '../../domain/json';
import { fail, ok } from '../../domain/result';
import { converse, type Balance } from '../../domain/vendor';
import { problemOfFault } from '../../tasks/problems';
import type { TaskOperation } from './operation';
import { problemOfUnsupported } from './problems';

/** What is left on the account. */
export const getBalance: TaskOperation = {
	takesOthers: false,
	async run(_node, { provider, providerId, transport }) {
		if (provider.vendor.balance === undefined) {
			return fail(problemOfUnsupported(provider, 'ask for the balance'));
		}
		const read = await converse(transport, provider.vendor.balance());
		return read.ok
			? ok({ json: toJson({ provider: providerId, ...named(read.value) }) })
			: fail(problemOfFault(provider, read.error));
	},
};

/** A number alone says nothing: money is named by its currency. */
const named = ({ balance, currency, unit = currency }: Balance) => ({ balance, currency, unit });
