import { toJson } from '../../domain/json';
import { fail, ok } from '../../domain/result';
import { converse } from '../../domain/vendor';
import { toVendorReference } from '../../tasks/look';
import { problemOfFault } from '../../tasks/problems';
import { toRow } from '../../tasks/row';
import { readReference } from './asked';
import type { TaskOperation } from './operation';
import { problemOfUnsupported } from './problems';

/** Stops a task that has not ended. */
export const cancel: TaskOperation = {
	takesOthers: false,
	async run(node, session, itemIndex) {
		const reference = readReference(node, session, itemIndex, cancel);
		if (!reference.ok) return reference;
		const { provider, providerId, transport } = session;
		const { taskId, modelId, taskUrls } = reference.value;
		if (provider.vendor.cancel === undefined) {
			return fail(problemOfUnsupported(provider, 'cancel a task'));
		}
		const dialogue = provider.vendor.cancel(toVendorReference(session, reference.value));
		const report = await converse(transport, dialogue);
		if (!report.ok) return fail(problemOfFault(provider, report.error, reference.value));
		const task = { ...report.value, taskId, taskUrls };
		const origin = { provider: providerId, model: modelId };
		return ok({ json: toJson(toRow(task, origin, { raw: false })) });
	},
	// That a task could not be cancelled does not say what became of it.
	outcomeOf: (result) => (result.ok ? result : undefined),
};
