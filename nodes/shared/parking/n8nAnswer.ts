import type { PostAnswer } from '../host/network';

/** What n8n itself answers where an execution takes calls, as long as none of its nodes does. */
export interface N8nAnswer {
	about: 'running' | 'ended' | 'unknown' | 'notWaiting' | 'badToken';
	/** The execution that it names. */
	executionId?: string;
}

/** n8n's words (2.41.1); the status alone says nothing, because a proxy may answer instead. */
const words: ReadonlyArray<[status: number, message: RegExp, about: N8nAnswer['about']]> = [
	[409, /is running already/, 'running'],
	[409, /has finished (already|with error)/, 'ended'],
	[404, /^The execution ".*" does not exist/, 'unknown'],
	[404, /does not contain a waiting webhook with a matching path/, 'notWaiting'],
	[401, /^Invalid token$/, 'badToken'],
];

/** Reads n8n's own answer; undefined for anybody else's. */
export function readN8nAnswer({ httpStatus, body }: Partial<PostAnswer>): N8nAnswer | undefined {
	// n8n says `message` for most, `error` for a bad token.
	const said = [body?.message, body?.error].find((text) => typeof text === 'string') ?? '';
	const known = words.find(([status, text]) => status === httpStatus && text.test(said));
	return known && { about: known[2], executionId: /^The execution "(.*?)"/.exec(said)?.[1] };
}
