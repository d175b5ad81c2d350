/** What a ledger's row has to say of an outcome, whoever has written it. */
export const endsInLedger = {
	succeeded: { state: 'succeeded', videoUrl: expect.stringMatching(/^http/), reason: null },
	failed: { state: 'failed', videoUrl: null, reason: expect.any(String) },
	downloadFailed: {
		state: 'submitted',
		videoUrl: expect.stringMatching(/^http/),
		reason: 'The video is finished but could not be downloaded',
	},
	running: { state: 'submitted', videoUrl: null },
};

export type OutcomeName = keyof typeof endsInLedger;

export const outcomeNames: readonly OutcomeName[] = [
	'succeeded',
	'failed',
	'downloadFailed',
	'running',
];
