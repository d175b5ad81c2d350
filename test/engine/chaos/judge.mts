import type { INodeExecutionData } from 'n8n-workflow';
import { isObject } from '../../../nodes/shared/domain/json.ts';
import { ownVideoAt } from '../../../sandbox/media.mts';
import { sampleVideo } from '../../../sandbox/media/embedded.mts';
import type { RecordedRequest, Sandbox, SandboxTask, VendorId } from '../../../sandbox/types.mts';
import { imageOf, imageUrlOf, labelOf, type Outcome } from './play.mts';
import { doubtAfter, TASK_ELSEWHERE } from './weather.mts';
import type { World } from './world.mts';

/** What became of the items, each counted once. */
export interface Told {
	/** With its own video, in its row or at a trigger. */
	video: number;
	/** "may have been accepted". */
	unsure: number;
	/** Another error, in its own row. */
	error: number;
	/** No row: the user has left it at a failed execution. */
	givenUp: number;
	/** A row of a task of which nobody heard the end. */
	open: number;
}

interface Verdict {
	told: Told;
	/** Vendors, modes and sources of which some item has its video. */
	seen: Set<string>;
	/** In words, what must not be. */
	wrong: string[];
}

const labelPattern = /<\d+-\d+>/;

function byLabel<T>(all: readonly T[], textOf: (one: T) => string): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const one of all) {
		const label = labelPattern.exec(textOf(one))?.[0] ?? '';
		groups.set(label, [...(groups.get(label) ?? []), one]);
	}
	return groups;
}

/** Holds what the items got against what the vendors have taken, made and heard. */
export function judge(
	outcomes: readonly Outcome[],
	{ sandbox, world, log }: { sandbox: Sandbox; world: World; log: string },
): Verdict {
	const told: Told = { video: 0, unsure: 0, error: 0, givenUp: 0, open: 0 };
	const wrong: string[] = [];
	const seen = new Set<string>();
	const tasks = byLabel(sandbox.tasks(), ({ createBody }) => JSON.stringify(createBody));
	const orders = byLabel(
		sandbox.requests.filter(({ operation }) => operation === 'create'),
		({ rawBody }) => rawBody,
	);
	const delivered = byLabel(world.started, ({ json }) => JSON.stringify(json.context ?? ''));
	for (const outcome of outcomes) {
		const { run, vendor, mode, source, items, rows, errorText } = outcome;
		const name = `run ${run} (${vendor}, ${mode}, ${source})`;
		if (rows.length !== items.length && errorText === '')
			wrong.push(`${name}: ${rows.length} rows`);
		for (const index of items.keys()) {
			const label = labelOf(run, index);
			const verdict = judgeItem({
				sandbox,
				outcome,
				index,
				label,
				tasks: (tasks.get(label) ?? []).toSorted((a, b) => a.createdAt - b.createdAt),
				orders: orders.get(label) ?? [],
				delivered: delivered.get(label) ?? [],
				world,
				log,
			});
			told[verdict.end] += 1;
			if (verdict.end === 'video') [vendor, mode, source].forEach((one) => seen.add(one));
			wrong.push(...verdict.wrong.map((what) => `${name} ${label}: ${what}`));
		}
	}
	return { told, seen, wrong };
}

interface Item {
	sandbox: Sandbox;
	outcome: Outcome;
	index: number;
	label: string;
	/** Oldest first, as the orders. */
	tasks: SandboxTask[];
	orders: RecordedRequest[];
	delivered: INodeExecutionData[];
	world: World;
	/** n8n's. */
	log: string;
}

function judgeItem(item: Item): { end: keyof Told; wrong: string[] } {
	const { outcome, index, label, tasks, orders, delivered, log } = item;
	const { rows, errorText, ledger, everything, kills, mode, downloads } = outcome;
	const wrong: string[] = [];
	const check = (isRight: boolean, what: string) => {
		if (!isRight) wrong.push(what);
	};
	const row = rows[index];
	const last = tasks.at(-1);

	for (const [nth, task] of tasks.entries()) {
		const after = tasks[nth + 1];
		const isReplaced = task.failure !== undefined && task.finishesAt <= (after?.createdAt ?? 0);
		check(after === undefined || isReplaced, 'ordered twice');
	}
	for (const [nth, order] of orders.slice(0, -1).entries()) {
		const nextAt = orders[nth + 1]?.receivedAt ?? Infinity;
		// The vendor's own list may have told which task it was, and that one may have failed meanwhile.
		const isSettled = tasks.some(
			({ createdAt, failure, finishesAt }) =>
				createdAt >= order.receivedAt &&
				createdAt < nextAt &&
				failure !== undefined &&
				finishesAt <= nextAt,
		);
		check(
			doubtAfter(order) !== 'certain' || isSettled,
			'ordered again after an answer that leaves it open',
		);
	}

	const states = ledger.filter(({ prompt }) => String(prompt).includes(label));
	const isUnsure =
		String(row?.json.error).includes('may have accepted') ||
		errorText.includes(`[item ${index}] no task (mayHaveBeenAccepted)`);
	const mayBeUnsure = kills > 0 || orders.some((order) => doubtAfter(order) !== 'none');
	check(!isUnsure || mayBeUnsure, '"may have been accepted" without a reason');
	const lastOrder = orders.at(-1);
	const isOpen = lastOrder !== undefined && doubtAfter(lastOrder) === 'certain';
	const isDenied = JSON.stringify(row?.json.failure ?? '').includes('Nothing was submitted');
	check(!isOpen || !isDenied, '"Nothing was submitted", and nobody can know');

	// What the user has before him. Of a task that has failed, a try that was killed or ordered it anew
	// has told at the time, if only n8n's log or the ledger.
	const shown = [row?.json ?? '', errorText, delivered.map(({ json }) => json)];
	for (const task of tasks) {
		const isShown = task === last && JSON.stringify(shown).includes(task.taskId);
		const before = `${everything} ${log} ${JSON.stringify(delivered)}`;
		const isToldBefore = task.failure !== undefined && before.includes(task.taskId);
		check(isShown || isToldBefore || isUnsure, `task ${task.taskId} is lost`);
		const written = JSON.stringify(states);
		// Ordered anew, and told of a task that no vendor has made.
		const isReplaced = task.failure !== undefined && written.includes(TASK_ELSEWHERE);
		const isWritten = task !== last || isReplaced || written.includes(task.taskId);
		check(isWritten || isUnsure, `task ${task.taskId} is not in the ledger`);
		if (task.failure === undefined) wrong.push(...problemOfImage(item, task));
	}

	if (row?.pairedItem !== undefined) {
		const { pairedItem } = row;
		check(isObject(pairedItem) && pairedItem.item === index, 'a row in the wrong place');
	}
	const rowTask = row?.json.taskId;
	if (rowTask !== undefined && rowTask !== TASK_ELSEWHERE) {
		check(rowTask === last?.taskId, "another item's task");
	}
	const isWhole = ({ binary }: INodeExecutionData) =>
		binary?.data?.data === sampleVideo.toString('base64');
	for (const { json, binary } of delivered) {
		check(binary === undefined || isWhole({ json, binary }), 'not the whole file at the trigger');
		const task = tasks.find(({ taskId }) => taskId === json.taskId);
		if (task === undefined && cannotBeTold(item, json.taskId)) continue;
		check(task !== undefined, "another item's task at the trigger");
		wrong.push(...problemOfVideo(item, json, task));
	}
	if (row !== undefined) wrong.push(...problemOfVideo(item, row.json, last));
	// A video that could not be downloaded is an error of a task that has succeeded.
	const isVideo = row?.json.status === 'succeeded' && row.json.error === undefined;
	if (isVideo && downloads && (mode === 'wait' || mode === 'pause')) {
		check(isWhole(row), 'not the whole file');
	}
	const isDelivered = delivered.some(
		({ json }) => json.status === 'succeeded' && tasks.some(({ taskId }) => taskId === json.taskId),
	);
	return { end: endOf(), wrong };

	function endOf(): keyof Told {
		if (isVideo || isDelivered) return 'video';
		if (isUnsure) return 'unsure';
		if (row === undefined) return 'givenUp';
		const isFailed = delivered.some(({ json }) => json.status === 'failed');
		return row.json.error !== undefined || isFailed ? 'error' : 'open';
	}
}

/** Vendors in whose record of a task the callback URL does not stand. */
const withoutUrl: readonly VendorId[] = ['byteplus', 'volcengine', 'fal'];

/**
 * A task that no ledger names may be the first one of any order that was made anew, so that a vendor's
 * call about it at the URL of another order is as good as a true one.
 */
const cannotBeTold = ({ world, outcome }: Item, taskId: unknown): boolean =>
	withoutUrl.includes(outcome.vendor) && world.unnamed.has(taskId);

/** A video belongs to the task by its address. */
function problemOfVideo(
	{ sandbox }: Item,
	{ videoUrl }: INodeExecutionData['json'],
	task: SandboxTask | undefined,
): string[] {
	if (videoUrl === undefined) return [];
	const { origin, pathname } = new URL(String(videoUrl));
	const encodedId = encodeURIComponent(task?.taskId ?? '');
	const atVendor = ownVideoAt(pathname);
	const isOwn =
		atVendor === undefined
			? pathname === `/media/${encodedId}.mp4`
			: atVendor.encodedId === encodedId && atVendor.vendor === task?.vendor;
	return origin === new URL(sandbox.url).origin && isOwn ? [] : ["another task's video"];
}

/** The image that the vendor got must be the item's own. */
function problemOfImage(
	{ sandbox, outcome, label, world }: Item,
	{ createBody }: SandboxTask,
): string[] {
	if (outcome.source === 'text') return [];
	const body = JSON.stringify(createBody);
	const own = imageOf(label);
	if (outcome.source === 'imageUrl') {
		return body.includes(imageUrlOf(label)) ? [] : ["not the item's image"];
	}
	const [, inline] = /data:image\/png;base64,([^"]+)/.exec(body) ?? [];
	const sent = inline === undefined ? sandbox.uploadNamedIn(body) : Buffer.from(inline, 'base64');
	const isOwn = sent?.equals(own) === true || body.includes(world.elsewhereUrl);
	return isOwn ? [] : ["not the item's file"];
}
