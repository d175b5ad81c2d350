const isSmall = process.env.BENCH_SCALE === 'small';

/** How much is measured; `BENCH_SCALE=small` tries everything in some minutes, and proves nothing. */
export const scale = isSmall
	? {
			isSmall,
			batchItems: 6,
			batchGenerationMs: 5_000,
			taskSeconds: [4, 10],
			inFlight: 3,
			oneVideoMb: 40,
			manyVideos: 3,
			manyVideosMb: 10,
			newN8ns: 1,
			itemCounts: [5, 20],
			waits: 8,
			beginningMs: 10_000,
			settleMs: 5_000,
			cpuMs: 10_000,
		}
	: {
			isSmall,
			batchItems: 50,
			batchGenerationMs: 20_000,
			taskSeconds: [4, 10, 60, 180, 600],
			inFlight: 10,
			oneVideoMb: 500,
			manyVideos: 20,
			manyVideosMb: 50,
			newN8ns: 5,
			itemCounts: [10, 100, 1000],
			waits: 1000,
			beginningMs: 5 * 60_000,
			settleMs: 30_000,
			cpuMs: 60_000,
		};

/** An n8n that has just started delivers nothing into paused executions. */
export const SETTLING_MS = 75_000;
