/** The states in which a task stays without a video. */
export const badEnds = ['failed', 'cancelled', 'expired'] as const;

/** The states in which a task stays. */
export const endStatuses = ['succeeded', ...badEnds] as const;

export const taskStatuses = ['queued', 'running', ...endStatuses] as const;

export type TaskStatus = (typeof taskStatuses)[number];

export type EndStatus = (typeof endStatuses)[number];

export const isEnd = (status: string | undefined): status is EndStatus =>
	endStatuses.some((end) => end === status);
