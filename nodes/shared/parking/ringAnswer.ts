import type { PostAnswer } from '../host/network';

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

/** n8n's own answers (2.41.1); the status alone says nothing, because a proxy may answer instead. */
const n8nAnswers: ReadonlyArray<[status: number, message: RegExp, verdict: RingVerdict]> = [
	[409, /is running already/, running],
	[409, /has finished (already|with error)/, over],
	[404, /^The execution ".*" does not exist/, over],
	[404, /does not contain a waiting webhook with a matching path/, over],
	// In queue mode an execution started by hand has another token while it is at work.
	[401, /^Invalid token$/, running],
];

/**
 * Judges what came back from a ring. Only our own node and n8n can say that a wait is over; whatever
 * else answers, or nobody, means: again later.
 */
export function judgeAnswer(answer: PostAnswer | undefined): RingVerdict {
	const { httpStatus, body } = answer ?? {};
	if (body === undefined) return again;
	if (body.state === 'delivered' || body.state === 'gone') return over;
	if (body.state === 'pending') {
		const { retryAfterSeconds, note } = body;
		return {
			state: 'again',
			...(typeof retryAfterSeconds === 'number' && { afterMs: retryAfterSeconds * 1000 }),
			...(typeof note === 'string' && { note }),
		};
	}
	// n8n says `message` for most, `error` for a bad token.
	const said = [body.message, body.error].find((text) => typeof text === 'string') ?? '';
	const known = n8nAnswers.find(([status, text]) => status === httpStatus && text.test(said));
	return known?.[2] ?? again;
}
