import { withoutUndefined } from '../../domain/json';
import { fail } from '../../domain/result';
import { readInputFields, readOutputRules } from '../../orders/parameters';
import { isForGood, isLongAgo, look } from '../../tasks/look';
import { problemOfFault, problemOfLongAgo } from '../../tasks/problems';
import { collect } from '../run';
import { readOrderedAt, readReference } from './asked';
import { outcomeOfLook } from './ends';
import type { TaskOperation } from './operation';

/** Looks at a task once, and fetches its video where it has ended. */
export const get: TaskOperation = {
	takesOthers: true,
	async run(node, session, itemIndex) {
		const reference = readReference(node, session, itemIndex, get);
		if (!reference.ok) return reference;
		const { provider, providerId, clock } = session;
		const looked = await look(session, reference.value);
		if (!looked.ok) {
			const orderedAt = readOrderedAt(node, session, itemIndex);
			const isLost = orderedAt !== undefined && isLongAgo({ submittedAt: orderedAt }, clock.now());
			const last = { ...reference.value, status: 'queued' as const };
			return fail(
				isLost && isForGood(looked.error)
					? problemOfLongAgo(provider, last, looked.error)
					: problemOfFault(provider, looked.error, reference.value),
			);
		}
		const input = readInputFields(node, itemIndex);
		const origin = withoutUndefined({
			provider: providerId,
			model: reference.value.modelId,
			input,
		});
		const output = readOutputRules(node, itemIndex);
		return await collect(node, session, looked.value, origin, output);
	},
	outcomeOf: outcomeOfLook,
};
