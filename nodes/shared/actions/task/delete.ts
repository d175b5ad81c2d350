import { fail, ok } from '../../domain/result';
import { converse } from '../../domain/vendor';
import { toVendorReference } from '../../tasks/look';
import { problemOfFault } from '../../tasks/problems';
import { readReference } from './asked';
import type { TaskOperation } from './operation';
import { problemOfUnsupported } from './problems';

/** Removes the vendor's record of a task. */
export const deleteTask: TaskOperation = {
	takesOthers: false,
	async run(node, session, itemIndex) {
		const reference = readReference(node, session, itemIndex, deleteTask);
		if (!reference.ok) return reference;
		const { provider, transport } = session;
		const { taskId } = reference.value;
		if (provider.vendor.delete === undefined) {
			return fail(problemOfUnsupported(provider, 'delete a task'));
		}
		const dialogue = provider.vendor.delete(toVendorReference(session, reference.value));
		const removed = await converse(transport, dialogue);
		return removed.ok
			? ok({ json: { taskId, deleted: true } })
			: fail(problemOfFault(provider, removed.error, reference.value));
	},
	outcomeOf(result) {
		const message = 'The task was deleted with Seedance Task.';
		return result.ok ? ok({ json: { status: 'cancelled', failure: { message } } }) : undefined;
	},
};
