import { z } from 'zod/v4';
import { isDefiniteRefusal, type FaultKind, type Outcome } from '../../domain/fault';
import { ok } from '../../domain/result';
import type { VendorResponse } from '../../domain/vendor';
import { faultKindOfStatus, isSuccess, lazily, optional, readNothing, refuse } from '../reading';

export interface CodeMeaning {
	kind: FaultKind;
	/** It says that no task was made. */
	isRefusal: boolean;
}

/** What a vendor documents about the codes in its answers. */
export type Codes = Readonly<Record<number, CodeMeaning>>;

// Enum of the createTask page; the family answers them with HTTP 200 or a status of its own.
export const familyCodes: Codes = {
	401: { kind: 'unauthorized', isRefusal: true },
	402: { kind: 'insufficientCredits', isRefusal: true },
	404: { kind: 'notFound', isRefusal: true },
	422: { kind: 'invalidInput', isRefusal: true },
	429: { kind: 'rateLimited', isRefusal: true },
	455: { kind: 'maintenance', isRefusal: true },
	// After these two there may be a task.
	500: { kind: 'serverError', isRefusal: false },
	501: { kind: 'generationFailed', isRefusal: false },
	505: { kind: 'featureDisabled', isRefusal: true },
};

const envelope = lazily(() =>
	z.object({
		code: z.number(),
		// The create page says `msg`, the task page `message`.
		msg: optional(z.string()),
		message: optional(z.string()),
		data: z.unknown(),
	}),
);

/** What lies in an answer, or why there is nothing. */
export function openEnvelope(response: VendorResponse, codes: Codes): Outcome<unknown> {
	const parsed = envelope.safeParse(response.body);
	if (!parsed.success) return readNothing(response);
	const { code, msg, message, data } = parsed.data;
	if (code === 200 && isSuccess(response)) return ok(data);
	return refuse(response, {
		kind: kindOf(response.httpStatus, code, codes),
		message: msg ?? message,
		vendorCode: code,
		certainlyNotTaken: isRefusal(response.httpStatus, code, codes),
	});
}

function kindOf(httpStatus: number, code: number, codes: Codes): FaultKind {
	const known = codes[code];
	if (known !== undefined) return known.kind;
	if (httpStatus >= 400) return faultKindOfStatus(httpStatus);
	return code >= 400 ? faultKindOfStatus(code) : 'serverError';
}

/** A code counts where the HTTP status agrees with it: 200, as the family does, or the code itself. */
function isRefusal(httpStatus: number, code: number, codes: Codes): boolean {
	if (isDefiniteRefusal(httpStatus)) return true;
	const agrees = httpStatus === 200 || httpStatus === code;
	return agrees && codes[code]?.isRefusal === true;
}
