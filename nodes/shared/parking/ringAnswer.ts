import type { PostAnswer } from '../host/network';
import { readN8nAnswer, type N8nAnswer } from './n8nAnswer';

/** What an answer means for somebody who rings. */
export type RingVerdict =
	/** Ring again, after what was asked for. */
	| { state: 'again'; afterMs?: number; note?: string }
	/** The execution is at work: either about to park, or already past its wait. */
	| { state: 'running' }
	/** Nobody waits there any more. */
	| { state: 'over' };

const again: RingVerdict = { state: 'again' };
const over: RingVerdict = { state: 'over' };
const running: RingVerdict = { state: 'running' };

const verdicts: Readonly<Record<N8nAnswer['about'], RingVerdict>> = {
	running,
	ended: over,
	unknown: over,
	notWaiting: over,
	// In queue mode an execution started by hand has another token while it is at work.
	badToken: running,
};

/**
 * Judges what came back from a ring. Only our own node and n8n can say that a wait is over; whatever
 * else answers, or nobody, means: again later.
 */
export function judgeAnswer(answer: PostAnswer | undefined): RingVerdict {
	const { body } = answer ?? {};
	if (answer === undefined || body === undefined) return again;
	if (body.state === 'delivered' || body.state === 'gone') return over;
	if (body.state === 'pending') {
		const { retryAfterSeconds, note } = body;
		return {
			state: 'again',
			...(typeof retryAfterSeconds === 'number' && { afterMs: retryAfterSeconds * 1000 }),
			...(typeof note === 'string' && { note }),
		};
	}
	const ofN8n = readN8nAnswer(answer);
	return ofN8n === undefined ? again : verdicts[ofN8n.about];
}
