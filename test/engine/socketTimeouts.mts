import { ClientRequest } from 'node:http';

const SHORT_MS = 150;
const LONG_MS = 10_000;

/**
 * The network's timeouts are real time (n8n's request helper has them): makes long ones short, so
 * that a vendor that never answers does not cost a test half a minute.
 */
export function shortenSocketTimeouts(): void {
	const shorten = (ms: number) => (ms >= LONG_MS ? SHORT_MS : ms);
	const realTimer = globalThis.setTimeout;
	const realTimeout = ClientRequest.prototype.setTimeout;

	const realSignal = AbortSignal.timeout;

	beforeEach(() => {
		jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => realSignal(shorten(ms)));
		jest
			.spyOn(globalThis, 'setTimeout')
			.mockImplementation((work, ms = 0) => realTimer(work, shorten(ms)));
		jest.spyOn(ClientRequest.prototype, 'setTimeout').mockImplementation(function (
			this: ClientRequest,
			ms,
			work,
		) {
			return realTimeout.call(this, shorten(ms), work);
		});
	});
	afterEach(() => jest.restoreAllMocks());
}
