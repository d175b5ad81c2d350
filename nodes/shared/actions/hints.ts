import { isPublicAddress } from '../domain/address';
import { FILE, MEGABYTE } from '../domain/limits';
import { option, videoParameter } from '../domain/ownParameters';
import { FULL_PACKAGE } from '../domain/packages';
import type { Provider } from '../domain/provider';
import { asShown } from '../domain/words';
import type { Hints } from '../host/readers';
import type { ItemResult, Output } from '../host/rows';
import { commandsIn } from '../models/prompt';
import type { Submitted } from '../tasks/submit';

function hint(run: Hints, message: string, type: 'info' | 'warning' = 'info'): void {
	run.hint(asShown(message), type);
}

export function hintThatItWaited(run: Hints, reason: string): void {
	hint(run, `The node waited while running instead of pausing the execution. ${reason}`);
}

/** For a workflow that was moved here from the package of all vendors. */
export function hintThatNobodyStandsIn(run: Hints, { label }: Pick<Provider, 'label'>): void {
	hint(
		run,
		`This workflow names fallback providers, and this package asks ${label} alone: they were left out. ${FULL_PACKAGE} has all vendors. A node taken anew from the nodes panel names none.`,
		'warning',
	);
}

const waysToLeave = {
	pause: 'then paused the execution for the last ones',
	notify: 'and then left the last ones to the trigger',
	submit: 'and then left the last ones',
};

/** Because no more than so many videos may be in the works, a run had to wait although it need not. */
export function hintThatItTookTurns(
	run: Hints,
	limit: number,
	completion: keyof typeof waysToLeave,
): void {
	hint(
		run,
		`'${option.maxParallel.label}' is ${limit}: the node waited while running until all videos were ordered, ${waysToLeave[completion]}. Without that option it orders all of them at once.`,
	);
}

const waysNotTaken = {
	pause: 'did not pause the execution',
	notify: 'notified no trigger',
	submit: 'did not hand the tasks on at once',
};

/** Each clip of a chain is ordered when the one before has ended, so nobody else can wait for it. */
export function hintThatChainWaits(run: Hints, completion: keyof typeof waysNotTaken): void {
	hint(
		run,
		`The node waited while running and ${waysNotTaken[completion]}: with '${option.chainItems.label}', each clip is ordered when the one before has ended. For a chain that has to survive a restart of n8n, order the clips in a loop instead (example 04a).`,
	);
}

export function hintThatItHandsOn(run: Hints): void {
	hint(
		run,
		'The execution was ended after this node had handed on its videos. It hands on the same ones and orders nothing; to order new ones, run the workflow anew.',
	);
}

const waysToFetch = {
	notify: 'Leave Download Video on in the Seedance Trigger, or have it downloaded before.',
	submit: 'Have it downloaded before, e.g. by the node Seedance Task, operation Wait.',
};

/** For videos that nobody fetches here: what the vendor soon deletes has to be fetched in time. */
export function hintThatVideosGo(
	run: Hints,
	submitted: readonly Submitted[],
	completion: keyof typeof waysToFetch,
): void {
	const hints = submitted.flatMap(({ result }) => {
		if (!result.ok) return [];
		const { label, resultLifetimeMinutes: minutes } = result.value.session.provider;
		return minutes === undefined
			? []
			: `${label} deletes a video ${minutes} minutes after it is finished. ${waysToFetch[completion]}`;
	});
	for (const message of new Set(hints)) hint(run, message, 'warning');
}

/** `2026-11-27T12:14:49.000Z` as people read it: `2026-11-27 12:14 UTC`. */
const toMinute = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`;

/** Commands in prompts, of which nobody can know whether they or the node's own fields win. */
export function hintAboutCommands(run: Hints, prompts: readonly string[]): void {
	const commands = new Set(prompts.flatMap(commandsIn));
	if (commands.size === 0) return;
	hint(
		run,
		`A prompt holds ${[...commands].join(', ')}. The node sends its own fields, such as Aspect Ratio and Duration, beside the prompt; take the commands out of it, and set the fields.`,
		'warning',
	);
}

/** A vendor's schema that could not be used: what was ordered went out as it was written. */
export function hintAboutUnchecked(run: Hints, reasons: readonly string[]): void {
	for (const reason of new Set(reasons)) {
		hint(
			run,
			`What this model takes could not be read from the vendor, so its parameters went out unchecked. ${reason}.`,
			'warning',
		);
	}
}

/** What the rows do not show by themselves: until when an address works, and where files lie. */
export function hintAboutVideos(run: Hints, results: readonly ItemResult[]): void {
	const outputs = results.flatMap(({ result }) => (result.ok ? [result.value] : []));
	const ends = outputs.flatMap(({ json: { expiresAt }, binary }) =>
		typeof expiresAt === 'string' && binary === undefined ? [expiresAt] : [],
	);
	const [firstEnd] = ends.toSorted();
	if (firstEnd !== undefined) {
		const what = ends.length === 1 ? 'The address in' : 'The first of the addresses in';
		hint(
			run,
			`${what} 'videoUrl' stops working at ${toMinute(firstEnd)}. Switch on '${videoParameter.downloadVideo.label}', or fetch the file before.`,
		);
	}
	hintAboutLastFrames(run, outputs);
	const files = outputs.flatMap(({ binary = {} }) => Object.values(binary));
	const inMemory = files.filter(({ id }) => id === undefined);
	const bytes = inMemory.reduce((sum, { data }) => sum + (data.length * 3) / 4, 0);
	if (bytes < FILE.manyBytesInMemory) return;
	hint(
		run,
		`n8n holds ${Math.round(bytes / MEGABYTE)} MB of files in memory and in this execution's data. Set N8N_DEFAULT_BINARY_DATA_MODE to 'filesystem', so that videos are streamed to disk.`,
		'warning',
	);
}

function hintAboutLastFrames(run: Hints, outputs: readonly Output[]): void {
	const problems = outputs.flatMap(({ json: { lastFrameProblem } }) => lastFrameProblem ?? []);
	const [first] = problems;
	if (first === undefined) return;
	const what = problems.length === 1 ? 'A last frame is' : `${problems.length} last frames are`;
	hint(
		run,
		`${what} missing; the videos are there. Reason: ${String(first)}. Seedance Task, operation Get, tries again with the task ID and costs nothing.`,
		'warning',
	);
}

/**
 * Where the vendor is told to call an address that only means something in this network. Not where
 * the vendor itself stands in this network, as the sandbox does.
 */
export function hintThatNoCallReaches(run: Hints, submitted: readonly Submitted[]): void {
	const hints = submitted.flatMap(({ result }) => {
		if (!result.ok || result.value.target === undefined) return [];
		const { session, target } = result.value;
		const { provider, baseUrl } = session;
		const calls = provider.vendor.callbacks !== undefined && isPublicAddress(baseUrl);
		if (!calls || isPublicAddress(target.url)) return [];
		const remedy = `Set WEBHOOK_URL to the public address of this n8n and use the trigger's Production URL.`;
		const meanwhile = target.isTrigger
			? 'Until then n8n looks at the task itself, which takes up to a minute longer.'
			: 'Until then nobody reports the end of the task.';
		return `${provider.label} cannot call ${new URL(target.url).origin} from the internet. ${remedy} ${meanwhile}`;
	});
	for (const message of new Set(hints)) hint(run, message, 'warning');
}

/**
 * Where the vendor could sign a token itself, the trigger writes nothing into the table that a token
 * names.
 */
export function hintThatEndsAreNotNoted(run: Hints, submitted: readonly Submitted[]): void {
	const labels = submitted.flatMap(({ result }) => {
		if (!result.ok || result.value.ledger === undefined) return [];
		const { session, target } = result.value;
		return target?.isTrigger && !target.key.isSecret ? [session.provider.label] : [];
	});
	for (const label of new Set(labels)) {
		hint(
			run,
			`The Seedance Trigger does not write into the task ledger what becomes of these tasks, because ${label} could sign its calls with the API key. Put any long random text into 'Callback Secret' of the credential, or update n8n to 2.36 or newer.`,
			'warning',
		);
	}
}
