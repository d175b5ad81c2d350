import { isObject, withoutUndefined, writtenIn, type JsonObject } from '../../domain/json';
import { taskParameter } from '../../domain/ownParameters';
import type { Problem, Step } from '../../domain/problem';
import { findModel, type Provider } from '../../domain/provider';
import { fail, ok } from '../../domain/result';
import { isTaskId, type TaskReference } from '../../domain/task';
import type { NodeInput, SessionOpener } from '../../host/readers';
import { readEntries, readingItem, readText } from '../../orders/parameters';
import { findProvider, onlyVendor } from '../../providers';
import { problemOfForeignRow, problemOfInput } from '../../tasks/problems';
import { readTold, type ToldTask } from '../../tasks/reference';
import type { Session } from '../../tasks/session';

/** What is known of whom a node asks before anything is asked. */
export type Account = Pick<Session, 'providerId' | 'referenceKey'> &
	Partial<Pick<Session, 'provider'>>;

/** Whom the task of an item is asked of. */
export interface Asked {
	account: Account;
	/** Why the account cannot be asked, else the way to it. */
	session: Step<Session>;
	/** Where a trigger of this vendor is rung; undefined for the node's own vendor. */
	callbackUrl?: string;
}

/** Whom the rows of a node may be asked of: its own vendor, and those that the user has named beside it. */
export interface Accounts {
	home: Session;
	open: SessionOpener['openSession'];
	/** Whether the operation takes rows of other vendors at all. */
	takesOthers: boolean;
}

const askedOf = (session: Session): Asked => ({ account: session, session: ok(session) });

/**
 * Whom the task of an item is asked of: the vendor that its row names, where the user has named it in
 * the node, else the node's own. Nobody proves that word, but it chooses among the user's own accounts
 * only, and what else the row says has to be proven by that account's key.
 */
export async function askedFor(
	node: NodeInput,
	{ home, open, takesOthers }: Accounts,
	itemIndex: number,
): Promise<Asked> {
	if (!takesOthers) return askedOf(home);
	// What cannot be read is the problem of whoever works on the item.
	const named = await readingItem(async () => ok(otherOf(node, home, itemIndex)));
	if (!named.ok || named.value === undefined) return askedOf(home);
	const { provider, entry } = named.value;
	const opened = await open(provider);
	const account = opened.ok ? opened.value : { providerId: provider };
	return { account, session: opened, callbackUrl: writtenIn(entry.callbackUrl) };
}

/** The entry of the vendor that an item's row names. */
function otherOf(node: NodeInput, home: Session, itemIndex: number) {
	const { provider } = readTask(node, home, itemIndex).told;
	if (provider === undefined || provider === home.providerId) return undefined;
	const { name, entry: entries } = taskParameter.otherProviders;
	const others = readEntries(node, name, entries, itemIndex);
	const entry = others.find((other) => other.provider === provider);
	return entry && { provider, entry };
}

/** The task of an item; refused where another vendor has made it. */
export function readReference(
	node: NodeInput,
	session: Session,
	itemIndex: number,
	{ takesOthers }: Pick<Accounts, 'takesOthers'>,
): Step<TaskReference> {
	const { taskId, modelId, taskUrls, told } = readNamed(node, session, itemIndex);
	if (!isTaskId(taskId)) return fail(problemOfTaskId(taskId));
	// Another vendor may have stood in for the node's own, or another branch has ordered there.
	const maker = findProvider(told.provider);
	if (maker !== undefined && maker !== session.provider) {
		return fail(problemOfMaker(maker, session.provider, takesOthers, taskId));
	}
	if (maker === undefined && told.provider !== undefined && onlyVendor !== undefined) {
		return fail(problemOfForeignRow(told.provider, onlyVendor));
	}
	return ok(withoutUndefined({ taskId, modelId, taskUrls }));
}

function problemOfMaker(maker: Provider, asked: Provider, takesOthers: boolean, taskId: string) {
	const fix = takesOthers
		? `Add ${maker.label} under '${taskParameter.otherProviders.label}' in this node, and choose its credential.`
		: `Send the rows of ${maker.label} to a Seedance Task of its own, e.g. by a Switch on '{{ $json.provider }}'.`;
	return problemOfInput(
		`The task was made by ${maker.label}, and this node asks ${asked.label}`,
		`${fix} Task ID: ${taskId}.`,
	);
}

const problemOfTaskId = (taskId: string): Problem =>
	problemOfInput(
		`${taskParameter.taskId.label} ${taskId === '' ? 'must not be empty' : 'is not the ID of a task'}`,
		"Enter the ID that a Seedance node returned, e.g. with the expression '{{ $json.taskId }}'.",
	);

/** The task that the node's parameters name, and what the item says about it. */
interface NamedTask extends TaskReference {
	told: ToldTask;
}

/** The model is the option's, else the item's, where this package has written it or knows it. */
export function readNamed(node: NodeInput, account: Account, itemIndex: number): NamedTask {
	const { taskId, told } = readTask(node, account, itemIndex);
	const { providerId, provider = findProvider(providerId) } = account;
	const { model, isModelProven } = told;
	const isKnown = isModelProven || (provider && findModel(provider, model)) !== undefined;
	const modelId = readText(node, 'options.model', itemIndex) || (isKnown ? model : '');
	return { taskId, modelId, taskUrls: told.taskUrls, told };
}

/** The task of an item and what its row tells of it, for those who need not know its model. */
export function readTask(
	node: NodeInput,
	{ providerId, referenceKey }: Account,
	itemIndex: number,
): Pick<NamedTask, 'taskId' | 'told'> {
	const taskId = readText(node, 'taskId', itemIndex);
	const told = readTold(rowIn(node, itemIndex), { provider: providerId, taskId }, referenceKey);
	return { taskId, told };
}

/** When the row of a ledger says, with this package's own proof, that the task was ordered. */
export function readOrderedAt(
	node: NodeInput,
	session: Session,
	itemIndex: number,
): number | undefined {
	const { ledger } = readTask(node, session, itemIndex).told;
	const orderedAt = Date.parse(ledger?.orderedAt ?? '');
	return Number.isNaN(orderedAt) ? undefined : orderedAt;
}

/**
 * The submitting node's row in an item; on its error output it stands in `details`. A tool's item is
 * what a model has said, of which its parameters alone count.
 */
function rowIn(node: NodeInput, itemIndex: number): JsonObject {
	if (node.runsAsTool()) return {};
	const json: JsonObject = node.items()[itemIndex]?.json ?? {};
	const isError = json.taskId === undefined && typeof json.error === 'string';
	return isError && isObject(json.details) ? json.details : json;
}
