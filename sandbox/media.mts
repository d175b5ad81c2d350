import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { FaultPlan } from './faults.mts';
import { cutConnection, drip, send } from './http.mts';
import { lastFrameImage, sampleImage, sampleSound } from './media/embedded.mts';
import { mp3, mp4, png, wrongFile } from './mediaFiles.mts';
import type { MediaFile } from './mediaFiles.mts';
import { isWithoutFrame } from './odd.mts';
import { stream, streamCut, streamShortened } from './streaming.mts';
import type { FaultEffect, RecordedRequest } from './types.mts';
import { isVendor, vendorApis } from './vendors/index.mts';
import type { Answer, VendorApi, World } from './vendors/vendor.mts';
import { faultAnswer } from './vendorServer.mts';

const refuse = (status: number, body: string): Answer => ({ status, body });

interface MediaServer {
	world: World;
	plan: FaultPlan;
	requests: RecordedRequest[];
	mediaPaddingBytes(): number;
	/** Says of the request at hand that the client will wait for the end of its answer in vain. */
	neverEnds(): void;
}

/** The file behind a media link, or why there is none. */
function findFile(
	url: URL,
	request: IncomingMessage,
	{ world, mediaPaddingBytes }: MediaServer,
): MediaFile | Answer {
	const { task, extension, vendor } = findTask(url, world);
	if (vendor !== undefined) {
		const isOpen = request.headers.authorization === `Bearer ${world.apiKeys[vendor]}`;
		if (!isOpen) return vendorApis[vendor].error(401, url.pathname, world);
		if (!task) return vendorApis[vendor].error(404, url.pathname, world);
		// Neither a length nor a range, as it only hands the bytes through.
		return world.tasks.state(task) === 'succeeded'
			? { ...mp4(mediaPaddingBytes()), isWithoutLength: true }
			: vendorApis[vendor].error(409, url.pathname, world);
	}
	// The signed link is all a media host needs; an API key sent there is an API key leaked.
	if (request.headers.authorization !== undefined) {
		return refuse(400, 'Authorization header must not be sent to the media host');
	}
	if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'GET or HEAD');
	if (url.pathname === '/media/sample.png') return png(sampleImage);
	if (url.pathname === '/media/sample.mp3') return mp3(sampleSound);
	if (!task || world.tasks.state(task) !== 'succeeded') return refuse(404, 'NoSuchKey');
	if (extension === 'png') {
		if (isWithoutFrame(task)) return refuse(403, 'AccessDenied');
		return task.input.return_last_frame === true ? png(lastFrameImage) : refuse(404, 'NoSuchKey');
	}
	const { linkProblem } = vendorApis[task.vendor];
	const reason = linkProblem?.(task, url.searchParams, world.clock.now());
	if (reason !== undefined) return refuse(403, reason);
	return mp4(Number(url.searchParams.get('mediaPaddingBytes') ?? mediaPaddingBytes()));
}

function findTask({ pathname }: URL, { tasks }: World) {
	const own = ownVideoAt(pathname);
	const [, linkedId = '', linked] = /^\/media\/([^/]+)\.(mp4|png)$/.exec(pathname) ?? [];
	const { encodedId, extension, vendor } = own ?? {
		encodedId: linkedId,
		extension: linked,
		vendor: undefined,
	};
	try {
		return { task: tasks.find(decodeURIComponent(encodedId)), extension, vendor };
	} catch {
		return { task: undefined, extension, vendor };
	}
}

/** A video that lies at its vendor's own address, behind the key. */
export function ownVideoAt(pathname: string) {
	const [, vendor = ''] = pathname.split('/');
	if (!isVendor(vendor)) return undefined;
	const api: VendorApi = vendorApis[vendor];
	const encodedId = api.ownVideo?.(pathname.slice(vendor.length + 1));
	return encodedId === undefined ? undefined : { encodedId, extension: 'mp4', vendor };
}

async function serveFile(
	{ method }: IncomingMessage,
	response: ServerResponse,
	found: MediaFile,
	neverEnds: () => void,
	effect?: FaultEffect,
): Promise<void> {
	const file = wrongFile(found, effect) ?? found;
	const { contentType, byteCount } = file;
	const isWithoutLength =
		file.isWithoutLength || effect?.kind === 'drip' || effect?.kind === 'truncateClean';
	const length = isWithoutLength ? {} : { 'content-length': byteCount };
	response.writeHead(200, { 'content-type': contentType, ...length });
	if (method === 'HEAD') {
		response.end();
		return;
	}
	switch (effect?.kind) {
		case 'drip':
			neverEnds();
			return drip(response, effect.everyMs, '\0');
		case 'truncate':
			return await streamCut(response, file, effect.afterBytes);
		case 'truncateClean':
			return await streamShortened(response, file, effect.afterBytes);
		default:
			return await stream(response, file);
	}
}

/** Answers one download, with the faults that are planned for it. */
export async function serveMedia(
	url: URL,
	request: IncomingMessage,
	response: ServerResponse,
	server: MediaServer,
): Promise<void> {
	const { task } = findTask(url, server.world);
	const record: RecordedRequest = {
		vendor: task?.vendor,
		operation: 'media',
		method: request.method ?? 'GET',
		path: url.pathname + url.search,
		headers: request.headers,
		rawBody: '',
		json: undefined,
		receivedAt: server.world.clock.now(),
	};
	server.requests.push(record);
	const answer = (given: Answer) => {
		record.responseStatus = given.status;
		send(response, given);
	};
	const effect = server.plan.strike({
		vendor: task?.vendor,
		operation: 'media',
		taskId: task?.taskId,
	});
	if (effect) record.fault = effect;
	switch (effect?.kind) {
		case 'hang':
		case 'hangAfter':
			return server.neverEnds();
		case 'reset':
		case 'resetAfter':
			return cutConnection(response);
		case 'http':
			return answer(faultAnswer(effect, refuse(effect.status, 'InternalError')));
		case 'httpAfter':
			return answer(refuse(effect.status, 'InternalError'));
		case 'latency':
			await delay(effect.latencyMs, undefined, { ref: false });
	}
	const found = findFile(url, request, server);
	if ('status' in found) return answer(found);
	record.responseStatus = 200;
	await serveFile(request, response, found, server.neverEnds, effect);
}
