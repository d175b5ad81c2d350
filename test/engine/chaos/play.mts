import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { clock } from '../../../nodes/shared/n8n/clock.ts';
import { findModel } from '../../../nodes/shared/domain/provider.ts';
import { findProvider } from '../../../nodes/shared/providers/index.ts';
import { sampleImage } from '../../../sandbox/media/embedded.mts';
import { vendors, type Sandbox, type VendorId } from '../../../sandbox/types.mts';
import { runNode, startNode, type NodeResult, type NodeRun } from '../harness.mts';
import { randomOf, type Random } from './random.mts';
import type { Execution } from '../../unit/fakes/executions.mts';
import { killSwitch, TABLE, type World } from './world.mts';

const KILLED = 0.3;
const MAX_KILLS = 3;
/** The last of them is one with "On Error: Continue", so that one bad item does not keep the others. */
const MAX_RETRIES = 2;
/** A user who reads in the error which tasks there are, and leaves it at that. */
const GIVEN_UP = 0.1;

export const modes = ['wait', 'pause', 'notify', 'submit'] as const;
export type Mode = (typeof modes)[number];

/** What a video is made from. */
export const sources = ['text', 'imageUrl', 'imageFile'] as const;
export type Source = (typeof sources)[number];

/** One execution of n8n, with everything that its vendor, its mode and its items are. */
export interface Plan {
	run: number;
	vendor: VendorId;
	mode: Mode;
	source: Source;
	items: INodeExecutionData[];
	downloads: boolean;
}

export interface Outcome extends Plan {
	kills: number;
	retries: number;
	rows: INodeExecutionData[];
	/** What the user reads where the run has failed. */
	errorText: string;
	ledger: IDataObject[];
	/** What the execution and all of its tries have left. */
	everything: string;
}

export const labelOf = (run: number, item: number) => `<${run}-${item}>`;

export const imageUrlOf = (label: string) =>
	`https://images.example/${label.replaceAll(/[<>]/g, '')}.png`;

/** Every item's file is another one; what stands behind the end of a PNG is none of it. */
export const imageOf = (label: string) => Buffer.concat([sampleImage, Buffer.from(label)]);

/** Whether a vendor takes an image itself, and not only its address. */
function takesFiles(vendor: VendorId): boolean {
	const provider = findProvider(vendor);
	const id = provider?.defaultModels.imageToVideo;
	if (provider === undefined || id === undefined) throw new Error(`No model of ${vendor}`);
	const isFileTaken = findModel(provider, id, 'imageToVideo')?.firstImage?.acceptsDataUri === true;
	return isFileTaken || provider.vendor.upload !== undefined;
}

/** Every vendor has every source within 24 runs, and in every mode within 96. */
function planOf(run: number, itemCount: number, random: Random): Plan {
	const round = Math.floor(run / vendors.length);
	const vendor = vendors[run % vendors.length] ?? 'apikley';
	const mode = modes[(run + round) % modes.length] ?? 'wait';
	const wanted = sources[round % sources.length] ?? 'text';
	const source = wanted === 'imageFile' && !takesFiles(vendor) ? 'imageUrl' : wanted;
	const items = Array.from({ length: itemCount }, (_, index): INodeExecutionData => {
		const label = labelOf(run, index);
		const json = { prompt: `Clip ${label}`, label, imageUrl: imageUrlOf(label) };
		if (source !== 'imageFile') return { json };
		const data = { data: imageOf(label).toString('base64'), mimeType: 'image/png' };
		return { json, binary: { data: { ...data, fileName: 'first.png' } } };
	});
	return { run, vendor, mode, source, items, downloads: random.chance(0.6) };
}

/** The vendors that tell a balance, and have enough of it for a long run. */
const tellBalance: readonly VendorId[] = ['modellix', 'aimlapi', 'kie'];

function nodeRunOf(plan: Plan, world: World, random: Random): NodeRun {
	const { vendor, mode, source, items, downloads } = plan;
	return {
		type: source === 'text' ? 'seedanceTextToVideo' : 'seedanceImageToVideo',
		credentials: world.credentials,
		items,
		...(random.chance(0.5) && { onError: 'continueRegularOutput' }),
		retryOnFail: random.chance(0.3),
		parameters: {
			provider: vendor,
			prompt: '={{ $json.prompt }}',
			completion: mode,
			downloadVideo: downloads,
			...(source === 'imageUrl' && { imageUrl: '={{ $json.imageUrl }}' }),
			...(source === 'imageFile' && { imageInputType: 'binary' }),
			...(mode === 'notify' && { callbackUrl: world.triggerUrl(vendor) }),
			options: {
				taskLedger: TABLE,
				maxParallel: 1 + random.below(items.length),
				...(mode === 'notify' && { context: '={{ JSON.stringify({ label: $json.label }) }}' }),
				...(tellBalance.includes(vendor) && random.chance(0.7) && { minimumBalance: 0.01 }),
			},
		},
	};
}

export interface Stage {
	sandbox: Sandbox;
	world: World;
	seed: number;
	itemsPerRun: number;
}

/** Plays one execution to its end, however often n8n is killed and the user tries again. */
export async function play(run: number, stage: Stage): Promise<Outcome> {
	const { sandbox, world, seed, itemsPerRun } = stage;
	const random = randomOf(seed * 10_000 + run);
	const plan = planOf(run, itemsPerRun, random);
	const given = nodeRunOf(plan, world, random);
	sandbox.setGenerationMs(5_000 + random.below(random.chance(0.2) ? 200_000 : 40_000));
	const left: unknown[] = [];
	let onError = given.onError;
	let [kills, retries, tries] = [0, 0, 0];
	for (;;) {
		const executionId = String((run + 1) * 100 + ++tries);
		const isKilled = kills < MAX_KILLS && random.chance(KILLED);
		const moment = 1 + random.below(8 * itemsPerRun);
		const kill = killSwitch(isKilled ? moment : Infinity, random.chance(0.5));
		const resumeToken = `token-of-run-${run}`;
		const n8n = {
			tables: world.tables,
			resumeToken,
			executionId,
			webhookWaitingUrl: world.waitingUrl,
			startExecution: world.startExecution,
			beforeRequest: kill.beforeRequest,
			beforeWorkflow: kill.beforeWorkflow,
		};
		const copy = { ...given, onError, items: structuredClone(plan.items), n8n };
		const execution = world.newExecution({ id: executionId, token: resumeToken });
		const ended = await Promise.race([startNode(copy).done, kill.killed]);
		if (ended === 'killed') {
			kills += 1;
			execution.state = 'crashed';
			await clock.sleep(10_000);
			continue;
		}
		const end = await endOf(world, ended, execution, copy);
		left.push(ended.run, end.rows, end.errorText);
		if (end.errorText !== '' && retries < MAX_RETRIES && !random.chance(GIVEN_UP)) {
			retries += 1;
			if (retries === MAX_RETRIES) onError = 'continueRegularOutput';
			await clock.sleep(30_000);
			continue;
		}
		const own = labelOf(run, 0).split('-')[0] ?? '';
		const ledger = world.tables.rows(TABLE).filter(({ prompt }) => String(prompt).includes(own));
		const rows = plan.mode === 'submit' ? await collected(end.rows, copy) : end.rows;
		left.push(ledger, rows);
		const everything = JSON.stringify(left) + end.stack;
		return { ...plan, kills, retries, ...end, rows, ledger, everything };
	}
}

/** How a run has ended, also one that was paused meanwhile. */
async function endOf(world: World, ended: NodeResult, execution: Execution, given: NodeRun) {
	if (ended.status !== 'waiting') {
		execution.state = ended.error === undefined ? 'success' : 'error';
		return { rows: ended.items, ...toTexts(ended.error) };
	}
	world.keepParked(execution, given, ended.run.data);
	while (isWaiting(execution)) await clock.sleep(5_000);
	const { rows = [], error } = execution;
	return { rows: error === undefined ? rows : [], ...toTexts(error) };
}

const isWaiting = ({ state }: Execution): boolean => state === 'waiting';

/** What Seedance Task makes of the rows of Submit Only. */
async function collected(rows: INodeExecutionData[], given: NodeRun) {
	if (rows.length === 0) return rows;
	const { items } = await runNode({
		type: 'seedanceTask',
		credentials: given.credentials,
		items: rows.map(({ json }) => ({ json })),
		onError: 'continueRegularOutput',
		parameters: {
			provider: given.parameters.provider,
			operation: 'wait',
			taskId: '={{ $json.taskId }}',
			downloadVideo: false,
		},
	});
	return items.map((item, index) =>
		rows[index]?.json.taskId === undefined ? (rows[index] ?? item) : item,
	);
}

function toTexts(error: (Error & { description?: string | null }) | undefined) {
	if (error === undefined) return { errorText: '', stack: '' };
	return {
		errorText: `${error.message} ${error.description ?? ''}`,
		stack: `${error.stack} ${error.message} ${error.description ?? ''}`,
	};
}
