import { Readable } from 'node:stream';
import type { IHttpRequestOptions } from 'n8n-workflow';
import { minutes, type Time } from './time.mts';

export type VendorId = 'apikley' | 'modellix' | 'aimlapi';

/** What the vendor knows of a task. */
export interface VendorTask {
	status: 'running' | 'succeeded' | 'failed' | 'unknown';
	/** An ID other than the one that was asked for. */
	toldId?: string;
	callbackUrl?: string;
	lastFrameUrl?: string;
	videoUrl?: string;
	/** Answers every look instead of the vendor. */
	instead?: () => HttpAnswer;
}

export interface HttpAnswer {
	statusCode: number;
	headers: Record<string, string>;
	body: unknown;
}

export const baseUrls: Record<VendorId, string> = {
	apikley: 'https://api.apikley.ru',
	modellix: 'https://api.modellix.ai',
	aimlapi: 'https://api.aimlapi.com',
};

const MEDIA_HOST = 'https://media.example';

/** Looks at one task at the same moment, which nobody needs. */
const MOST_AT_ONCE = 100;

export const videoUrlOf = (taskId: string) => `${MEDIA_HOST}/${taskId}.mp4`;

export const lastFrameUrlOf = (taskId: string) => `${MEDIA_HOST}/${taskId}.png`;

/** The bytes of a video, another one for each task. */
export const videoOf = (taskId: string) => Buffer.from(`\0\0\0\x18ftypmp42 video of ${taskId}`);

export const jsonAnswer = (statusCode: number, body: unknown): HttpAnswer => ({
	statusCode,
	headers: { 'Content-Type': 'application/json' },
	body: JSON.stringify(body),
});

const states: Record<VendorId, Record<VendorTask['status'], string>> = {
	apikley: { running: 'generating', succeeded: 'success', failed: 'fail', unknown: '' },
	modellix: { running: 'processing', succeeded: 'success', failed: 'failed', unknown: '' },
	aimlapi: { running: 'generating', succeeded: 'completed', failed: 'error', unknown: '' },
};

/** A task as each vendor documents it. */
const records: Record<VendorId, (taskId: string, task: VendorTask) => object> = {
	apikley: (taskId, { status, callbackUrl, lastFrameUrl, videoUrl = videoUrlOf(taskId) }) => ({
		code: 200,
		message: 'success',
		data: {
			taskId,
			state: states.apikley[status],
			param: JSON.stringify({ model: 'm', callBackUrl: callbackUrl }),
			...(status === 'succeeded' && {
				resultJson: JSON.stringify({ resultUrls: [videoUrl], lastFrameUrl }),
			}),
			...(status === 'failed' && { failCode: '501', failMsg: 'the prompt is too wild' }),
		},
	}),
	modellix: (taskId, { status }) => ({
		code: 0,
		message: 'success',
		data: {
			task_id: taskId,
			status: states.modellix[status],
			...(status === 'succeeded' && {
				result: { resources: [{ url: videoUrlOf(taskId), type: 'video' }] },
			}),
			...(status === 'failed' && { error: 'the prompt is too wild' }),
		},
	}),
	aimlapi: (taskId, { status }) => ({
		id: taskId,
		status: states.aimlapi[status],
		...(status === 'succeeded' && { video: { url: videoUrlOf(taskId) } }),
		...(status === 'failed' && { error: { name: 'bad', message: 'the prompt is too wild' } }),
	}),
};

const takenAnswers: Record<VendorId, (taskId: string) => object> = {
	apikley: (taskId) => ({ code: 200, data: { taskId } }),
	modellix: (task_id) => ({ code: 0, data: { task_id, status: 'pending' } }),
	aimlapi: (id) => ({ id, status: 'queued' }),
};

export const noCredits = (): HttpAnswer => jsonAnswer(402, { code: 402, message: 'no credits' });
export const tooMany = (): HttpAnswer => jsonAnswer(429, { code: 429, message: 'too many' });

/** The vendor's API and its media host. It works on each order for a while. */
export class FakeVendor {
	readonly tasks = new Map<string, VendorTask>();
	readonly orders: string[] = [];
	/** How often it was asked for a video. */
	asked = 0;
	worksMs = minutes(2);
	/** How long it takes to answer an order. */
	orderMs = 0;
	inWorks = 0;
	mostInWorks = 0;
	/** Answers an order, counted from 0, instead of taking it. */
	instead: (order: number) => HttpAnswer | undefined = () => undefined;
	/** The task of every look, and the address of every download, in their order. */
	readonly looks: string[] = [];
	readonly downloads: string[] = [];
	/** How long the vendor takes for an answer, and the media host for a file. */
	lookMs = 0;
	downloadMs = 0;
	/** Answers every download of that address instead of the media host. */
	readonly media = new Map<string, () => HttpAnswer>();
	private moment = { at: NaN, counts: new Map<string, number>() };
	looksAtOnce = 0;
	mostLooksAtOnce = 0;

	constructor(
		readonly id: VendorId,
		private readonly time: Time,
	) {}

	set(taskId: string, status: VendorTask['status'], more: Partial<VendorTask> = {}): void {
		this.tasks.set(taskId, { ...this.tasks.get(taskId), status, ...more });
	}

	async answer({ method, url }: IHttpRequestOptions): Promise<HttpAnswer> {
		if (!url.startsWith(baseUrls[this.id])) throw new Error(`Not this vendor: ${url}`);
		if (method === 'POST') return await this.take();
		if (method !== 'GET') throw new Error(`Neither an order nor a look: ${method} ${url}`);
		const { searchParams, pathname } = new URL(url);
		const taskId = decodeURIComponent(
			searchParams.get('taskId') ??
				searchParams.get('generation_id') ??
				pathname.split('/').at(-1) ??
				'',
		);
		this.looks.push(taskId);
		this.countAtOnce(taskId);
		this.looksAtOnce += 1;
		this.mostLooksAtOnce = Math.max(this.mostLooksAtOnce, this.looksAtOnce);
		if (this.lookMs > 0) await this.time.sleep(this.lookMs);
		this.looksAtOnce -= 1;
		const task = this.tasks.get(taskId);
		if (task?.instead !== undefined) return task.instead();
		if (task === undefined || task.status === 'unknown') {
			return jsonAnswer(404, { code: 404, message: 'not found' });
		}
		return jsonAnswer(200, records[this.id](task.toldId ?? taskId, task));
	}

	private async take(): Promise<HttpAnswer> {
		if (this.orderMs > 0) await this.time.sleep(this.orderMs);
		const refusal = this.instead(this.asked);
		this.asked += 1;
		if (refusal !== undefined) return refusal;
		const taskId = `${this.id}-${this.orders.length + 1}`;
		this.orders.push(taskId);
		this.set(taskId, 'running');
		this.inWorks += 1;
		this.mostInWorks = Math.max(this.mostInWorks, this.inWorks);
		this.time.at(this.time.now() + this.worksMs, () => {
			this.inWorks -= 1;
			this.set(taskId, 'succeeded');
		});
		return jsonAnswer(200, takenAnswers[this.id](taskId));
	}

	private countAtOnce(taskId: string): void {
		const at = this.time.now();
		if (this.moment.at !== at) this.moment = { at, counts: new Map() };
		const count = (this.moment.counts.get(taskId) ?? 0) + 1;
		this.moment.counts.set(taskId, count);
		if (count > MOST_AT_ONCE) this.time.stop(`${taskId} is looked at without a pause`);
	}

	async download({ url }: IHttpRequestOptions): Promise<HttpAnswer> {
		this.downloads.push(url);
		if (this.downloadMs > 0) await this.time.sleep(this.downloadMs);
		const scripted = this.media.get(url);
		if (scripted !== undefined) return scripted();
		const name = url.slice(MEDIA_HOST.length + 1);
		return name.endsWith('.png')
			? fileAnswer(Buffer.from('\x89PNG\r\n\x1a\n last frame', 'latin1'), 'image/png')
			: fileAnswer(videoOf(name.replace('.mp4', '')), 'video/mp4');
	}
}

export const fileAnswer = (bytes: Buffer, type: string): HttpAnswer => ({
	statusCode: 200,
	headers: { 'content-type': type, 'content-length': String(bytes.length) },
	body: Readable.from([bytes]),
});

export const mediaError = (statusCode: number): HttpAnswer => ({
	statusCode,
	headers: { 'content-type': 'text/plain' },
	body: Readable.from([Buffer.from('no')]),
});
