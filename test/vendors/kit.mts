import type fc from 'fast-check';
import type { ICredentialType } from 'n8n-workflow';
import type { FaultKind } from '../../nodes/shared/domain/fault.ts';
import type { ImageSlot } from '../../nodes/shared/domain/model.ts';
import type { TaskStatus } from '../../nodes/shared/domain/task.ts';
import type { VendorResponse } from '../../nodes/shared/domain/vendor.ts';

/** What is said of a key by the test of its credential: n8n's own words for `status`. */
export type Verdict = 'good' | 'bad key' | 'bad host' | 'status';

export type ImageLimits = Pick<ImageSlot, 'maxBytes' | 'mimeTypes' | 'size'>;

/** How a vendor tells of its task `x`. */
export interface Speech {
	/** The answers to one look: any word for its state, and `held` in the place of what holds the video. */
	say: (word: string, held: unknown, beside?: object) => VendorResponse[];
	/** The vendor's own words for the end, good and bad. */
	success: string;
	failure: string;
	/** What holds the video's address, as it should be. */
	result: (url: unknown) => unknown;
}

/** Where the vendor of a speech is. */
export const speechBaseUrl = 'https://vendor.example';

/**
 * What the tests that hold for every vendor need to know of one. What stands in the catalogue (label,
 * credential type, addresses, what its API has) is taken from there.
 */
export interface VendorKit {
	Credential: new () => ICredentialType;
	/** What saved workflows and credentials depend on: it must not change. */
	contract: {
		credentialType: string;
		displayName: string;
		baseUrl: string;
		/** The word before the key in the header `Authorization`. */
		scheme: 'Bearer' | 'Key';
		/** Where a custom model `a/b?` is ordered. */
		customPath: string;
	};
	/** What the credential's test asks for, and what is made of each answer. */
	keyTest: {
		asks: { url: string; method?: string; qs?: object };
		answers: ReadonlyArray<readonly [httpStatus: number, body: unknown, verdict: Verdict]>;
	};
	/** A model for a video from text that needs nothing but a prompt. */
	textModel: string;
	/** Answers to an order or a look that look right from afar, each part of which may be anything. */
	likely: fc.Arbitrary<unknown>;
	/** An error as the answer to an order that names this task all the same. */
	namesTask: (taskId: string) => object;
	/** Its own form of a refusal with this HTTP status, in these words. */
	refusal: (httpStatus: number, said: string) => object;
	/** What it means by an HTTP status, where others mean something else. */
	meansBy?: Readonly<Record<number, FaultKind>>;
	/** Codes that come with HTTP 200, too, and whether one alone says that nothing was taken. */
	codes?: ReadonlyArray<readonly [code: number, kind: FaultKind, certainlyNotTaken: boolean]>;
	/** Its words for the states of a task. */
	words: Readonly<Record<string, TaskStatus>>;
	speech: Speech;
	/** What its check of contents says; where it refuses no order, the task ends as failed. */
	contentCheck: { says: RegExp; refusesOrder?: true };
	/** The documented limits of a model's images; none where none are documented. */
	imageLimits?: (modelId: string) => ImageLimits;
	/** Codes of the vendor's own errors that it documents as refusals, beside the plain HTTP statuses. */
	refusalCodes?: readonly number[];
	/** By what the vendor's own list tells lost orders apart; by their time alone, if by nothing. */
	listTells?: 'prompt' | 'name' | 'nothing';
}

/** What an unknown host or a gateway may say, whoever the vendor is: n8n has words for it. */
export const passing = [403, 429, 500, 502, 503, 504].map(
	(status) => [status, { message: 'No' }, 'status'] as const,
);
