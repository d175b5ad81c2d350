import { createHash } from 'node:crypto';
import { videoUrl } from '../mediaUrls.mts';
import type { StoredTask } from '../tasks.mts';

const expiresSeconds = 86_400;

const signatureOf = (task: StoredTask) =>
	createHash('sha256').update(`sandbox ${task.taskId}`).digest('hex');

/** 20250704T111816Z */
const compactTime = (ms: number) =>
	new Date(ms).toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');

/** The storage's own link, as in AI/ML API's sample: X-Tos-*, 24 hours. */
export function signedVideoUrl(sandboxUrl: string, task: StoredTask): string {
	const url = new URL(videoUrl(sandboxUrl, task));
	const date = compactTime(task.finishesAt);
	const credential = `SANDBOX/${date.slice(0, 8)}/ap-southeast-1/tos/request`;
	url.searchParams.set('X-Tos-Algorithm', 'TOS4-HMAC-SHA256');
	url.searchParams.set('X-Tos-Credential', credential);
	url.searchParams.set('X-Tos-Date', date);
	url.searchParams.set('X-Tos-Expires', String(expiresSeconds));
	url.searchParams.set('X-Tos-Signature', signatureOf(task));
	url.searchParams.set('X-Tos-SignedHeaders', 'host');
	return url.href;
}

/** Why the storage would refuse this link, or nothing. */
export function linkProblem(
	task: StoredTask,
	query: URLSearchParams,
	now: number,
): string | undefined {
	if (query.get('X-Tos-Signature') !== signatureOf(task)) return 'SignatureDoesNotMatch';
	return now > task.finishesAt + expiresSeconds * 1000 ? 'AccessDenied: link expired' : undefined;
}
