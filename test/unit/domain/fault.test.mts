import { isCertainlyNotTaken, isPassing, type FaultKind } from '../../nodes/shared/faults';

/** kind, certainly not taken (may be sent again), passing (time alone may mend it) */
const natures: ReadonlyArray<readonly [FaultKind, boolean, boolean]> = [
	['invalidInput', true, false],
	['unauthorized', true, false],
	['insufficientCredits', true, false],
	['forbidden', true, false],
	['notFound', true, false],
	['rateLimited', true, true],
	['maintenance', true, true],
	['generationFailed', true, false],
	['featureDisabled', true, false],
	['rejected', true, false],
	['serverError', false, true],
	['unreadableAnswer', false, true],
	['notReachable', true, true],
	['noAnswer', false, true],
	['stopped', false, false],
];

test.each(natures)('%s', (kind, certainlyNotTaken, passing) => {
	const fault = { kind, message: '' };
	expect([isCertainlyNotTaken(fault), isPassing(fault)]).toEqual([certainlyNotTaken, passing]);
});
