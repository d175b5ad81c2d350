import type { JsonObject } from '../domain/json';
import type { Result } from '../domain/result';

export interface PostAnswer {
	httpStatus: number;
	/** The parsed JSON object, if it was one. */
	body?: JsonObject;
	/** Where a redirect leads; it is not followed. */
	location?: string;
}

/** Whether this package or n8n has answered, and not something that stands before an n8n that is too busy. */
export const isHeard = (answer: PostAnswer | undefined): boolean =>
	answer !== undefined && (answer.httpStatus < 500 || answer.body?.state !== undefined);

export interface TextAnswer {
	httpStatus: number;
	text: string;
}

/** Why nobody has answered: the host itself lets no request to this address out, or nobody is there. */
export type Silence = 'blocked' | 'unanswered';

/** The way to addresses of this host. */
export interface Network {
	/** Posts JSON; undefined when nobody answers in time. */
	post(url: string, content: JsonObject): Promise<PostAnswer | undefined>;
	/** The same, for those who have to know why nobody answers. */
	tryPost(url: string, content: JsonObject): Promise<Result<PostAnswer, Silence>>;
	/** Reads a text; undefined when nobody answers in time. */
	read(url: string): Promise<TextAnswer | undefined>;
}

type Write = (message: string, about?: { error: string }) => void;

/** The host's log; whatever strangers have put into a line, it stays one line. */
export type Log = Record<'debug' | 'info' | 'warn' | 'error', Write>;
