import type { Clock } from '../domain/time';

/** The tasks that a run has in the works at one account, as far as it knows. */
export interface Works {
	begin(taskId: string): void;
	end(taskId: string): void;
	/** Whether any of them has not been seen to end. */
	isBusy(): boolean;
	/** When the last one began or ended, in Unix milliseconds; undefined before the first. */
	movedAt(): number | undefined;
}

export function openWorks(clock: Pick<Clock, 'now'>): Works {
	const taskIds = new Set<string>();
	let movedAt: number | undefined;
	return {
		begin(taskId) {
			taskIds.add(taskId);
			movedAt = clock.now();
		},
		end(taskId) {
			if (taskIds.delete(taskId)) movedAt = clock.now();
		},
		isBusy: () => taskIds.size > 0,
		movedAt: () => movedAt,
	};
}
