import type { IncomingMessage, ServerResponse } from 'node:http';
import { effectKinds } from './faults.mts';
import { readBody, send } from './http.mts';
import { isJsonObject, parseJson } from './json.mts';
import type { Fault, JsonObject, RecordedRequest, Sandbox } from './types.mts';

const kindsAndNumbers: Record<string, string> = {
	latency: 'latencyMs',
	http: 'status',
	httpAfter: 'status',
	bodyCode: 'code',
	drip: 'everyMs',
	dripAfter: 'everyMs',
	slowPropagation: 'forMs',
	truncate: 'afterBytes',
	truncateClean: 'afterBytes',
};

function isFault(value: unknown): value is Fault {
	if (!isJsonObject(value) || !isJsonObject(value.effect)) return false;
	const { effect } = value;
	if (typeof effect.kind !== 'string' || !effectKinds.has(effect.kind)) return false;
	const needed = kindsAndNumbers[effect.kind];
	if (needed !== undefined && typeof effect[needed] !== 'number') return false;
	return effect.kind !== 'unknownStatus' || typeof effect.status === 'string';
}

/** Requests per vendor and operation. */
function countRequests(requests: RecordedRequest[]): Record<string, Record<string, number>> {
	const counts: Record<string, Record<string, number>> = {};
	for (const { vendor = 'none', operation } of requests) {
		const ofVendor = (counts[vendor] ??= {});
		ofVendor[operation] = (ofVendor[operation] ?? 0) + 1;
	}
	return counts;
}

const stateOf = (sandbox: Sandbox) => ({
	tasks: sandbox.tasks(),
	requests: countRequests(sandbox.requests),
	callbacks: sandbox.callbacks(),
	inFlight: sandbox.inFlight(),
});

function applySettings(sandbox: Sandbox, settings: JsonObject): boolean {
	const { generationMs, mediaPaddingBytes, ...unknown } = settings;
	const values = [generationMs, mediaPaddingBytes].filter((value) => value !== undefined);
	const areUsable = values.every((value) => typeof value === 'number' && value >= 0);
	if (!areUsable || Object.keys(unknown).length > 0) return false;
	if (typeof generationMs === 'number') sandbox.setGenerationMs(generationMs);
	if (typeof mediaPaddingBytes === 'number') sandbox.setMediaPaddingBytes(mediaPaddingBytes);
	return true;
}

/** The sandbox's own controls over HTTP; see README.md. */
export async function serveControl(
	url: URL,
	request: IncomingMessage,
	response: ServerResponse,
	sandbox: Sandbox,
): Promise<void> {
	const json = parseJson((await readBody(request)).toString());
	const done = () => send(response, { status: 200, body: { ok: true } });
	const refuse = (status: number, error: string) => send(response, { status, body: { error } });

	switch (`${request.method} ${url.pathname}`) {
		case 'GET /control/state':
			return send(response, { status: 200, body: stateOf(sandbox) });
		case 'POST /control/faults': {
			const faults: unknown[] = Array.isArray(json) ? json : [json];
			if (!faults.every(isFault)) return refuse(400, 'Not a fault: see sandbox/README.md');
			faults.forEach(sandbox.addFault);
			return done();
		}
		case 'DELETE /control/faults':
			sandbox.clearFaults();
			return done();
		case 'POST /control/reset':
			sandbox.reset();
			return done();
		case 'POST /control/settings':
			return isJsonObject(json) && applySettings(sandbox, json)
				? done()
				: refuse(400, 'Settings are generationMs and mediaPaddingBytes, numbers from 0');
		default:
			return refuse(404, 'No such control: see sandbox/README.md');
	}
}
