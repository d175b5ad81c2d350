import { createHash } from 'node:crypto';
import type { StoredTask } from './tasks.mts';

const expiresSeconds = 86_400;

const pathOf = (task: StoredTask, extension: 'mp4' | 'png') =>
	`/media/${encodeURIComponent(task.taskId)}.${extension}`;

const signatureOf = (task: StoredTask) =>
	createHash('sha256').update(`sandbox ${task.taskId}`).digest('hex');

/** 20250704T111816Z */
const compactTime = (ms: number) =>
	new Date(ms).toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');

/** AI/ML API hands out the storage's signed link (docs sample: X-Tos-*, 24 hours). */
export function videoUrl(sandboxUrl: string, task: StoredTask): string {
	const url = new URL(pathOf(task, 'mp4'), sandboxUrl);
	if (task.vendor !== 'aimlapi') return url.href;
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

export const lastFrameUrl = (sandboxUrl: string, task: StoredTask) =>
	new URL(pathOf(task, 'png'), sandboxUrl).href;

/** Why the storage would refuse this link, or nothing. */
export function refusal(task: StoredTask, query: URLSearchParams, now: number): string | undefined {
	if (task.vendor !== 'aimlapi') return undefined;
	if (query.get('X-Tos-Signature') !== signatureOf(task)) return 'SignatureDoesNotMatch';
	return now > task.finishesAt + expiresSeconds * 1000 ? 'AccessDenied: link expired' : undefined;
}
