import type fc from 'fast-check';
import type { ICredentialType } from 'n8n-workflow';

/** What is said of a key by the test of its credential: n8n's own words for `status`. */
export type Verdict = 'good' | 'bad key' | 'bad host' | 'status';

/**
 * What the tests that hold for every vendor need to know of one. What stands in the catalogue (label,
 * credential type, addresses, what its API has) is taken from there.
 */
export interface VendorKit {
	Credential: new () => ICredentialType;
	/** What the credential's test asks for, and what is made of each answer. */
	keyTest: {
		asks: { url: string; method?: string; qs?: object };
		answers: ReadonlyArray<readonly [httpStatus: number, body: unknown, verdict: Verdict]>;
	};
	/** A model for a video from text that needs nothing but a prompt. */
	textModel: string;
	/** Answers to an order or a look that look right from afar, each part of which may be anything. */
	likely: fc.Arbitrary<unknown>;
	/** An answer to a look that tells of the finished task `x` with the video `finishedUrl`. */
	finished: object;
}

export const finishedUrl = 'https://media.example/v.mp4';

/** What an unknown host or a gateway may say, whoever the vendor is: n8n has words for it. */
export const passing = [403, 429, 500, 502, 503, 504].map(
	(status) => [status, { message: 'No' }, 'status'] as const,
);
