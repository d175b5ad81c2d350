import { thisProcess } from '../../nodes/shared/n8n/process.ts';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { startSandbox, type Fault, type Sandbox, type VendorId } from '../../sandbox/index.mts';
import { vendors } from '../../sandbox/types.mts';
import { providerOf } from '../unit/helpers.mts';
import type { Credentials } from './credentials.mts';
import { runNode, startNode, type NodeName, type NodeRun } from './harness.mts';
import { installVirtualClock, type VirtualClock } from './virtualClock.mts';

/** Long enough for several looks; each of them costs a test time. */
export const generationMs = 20_000;

export type Given = Partial<Omit<NodeRun, 'parameters'>> & { parameters?: IDataObject };

const textToVideo: Pick<NodeRun, 'type' | 'parameters'> = {
	type: 'seedanceTextToVideo',
	parameters: { provider: 'apikley', prompt: 'A paper boat', downloadVideo: false },
};

interface BenchOptions {
	time?: 'virtual' | 'real';
	/** How long the sandbox takes for a video. */
	takesMs?: number;
}

/** A fresh sandbox per test, with virtual time unless `real`, and short ways to use both. */
export function useBench({ time = 'virtual', takesMs = generationMs }: BenchOptions = {}) {
	let sandbox: Sandbox;
	let clock: VirtualClock | undefined;

	beforeEach(async () => {
		// Older than whatever the virtual time says.
		thisProcess.startedAt = 0;
		clock = time === 'real' ? undefined : installVirtualClock(() => sandbox);
		sandbox = await startSandbox({ clock, generationMs: takesMs, callbackTickMs: 0 });
	});
	afterEach(async () => {
		await sandbox.close();
		clock?.restore();
	});

	const credentials = (): Credentials =>
		Object.fromEntries(
			vendors.map((vendor) => [
				providerOf(vendor).credentialType,
				{ apiKey: sandbox.apiKeys[vendor], baseUrl: sandbox.baseUrls[vendor] },
			]),
		);

	/** Text to video on Apikley without a download, but for what the test says. */
	const toRun = ({ parameters, ...given }: Given): NodeRun => ({
		...textToVideo,
		credentials: credentials(),
		...given,
		parameters:
			given.type === undefined || given.type === 'seedanceTextToVideo'
				? { ...textToVideo.parameters, ...parameters }
				: { ...parameters },
	});

	const requests = (operation: string) =>
		sandbox.requests.filter((request) => request.operation === operation);

	return {
		sandbox: () => sandbox,
		clock: () => {
			if (clock === undefined) throw new Error('This bench has real time');
			return clock;
		},
		credentials,
		run: async (given: Given = {}) => await runNode(toRun(given)),
		start: (given: Given = {}) => startNode(toRun(given)),
		fault: (fault: Fault) => sandbox.addFault(fault),
		requests,
		creates: () => requests('create'),
		checks: () => requests('status'),
		downloads: () => requests('media'),
		taskIds: () => sandbox.tasks().map(({ taskId }) => taskId),
	};
}

export type Bench = ReturnType<typeof useBench>;

/** Items that differ by their prompt only. */
export const prompts = (...texts: string[]): INodeExecutionData[] =>
	texts.map((prompt) => ({ json: { prompt } }));

export const numbered = (count: number): INodeExecutionData[] =>
	prompts(...Array.from({ length: count }, (_, index) => `Clip ${index}`));

export const ownPrompt = { prompt: '={{ $json.prompt }}' };

export type { Fault, NodeName, VendorId };
