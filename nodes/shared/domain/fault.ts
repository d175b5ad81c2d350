import type { Result } from './result';

/** Why a vendor did not do what it was asked, in one vocabulary for all vendors. */
export const faultKinds = [
	'invalidInput',
	'unauthorized',
	'insufficientCredits',
	'tooExpensive',
	'priceUnknown',
	'forbidden',
	'notFound',
	'conflict',
	'rateLimited',
	'maintenance',
	'generationFailed',
	'featureDisabled',
	'rejected',
	'serverError',
	'unreadableAnswer',
	'notReachable',
	'noAnswer',
	'stopped',
] as const;

export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
	kind: FaultKind;
	/** The vendor's (or the network's) own words. */
	message: string;
	/** The vendor's own code, from the body where it has one. */
	vendorCode?: string;
	/** What the vendor's support finds the request by, from the answer's headers. */
	requestId?: string;
	httpStatus?: number;
	/** How long the vendor asked to wait, in milliseconds. */
	retryAfterMs?: number;
	/** The vendor certainly did not take the request: an order may be sent again. */
	certainlyNotTaken: boolean;
	/** The task has ended, and only what came out could not be read. */
	afterEnd?: true;
}

export type Outcome<T> = Result<T, Fault>;

const passingKinds: ReadonlySet<FaultKind> = new Set<FaultKind>([
	'rateLimited',
	'maintenance',
	'serverError',
	'unreadableAnswer',
	'notReachable',
	'noAnswer',
]);

/** Whether time alone may mend it. */
export const isPassing = ({ kind }: Fault): boolean => passingKinds.has(kind);

/** Kinds that are the vendor's own affair, besides the passing ones: another may take the order. */
const vendorsOwnKinds: ReadonlySet<FaultKind> = new Set<FaultKind>([
	'insufficientCredits',
	'tooExpensive',
	'priceUnknown',
	'forbidden',
	'notFound',
	'featureDisabled',
]);

/** Whether an order that this vendor certainly did not take may be given to another one. */
export const mayAnotherVendorTakeIt = (fault: Fault): boolean =>
	fault.certainlyNotTaken && (isPassing(fault) || vendorsOwnKinds.has(fault.kind));

/**
 * The HTTP statuses that say for certain that an order was not taken. Every other one, a redirect
 * or a proxy's own included, may come after the vendor has taken it.
 */
const definiteRefusals: ReadonlySet<number> = new Set([
	400, 401, 402, 403, 404, 405, 413, 415, 422, 429,
]);

export const isDefiniteRefusal = (httpStatus: number): boolean => definiteRefusals.has(httpStatus);
