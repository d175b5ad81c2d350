import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { FaultPlan } from './faults.mts';
import type { StoredTask } from './tasks.mts';
import type { CallbackDelivery, FaultEffect, JsonObject } from './types.mts';
import { vendorApis } from './vendors/index.mts';
import type { CallbackMoment, World } from './vendors/vendor.mts';

export { signCallback } from './vendors/marketCallback.mts';

const maxAttempts = 3;
const retryDelayMs = 1000;

interface Outgoing {
	url: string;
	body: string;
	headers: Record<string, string>;
	signal: AbortSignal;
}

/** The receiver's status, or null when it does not answer. A fresh connection each time. */
function post({ url, body, headers, signal }: Outgoing): Promise<number | null> {
	return new Promise((resolve) => {
		const request = (url.startsWith('https:') ? httpsRequest : httpRequest)(
			url,
			{
				method: 'POST',
				agent: false,
				signal,
				headers: {
					'content-type': 'application/json',
					'content-length': Buffer.byteLength(body),
					...headers,
				},
			},
			(response) => {
				response.resume();
				response.on('error', () => resolve(null));
				response.on('end', () => resolve(response.statusCode ?? null));
			},
		);
		request.on('error', () => resolve(null));
		request.end(body);
	});
}

interface CallbackOptions {
	world: World;
	plan: FaultPlan;
	timeoutMs: number;
}

/** Broken JSON if the fault wants it. */
function bodyText(body: JsonObject, effect?: FaultEffect): string {
	const text = JSON.stringify(body);
	const isMalformed = effect?.kind === 'malformedJson' || effect?.kind === 'malformedJsonAfter';
	return isMalformed ? text.slice(0, -10) : text;
}

export function createCallbacks({ world, plan, timeoutMs }: CallbackOptions) {
	const closed = new AbortController();
	const underWay = new Map<string, Promise<void>>();
	let deliveries: CallbackDelivery[] = [];
	/** By task and moment. */
	let lastByKey = new Map<string, CallbackDelivery>();

	const momentsOf = (task: StoredTask): CallbackMoment[] =>
		vendorApis[task.vendor].callbackMoments?.(task, world) ?? [
			{ at: task.finishesAt, isRepeated: true },
		];

	const keyOf = (task: StoredTask, moment: number) => `${task.taskId} ${moment}`;

	function isDue(key: string, { at, isRepeated }: CallbackMoment): boolean {
		const now = world.clock.now();
		if (now < at || underWay.has(key)) return false;
		const last = lastByKey.get(key);
		if (!last) return true;
		const attempts = isRepeated ? maxAttempts : 1;
		return !isSuccess(last) && last.attempt < attempts && now >= last.at + retryDelayMs;
	}

	/** Faults before sending: lost on the way. After: arrived, but the vendor thinks otherwise. */
	async function attemptDelivery(
		task: StoredTask,
		url: string,
		effect: FaultEffect | undefined,
	): Promise<number | null> {
		if (effect?.kind === 'hang' || effect?.kind === 'reset') return null;
		if (effect?.kind === 'http') return effect.status;
		if (effect?.kind === 'latency') {
			await delay(effect.latencyMs, undefined, { ref: false, signal: closed.signal });
		}
		const callback = vendorApis[task.vendor].callback?.(task, world, effect);
		if (!callback) return null;
		const status = await post({
			url,
			body: bodyText(callback.body, effect),
			headers: callback.headers,
			signal: AbortSignal.any([closed.signal, AbortSignal.timeout(timeoutMs)]),
		});
		if (effect?.kind === 'hangAfter' || effect?.kind === 'resetAfter') return null;
		return effect?.kind === 'httpAfter' ? effect.status : status;
	}

	async function deliver(task: StoredTask, url: string, key: string): Promise<void> {
		const { taskId, vendor } = task;
		const [log, last] = [deliveries, lastByKey];
		const fault = plan.strike({ vendor, operation: 'callback', taskId });
		const status = await attemptDelivery(task, url, fault).catch(() => null);
		const attempt = (last.get(key)?.attempt ?? 0) + 1;
		const at = world.clock.now();
		const delivery = { taskId, url, status, attempt, at, ...(fault && { fault }) };
		log.push(delivery);
		last.set(key, delivery);
		underWay.delete(key);
	}

	return {
		async tick(): Promise<void> {
			for (const task of world.tasks.all()) {
				const { callbackUrl } = task;
				if (!callbackUrl) continue;
				for (const [index, moment] of momentsOf(task).entries()) {
					const key = keyOf(task, index);
					if (isDue(key, moment)) underWay.set(key, deliver(task, callbackUrl, key));
				}
			}
			await Promise.all(underWay.values());
		},
		all: () => [...deliveries],
		clear() {
			deliveries = [];
			lastByKey = new Map();
		},
		close: () => closed.abort(),
	};
}

const isSuccess = ({ status }: CallbackDelivery) =>
	status !== null && status >= 200 && status < 300;
