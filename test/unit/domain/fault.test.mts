import {
	isDefiniteRefusal,
	isPassing,
	type Fault,
	type FaultKind,
} from '../../../nodes/shared/domain/fault';

/** Whether time alone may mend a fault of each kind. */
const passing: Record<FaultKind, boolean> = {
	invalidInput: false,
	unauthorized: false,
	insufficientCredits: false,
	tooExpensive: false,
	priceUnknown: false,
	forbidden: false,
	notFound: false,
	conflict: false,
	rateLimited: true,
	maintenance: true,
	generationFailed: false,
	featureDisabled: false,
	rejected: false,
	serverError: true,
	unreadableAnswer: true,
	notReachable: true,
	noAnswer: true,
	stopped: false,
};

test.each(Object.entries(passing))('%s: passing %s', (kind, expected) => {
	const fault: Fault = { kind: kind as FaultKind, message: '', certainlyNotTaken: true };
	expect(isPassing(fault)).toBe(expected);
	expect(isPassing({ ...fault, certainlyNotTaken: false })).toBe(expected);
});

test('ten HTTP statuses alone say for certain that an order was not taken', () => {
	const all = Array.from({ length: 1000 }, (_, status) => status);
	expect(all.filter(isDefiniteRefusal)).toEqual([400, 401, 402, 403, 404, 405, 413, 415, 422, 429]);
});
