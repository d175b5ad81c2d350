import { withoutUndefined } from '../../domain/json';
import type { Step } from '../../domain/problem';
import { fail, ok } from '../../domain/result';
import type { NodeInput, SessionOpener } from '../../host/readers';
import { itemIndexesOf, readingItem, readInputFields } from '../../orders/parameters';
import { mapParallel } from '../../tasks/parallel';
import type { Session } from '../../tasks/session';
import { openingOnce } from '../run';
import { askedFor, readNamed, readTask, type Asked } from './asked';

/** An input item, and whom its task is asked of. */
export interface TaskItem {
	itemIndex: number;
	asked: Asked;
}

/** All input items of an operation that asks about them one by one. */
export async function readItems(
	node: NodeInput & SessionOpener,
	home: Session,
	takesOthers: boolean,
): Promise<TaskItem[]> {
	const accounts = { home, open: openingOnce(node, home), takesOthers };
	return await mapParallel(itemIndexesOf(node), 1, async (itemIndex) => ({
		itemIndex,
		asked: await askedFor(node, accounts, itemIndex),
	}));
}

/** Works on an item; whatever goes wrong, its row names the task that it was given. */
export async function workOn<T>(
	node: NodeInput,
	{ itemIndex, asked: { account, session } }: TaskItem,
	work: (session: Session) => Promise<Step<T>>,
) {
	// Each by itself: what is wrong with one expression does not hide the task.
	const task = await readingItem(async () => ok(readTask(node, account, itemIndex)));
	const named = await readingItem(async () => ok(readNamed(node, account, itemIndex)));
	const origin = withoutUndefined({
		provider: account.providerId,
		model: named.ok ? named.value.modelId : '',
		input: readInputFields(node, itemIndex),
	});
	const result = session.ok ? await readingItem(async () => await work(session.value)) : session;
	if (result.ok || !task.ok || task.value.taskId === '') return { itemIndex, origin, result };
	const { taskId, told } = task.value;
	const known = withoutUndefined({ taskId, taskUrls: told.taskUrls });
	return { itemIndex, origin, result: fail({ ...result.error, ...known }) };
}
