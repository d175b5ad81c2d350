/** Why a vendor did not do what it was asked, in one vocabulary for all vendors. */
export type FaultKind =
	| 'invalidInput'
	| 'unauthorized'
	| 'insufficientCredits'
	| 'forbidden'
	| 'notFound'
	| 'rateLimited'
	| 'maintenance'
	| 'generationFailed'
	| 'featureDisabled'
	| 'rejected'
	| 'serverError'
	| 'unreadableAnswer'
	| 'notReachable'
	| 'noAnswer'
	| 'stopped';

export interface Fault {
	kind: FaultKind;
	/** The vendor's (or the network's) own words. */
	message: string;
	/** The vendor's own code, from the body where it has one. */
	vendorCode?: string;
	httpStatus?: number;
	/** How long the vendor asked to wait, in milliseconds. */
	retryAfterMs?: number;
}

interface FaultNature {
	/** The vendor certainly did not take the request: it may be sent again. */
	certainlyNotTaken: boolean;
	/** Time alone may mend it. */
	passing: boolean;
}

const natures: Record<FaultKind, FaultNature> = {
	invalidInput: { certainlyNotTaken: true, passing: false },
	unauthorized: { certainlyNotTaken: true, passing: false },
	insufficientCredits: { certainlyNotTaken: true, passing: false },
	forbidden: { certainlyNotTaken: true, passing: false },
	notFound: { certainlyNotTaken: true, passing: false },
	rateLimited: { certainlyNotTaken: true, passing: true },
	maintenance: { certainlyNotTaken: true, passing: true },
	generationFailed: { certainlyNotTaken: true, passing: false },
	featureDisabled: { certainlyNotTaken: true, passing: false },
	rejected: { certainlyNotTaken: true, passing: false },
	serverError: { certainlyNotTaken: false, passing: true },
	unreadableAnswer: { certainlyNotTaken: false, passing: true },
	notReachable: { certainlyNotTaken: true, passing: true },
	noAnswer: { certainlyNotTaken: false, passing: true },
	stopped: { certainlyNotTaken: false, passing: false },
};

export const isPassing = (fault: Fault): boolean => natures[fault.kind].passing;

export const isCertainlyNotTaken = (fault: Fault): boolean => natures[fault.kind].certainlyNotTaken;

export type Outcome<T> = { ok: true; value: T } | { ok: false; fault: Fault };
