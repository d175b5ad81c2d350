import { hasEnded, hasEndedBadly, type TaskStatus } from '../../../nodes/shared/domain/task';

test.each<[TaskStatus, boolean, boolean]>([
	['queued', false, false],
	['running', false, false],
	['succeeded', true, false],
	['failed', true, true],
	['cancelled', true, true],
	['expired', true, true],
])('%s: ended %s, badly %s', (status, ended, badly) => {
	expect([hasEnded({ status }), hasEndedBadly({ status })]).toEqual([ended, badly]);
});
