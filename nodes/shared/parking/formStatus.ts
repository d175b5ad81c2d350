import type { Network, PostAnswer } from '../host/network';
import type { RingVerdict } from './ringAnswer';

/** Where n8n tells the state of an execution, beside its form (2.41.1). */
const STATUS_PATH = 'n8n-execution-status';

const verdicts: Readonly<Record<string, RingVerdict>> = {
	new: { state: 'running' },
	running: { state: 'running' },
	waiting: { state: 'again' },
	'form-waiting': { state: 'over' },
	success: { state: 'over' },
	error: { state: 'over' },
	crashed: { state: 'over' },
	canceled: { state: 'over' },
	// n8n's word for an execution that it does not know any more.
	null: { state: 'over' },
};

/**
 * Where n8n tells the state of the execution that was rung at `url`; undefined unless the answer is
 * n8n sending the call on to the form of that execution, whatever state it is in.
 */
export function statusUrlOf(url: string, answer: PostAnswer | undefined): string | undefined {
	const { httpStatus, location } = answer ?? {};
	if (httpStatus !== 307 || location === undefined || !URL.canParse(location, url)) {
		return undefined;
	}
	const rung = new URL(url);
	const form = new URL(location, url);
	// The end of the path: execution and node.
	const [suffix = '', executionId = ''] = rung.pathname.split('/').toReversed();
	const own = `/${executionId}/${suffix}`;
	if (form.origin !== rung.origin || !form.pathname.endsWith(own)) return undefined;
	const signature = rung.searchParams.get('signature');
	form.pathname = `${form.pathname.slice(0, -suffix.length)}${STATUS_PATH}`;
	form.search = signature === null ? '' : new URLSearchParams({ signature }).toString();
	return form.toString();
}

/** What the word means for somebody who rings; anything else is not n8n's: again later. */
export const judgeStatus = (word: string | undefined): RingVerdict =>
	(Object.hasOwn(verdicts, word ?? '') ? verdicts[word ?? ''] : undefined) ?? { state: 'again' };

/**
 * Asks n8n how the execution is, where it sends calls on to a form: that it does for one that is at
 * work, that waits and that has ended alike. Undefined for every other answer.
 */
export async function askAboutForm(
	{ read }: Pick<Network, 'read'>,
	url: string,
	answer: PostAnswer | undefined,
): Promise<RingVerdict | undefined> {
	const statusUrl = statusUrlOf(url, answer);
	if (statusUrl === undefined) return undefined;
	const told = await read(statusUrl);
	return judgeStatus(told?.httpStatus === 200 ? told.text.trim() : undefined);
}
