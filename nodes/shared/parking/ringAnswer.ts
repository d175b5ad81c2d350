import { isHeard, type PostAnswer } from '../host/network';
import { readN8nAnswer, type N8nAnswer } from './n8nAnswer';

/** What an answer means for somebody who rings. */
export type RingVerdict =
	/** Ring again, after what was asked for. */
	| { state: 'again'; afterMs?: number; note?: string }
	/** Nobody has answered, or something before n8n in its place: again, and more rarely each time. */
	| { state: 'silence' }
	/** The execution is at work: either about to park, or already past its wait. */
	| { state: 'running' }
	/** Nobody waits there any more. */
	| { state: 'over' };

const again: RingVerdict = { state: 'again' };
const silence: RingVerdict = { state: 'silence' };
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
	if (answer === undefined) return silence;
	const { body = {} } = answer;
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
	if (ofN8n !== undefined) return verdicts[ofN8n.about];
	return isHeard(answer) ? again : silence;
}
